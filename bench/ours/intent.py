"""An intent set, routed by Podium and by what it is measured against, over the same embedder in the same process."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from bench.intents import marks, sets
from bench.meter import Meter
from bench.peers.nearest_utterances import NearestUtterances
from podium.routing.embedding.minilm import minilm_embedder
from podium.routing.embedding.multilingual import multilingual_embedder
from podium.routing.embedding.static import static_embedder
from podium.routing.intent.deciding import settled
from podium.routing.intent.model import IntentModel
from podium.routing.intent.types import Decision, RouteSpec, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from podium.routing.embedding.embedder import Embedder

EMBEDDERS: dict[str, Callable[[], Embedder]] = {
    "static": static_embedder,
    "minilm": minilm_embedder,
    "multilingual": multilingual_embedder,
}
_WARM = 50
_LEFT_OUT = 3


def measured(data: str, name: str, split: str, embedder: str) -> dict[str, float]:
    """Learn a training split and ask its `valid`."""
    return _measured(sets.work(Path(data), name, split), EMBEDDERS[embedder]())


def korean(data: str, how: str, embedder: str) -> dict[str, float]:
    """Ask Korean sentences: one of three left out in turn (`left out`), or all, of English examples (`across`)."""
    with_embedder = EMBEDDERS[embedder]()
    if how == "across":
        return _measured(sets.across(Path(data)), with_embedder)
    rounds = [_measured(sets.left_out(Path(data), at), with_embedder) for at in range(_LEFT_OUT)]
    return {name: sum(each[name] for each in rounds) / len(rounds) for name in rounds[0]}


def saved(data: str, folder: str) -> dict[str, float]:
    """Learn 150 routes of ten examples and save the model, for `imports:start` to load."""
    work = sets.work(Path(data), "clinc150", "train_10")
    _fitted(work, static_embedder()).save(Path(folder))
    return {"bytes": float(sum(file.stat().st_size for file in Path(folder).iterdir()))}


def _measured(work: sets.Work, embedder: Embedder) -> dict[str, float]:
    with Meter() as fitting:
        model = _fitted(work, embedder)
    return {
        **_ours(model, work),
        **_peer(NearestUtterances(work.train, embedder), work),
        "fit CPU s": fitting.cpu_s,
        "fit wall s": fitting.wall_s,
    }


def _fitted(work: sets.Work, embedder: Embedder) -> IntentModel:
    by_route: dict[str, list[str]] = {}
    for text, route in work.train:
        by_route.setdefault(route, []).append(text)
    return IntentModel.fit([RouteSpec(name, "", tuple(texts)) for name, texts in by_route.items()], embedder)


def _ours(model: IntentModel, work: sets.Work) -> dict[str, float]:
    for text, _ in itertools.islice(work.valid, _WARM):
        model.decide(text)
    with Meter() as deciding:
        inside = [model.decide(text) for text, _ in work.valid]
    outside = [model.decide(text) for text in work.outside]
    routes = [route for _, route in work.valid]
    firsts = [bool(each.alternatives) and each.alternatives[0].route for each in inside]
    listed = [route in {one.route for one in each.alternatives} for each, route in zip(inside, routes, strict=True)]
    found = {
        "acc": _share([first == route for first, route in zip(firsts, routes, strict=True)]),
        "shortlist": _share(listed),
        "CPU µs": deciding.cpu_s / len(inside) * 1e6,
        **{f"inside {name}": figure for name, figure in _verdicts(inside, routes).items()},
    }
    if outside:
        scopes, scopes_outside = [each.scope for each in inside], [each.scope for each in outside]
        found["AUROC"] = marks.auroc(scopes, scopes_outside)
        found["OOS@5"] = marks.recall_at_5(scopes, scopes_outside)
        found |= {f"outside {name}": figure for name, figure in _verdicts(outside, [None] * len(outside)).items()}
    return found


def _verdicts(decisions: list[Decision], routes: list[str] | list[None]) -> dict[str, float]:
    """Return shares of what is done: at once, and where nobody can be asked."""
    alone = [settled(each) for each in decisions]
    pairs = list(zip(decisions, routes, strict=True))
    return {
        "routed right": _share([each.route == route for each, route in pairs if route is not None]),
        "routed": _share([each.verdict is Verdict.ROUTE for each in decisions]),
        "escalated": _share([each.verdict is Verdict.ESCALATE for each in decisions]),
        "out": _share([each.verdict is Verdict.OUT_OF_SCOPE for each in decisions]),
        "alone routed": _share([each.verdict is Verdict.ROUTE for each in alone]),
        "alone routed right": _share([e.route == r for e, r in zip(alone, routes, strict=True) if r is not None]),
        "alone asked": _share([each.verdict is Verdict.CLARIFY for each in alone]),
    }


def _peer(router: NearestUtterances, work: sets.Work) -> dict[str, float]:
    with Meter() as deciding:
        inside = [router.decide(text) for text, _ in work.valid]
    found = {
        "peer acc": _share([best == route for (best, _), (_, route) in zip(inside, work.valid, strict=True)]),
        "peer CPU µs": deciding.cpu_s / len(inside) * 1e6,
    }
    if work.outside:
        scores, outside = [score for _, score in inside], [router.decide(text)[1] for text in work.outside]
        found["peer AUROC"] = marks.auroc(scores, outside)
        found["peer OOS@5"] = marks.recall_at_5(scores, outside)
    return found


def _share(claims: list[bool]) -> float:
    return sum(claims) / len(claims) if claims else 0.0
