"""How well routes are told apart, and which sentences confuse them: what an author looks at before adding examples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from podium.routing.intent.snapshot import Snapshot

_SENTENCES_MAX = 5
_CLOSE = 0.1


@dataclass(frozen=True, slots=True)
class RouteReport:
    """One route.

    Attributes:
        name: Its name.
        examples: How many different ones it has.
        found: The share of them that were told right when they were left out; None without examples.
    """

    name: str
    examples: int
    found: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """A sentence of one route that was taken for another's when it was left out, or nearly.

    Attributes:
        text: The sentence.
        route: Whose example it is.
        taken_for: The likeliest other route.
        margin: By how much the other one is ahead; negative where the right one still is.
    """

    text: str
    route: str
    taken_for: str
    margin: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two routes that are hard to tell apart.

    Attributes:
        routes: Their names, ascending.
        confused: How many examples of either were taken for the other.
        sentences: Those that confuse them most, worst first.
    """

    routes: tuple[str, str]
    confused: int
    sentences: tuple[Confusion, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A model, by scores that each example got when the model had not seen it.

    Attributes:
        version: Which model.
        accuracy: Share of examples told right; None without examples.
        answered: Share of examples that would be routed at once.
        answered_right: Share of those that are right; None where there are none.
        routes: Each route, by name.
        overlaps: Routes that are hard to tell apart, worst first.
        thresholds: What scores are held against.
        notes: What an author should do something about, in sentences.
    """

    version: str
    accuracy: float | None
    answered: float | None
    answered_right: float | None
    routes: tuple[RouteReport, ...]
    overlaps: tuple[Overlap, ...]
    thresholds: dict[str, float]
    notes: tuple[str, ...]


def report_of(snapshot: Snapshot) -> Report:
    """Report on a fitted model."""
    held, owners = snapshot.held, snapshot.owners
    right = held.best[:, 0] == owners
    margins = held.odds[:, 0] - np.where(held.best[:, 0] == held.best[:, 1], 0, held.odds[:, 1])
    routed = (held.scope >= snapshot.thresholds.scope) & (margins >= snapshot.thresholds.margin)
    some = bool(len(owners))
    routes = tuple(_route(snapshot, at, right) for at in range(len(snapshot.routes)))
    overlaps = _overlaps(_confusions(snapshot))
    return Report(
        version=snapshot.version,
        accuracy=float(right.mean()) if some else None,
        answered=float(routed.mean()) if some else None,
        answered_right=float(right[routed].mean()) if routed.any() else None,
        routes=routes,
        overlaps=overlaps,
        thresholds=snapshot.thresholds.as_dict(),
        notes=(*_few(routes), *_twice(snapshot)),
    )


def _route(snapshot: Snapshot, at: int, right: NDArray[np.bool_]) -> RouteReport:
    own = right[snapshot.owners == at]
    return RouteReport(snapshot.routes[at].name, len(own), float(own.mean()) if len(own) else None)


def _confusions(snapshot: Snapshot) -> list[Confusion]:
    """Return the examples that another route was ahead of, or close behind."""
    found = []
    held, names = snapshot.held, [route.name for route in snapshot.routes]
    for at, (owner, text) in enumerate(zip(snapshot.owners.tolist(), snapshot.texts, strict=True)):
        first, second = held.best[at].tolist()
        ahead = float(held.odds[at, 0] - held.odds[at, 1])
        other, margin = (second, -ahead) if first == owner else (first, ahead)
        if other != owner and margin > -_CLOSE:
            found.append(Confusion(text, names[owner], names[other], round(margin, 4)))
    return found


def _overlaps(confusions: list[Confusion]) -> tuple[Overlap, ...]:
    by_pair: dict[tuple[str, str], list[Confusion]] = {}
    for each in confusions:
        first, second = sorted((each.route, each.taken_for))
        by_pair.setdefault((first, second), []).append(each)
    overlaps = []
    for pair, sentences in by_pair.items():
        worst = sorted(sentences, key=lambda each: (-each.margin, each.text))
        confused = sum(each.margin > 0 for each in sentences)
        if confused:
            overlaps.append(Overlap(pair, confused, tuple(worst[:_SENTENCES_MAX])))
    return tuple(sorted(overlaps, key=lambda overlap: (-overlap.confused, overlap.routes)))


def _few(routes: tuple[RouteReport, ...]) -> tuple[str, ...]:
    few = [route.name for route in routes if route.examples < _SENTENCES_MAX]
    if not few:
        return ()
    return (f"with fewer than {_SENTENCES_MAX} examples: {', '.join(few)}; ten each are worth the most",)


def _twice(snapshot: Snapshot) -> tuple[str, ...]:
    often = Counter(snapshot.texts)
    twice = sorted(text for text, count in often.items() if count > 1)
    return tuple(f"the same sentence is an example of several routes: {text!r}" for text in twice[:_SENTENCES_MAX])
