"""What holds of each guard by itself: numbers that can be meant, and what it takes to do what it says."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from inspect import iscoroutinefunction
from typing import Any, TypeAlias

from podium.graph.guards import Breaker, Budget, Bulkhead, Guard, Hedge, Rate
from podium.graph.policies import to_ms

Law: TypeAlias = tuple[str, Callable[[Any], bool], str]
"""A field, what holds of it unless it is None, and that in words."""


def _is_span(value: Any) -> bool:
    return isinstance(value, timedelta | int | float) and to_ms(value) > 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 1


def _is_queue(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and 0 < value <= 1


_SPAN = (_is_span, "a time above 0")
_COUNT = (_is_count, "a whole number, 1 or more")
_SHARE = (_is_share, "a share above 0 and up to 1")

_LAWS: Mapping[type[Any], tuple[Law, ...]] = {
    Breaker: (
        ("window", *_SPAN),
        ("calls_min", *_COUNT),
        ("failure_rate", *_SHARE),
        ("slow_rate", *_SHARE),
        ("slow", *_SPAN),
        ("consecutive", *_COUNT),
        ("open_for", *_SPAN),
        ("open_for_max", *_SPAN),
        ("probes", *_COUNT),
    ),
    Bulkhead: (("limit", *_COUNT), ("queue", _is_queue, "a whole number, 0 or more")),
    Rate: (("requests", *_COUNT), ("tokens", *_COUNT), ("per", *_SPAN)),
    Budget: (("money", *_COUNT), ("tokens", *_COUNT)),
    Hedge: (("after", *_SPAN), ("share_max", *_SHARE)),
}
_OPTIONAL = frozenset({"slow", "consecutive", "requests", "tokens", "money", "after"})


def wrongs(guard: Guard) -> Iterator[tuple[str, str]]:
    """Return what is wrong with a guard, and for each what to do."""
    kind = type(guard)
    for name, holds, needed in _LAWS[kind]:
        value = getattr(guard, name)
        if not (value is None and name in _OPTIONAL) and not _is_true(holds, value):
            yield f"{kind.__name__}({name}={value!r}) can not be meant", f"Needed is {needed}."
    yield from _needs(guard)


def _is_true(holds: Callable[[Any], bool], value: Any) -> bool:
    """Claim that a law holds; of nan and inf none does."""
    try:
        return holds(value)
    except (ValueError, OverflowError):
        return False


def _is_shorter(span: Any, other: Any) -> bool:
    return all(_is_true(_is_span, one) for one in (span, other)) and to_ms(span) < to_ms(other)


def _needs(guard: Guard) -> Iterator[tuple[str, str]]:
    """Return what a guard says without what it takes for it."""
    match guard:
        case Breaker() if _is_shorter(guard.open_for_max, guard.open_for):
            yield f"Breaker(open_for_max={guard.open_for_max!r}) is below open_for", "Raise it to open_for or above."
        case Rate():
            yield from _needs_of_rate(guard)
        case Budget():
            yield from _needs_of_budget(guard)
        case _:
            pass
    for name in ("estimate", "usage", "cost", "spent"):
        if iscoroutinefunction(getattr(guard, name, None)):
            yield f"{name}= is async, and is asked within the call", "Make it a plain function."


def _needs_of_rate(rate: Rate) -> Iterator[tuple[str, str]]:
    if rate.requests is None and rate.tokens is None:
        yield f"Rate({rate.name!r}) limits nothing", "Say requests=, tokens=, or both."
    if rate.tokens is not None and rate.estimate is None:
        yield (
            "Rate(tokens=…) does not know how many tokens a call takes",
            "Add estimate=, from its arguments by name: estimate=lambda args: len(args['text']) // 3.",
        )


def _needs_of_budget(budget: Budget) -> Iterator[tuple[str, str]]:
    if not budget.name:
        yield "Budget('') has no name", "Name who pays: budgets of one name are one."
    if budget.money is None and budget.tokens is None:
        yield f"Budget({budget.name!r}) limits nothing", "Say money=, tokens=, or both."
    if budget.cost is None:
        yield (
            f"Budget({budget.name!r}) does not know what a call costs",
            "Add cost=, which gives (money, tokens) at most: cost=lambda args: (20_000, 0).",
        )
