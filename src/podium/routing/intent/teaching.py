"""Routes, with what people have said about sentences: the newest word about a sentence holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from podium.routing.intent.types import RouteSpec

LEARNED_MAX = 200
"""So many examples a route has after learning; of what was learned, the latest go in first."""


def taught(routes: Sequence[RouteSpec], learned: Mapping[str, str]) -> tuple[RouteSpec, ...]:
    """Return routes with sentences that were said to be for them, and without those said to be for another.

    Args:
        routes: As they are.
        learned: Sentence to route, oldest first.
    """
    return tuple(replace(spec, examples=_examples(spec, learned)) for spec in routes)


def _examples(spec: RouteSpec, learned: Mapping[str, str]) -> tuple[str, ...]:
    kept = [text for text in spec.examples if text not in learned]
    own = [text for text, route in learned.items() if route == spec.name]
    room = max(0, LEARNED_MAX - len(own))
    return (*kept[:room], *own[-LEARNED_MAX:])
