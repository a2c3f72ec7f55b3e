"""The guards of a step and of its calls in words, and how each stood then, as far as the journal tells."""

from collections.abc import Iterable, Iterator

from podium.core import events as ev
from podium.core.events import Event
from podium.draw.words import clean
from podium.failure import Failure
from podium.graph.nodes import Node, NodeKind
from podium.views.detail import GuardLine
from podium.views.wording import in_words

_REFUSALS = {
    "breaker": "BreakerOpen",
    "bulkhead": "BulkheadFull",
    "rate": "RateExceeded",
    "budget": "OverBudget",
    "deadline": "OutOfTime",
    "timeout": "TimeoutError",
}
"""What an attempt fails with that a guard refused or ended."""
_TELLS = {"breaker": "it let every call through"}


class GuardsThen:
    """What the guards of a step did, event by event."""

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._waited: dict[str, str] = {}
        self._attempts = 1
        self._has_called = False

    def take(self, event: Event) -> None:
        """Take the next event of the step in."""
        self._has_called |= isinstance(event, ev.ReadDone | ev.WriteIntended)
        if isinstance(event, ev.AttemptFailed):
            self._attempts = event.attempt + 1
        if isinstance(event, ev.StepPostponed) and event.why:
            self._waited[event.why] = f"made it wait without a worker, for try {event.tries + 1}"
        failure = getattr(event, "failure", None)
        for one in _all(failure) if failure is not None else ():
            self._refused |= {name: in_words(one) for name, kind in _REFUSALS.items() if kind in (one.type, *one.types)}

    def lines(self, limits: Iterable[str]) -> tuple[GuardLine, ...]:
        """Return a line for each of some guards in words, as a graph keeps them."""
        return tuple(
            GuardLine(name=name, says=clean(says), then=clean(self._then(name))) for name, says in map(_named, limits)
        )

    def _then(self, name: str) -> str:
        if name == "retry":
            return f"attempt {self._attempts}" if self._attempts > 1 else "one attempt was made"
        told = self._refused.get(name) or self._waited.get(name)
        return told or (_TELLS.get(name, "") if self._has_called else "")


def limits_of(node: Node) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the guards of a node itself, and those of the tools that it names, in words."""
    if node.kind is NodeKind.TOOL:
        return (), {tool.name: node.limits for tool in node.tools}
    return node.limits, {tool.name: tool.limits for tool in node.tools}


def _all(failure: Failure) -> Iterator[Failure]:
    yield failure
    yield from failure.causes


def _named(limit: str) -> tuple[str, str]:
    """Return what kind of guard is said in words as `retry 3`, `breaker airline`, `8 at once`."""
    said = limit.removeprefix("calls: ")
    words = said.removeprefix("hard ").split()
    first = words[0] if words else ""
    if first in ("retry", "timeout", "breaker", "budget", "hedged"):
        return first, said
    if first == "within":
        return "deadline", said
    return ("bulkhead" if said.endswith("at once") else "rate"), said
