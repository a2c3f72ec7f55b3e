"""What decides for one router: fitted when it is first asked, and again behind its back when people have said more."""

import asyncio
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from podium.routing.embedding.embedder import Embedder
from podium.routing.feedback import Fact, Feedback
from podium.routing.intent.cascade import Cascade, Local
from podium.routing.intent.model import IntentModel
from podium.routing.intent.report import Report
from podium.routing.intent.teaching import taught
from podium.routing.intent.types import Decision, Model, RouteSpec, Turn
from podium.routing.local import models_of
from podium.routing.routing_errors import NothingLearnedError, UnknownRouteError


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What decides now.

    Attributes:
        first: The local model that is asked first.
        cascade: All of them, and then whoever is asked.
        read: Bytes of feedback that are in it.
    """

    first: Local
    cascade: Cascade
    read: int


class Deciding:
    """Decides; any thread may ask.

    Args:
        routes: Where sentences may go.
        embedder: Turns sentences into vectors; None for those that are installed.
        model: Who is asked where the local models are not sure; None for nobody.
        folder: Where what was learned is kept; None for nowhere.
    """

    def __init__(
        self, routes: Sequence[RouteSpec], *, embedder: Embedder | None, model: Model | None, folder: Path | None
    ) -> None:
        self.routes = tuple(routes)
        self._embedder, self._model = embedder, model
        self._folder = folder
        self._feedback = None if folder is None else Feedback(folder)
        self._fitting = threading.Lock()
        self._snapshot: Snapshot | None = None

    @property
    def asks(self) -> bool:
        """Claims that there is a model to ask."""
        return self._model is not None

    def decide(self, text: str, turn: Turn | None = None) -> Decision:
        """Say where a sentence goes, as far as that can be said here; the verdict may be ESCALATE."""
        return self._now().cascade.decide_locally(text, turn)

    async def escalate(self, text: str, turn: Turn | None = None) -> Decision:
        """Say where a sentence goes, asking the model where it has to be asked; the verdict is never ESCALATE."""
        if self._snapshot is None:  # as in a process that took a run over
            await asyncio.get_running_loop().run_in_executor(None, self._now)
        return await self._now().cascade.decide(text, turn)

    def report(self) -> Report:
        """Return how well the routes can be told apart by the model that is asked first."""
        first = self._now().first
        assert isinstance(first, IntentModel), "the first model is fitted at once"
        return first.report()

    # ----- what people say

    def learn(self, text: str, route: str) -> None:
        """Note that a sentence is for a route; raise UnknownRouteError or NothingLearnedError where it can not be."""
        if self._feedback is None:
            raise NothingLearnedError
        self.note(text, route, id=secrets.token_hex(8))

    def note(self, text: str, route: str, *, id: str) -> None:
        """As `learn`, once for each id; nothing is noted where nothing is kept."""
        names = [spec.name for spec in self.routes]
        if route not in names:
            raise UnknownRouteError(route, names)
        if self._feedback is not None:
            self._feedback.add(Fact(id, text, route))

    # ----- fitting

    def _now(self) -> Snapshot:
        """Return what decides now; where more was said since it was fitted, that is fitted meanwhile."""
        snapshot = self._snapshot
        if snapshot is None:
            with self._fitting:
                return self._snapshot or self._fit()
        is_old = self._feedback is not None and self._feedback.size != snapshot.read
        if is_old and self._fitting.acquire(blocking=False):
            threading.Thread(target=self._fit_behind, name="podium-routing", daemon=True).start()
        return snapshot

    def _fit_behind(self) -> None:
        try:
            self._fit()
        finally:
            self._fitting.release()

    def _fit(self) -> Snapshot:
        read, learned = (0, {}) if self._feedback is None else (self._feedback.size, self._feedback.read())
        names = {spec.name for spec in self.routes}
        known = {text: route for text, route in learned.items() if route in names}  # routes may have gone since
        models = models_of(taught(self.routes, known), self._embedder, self._folder)
        before = self._snapshot
        cascade = Cascade(models, model=self._model) if before is None else before.cascade.over(models)
        self._snapshot = Snapshot(models[0], cascade, read)
        return self._snapshot
