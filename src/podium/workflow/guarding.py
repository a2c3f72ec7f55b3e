"""What an author says of guards, by name: `breaker=Breaker("airline")`, read into a policy and shown in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from inspect import iscoroutinefunction
from typing import Any, TypedDict

from podium.errors import DefinitionError
from podium.failure import FailureKind
from podium.graph.guards import Breaker, Budget, Bulkhead, CallPolicy, Hedge, Rate
from podium.graph.policies import Duration, Retry, to_ms
from podium.workflow.annotations import type_text
from podium.workflow.faults import closest, fault_now
from podium.workflow.source import place_of_caller


class Guards(TypedDict, total=False):
    """Policies around every call of a tool.

    Attributes:
        retry: How often to try; left out: three times for reads and keyed writes, other writes only while certainly
            unsent.
        timeout: How long one attempt may take.
        deadline: How long all attempts and the waits between them may take.
        breaker: When to stop calling what fails.
        bulkhead: How many calls at once.
        rate: How many requests or tokens in a time.
        budget: What may be spent in all.
        hedge: For reads: a second call where the first is slow.
        classify: What an exception of the tool means; None leaves it to what it means everywhere.
        hard: Leave an attempt behind that does not end within a second of being cancelled.
    """

    retry: Retry
    timeout: Duration
    deadline: Duration
    breaker: Breaker
    bulkhead: Bulkhead
    rate: Rate
    budget: Budget
    hedge: Hedge
    classify: Callable[[BaseException], FailureKind | None]
    hard: bool


_KINDS: Mapping[str, type[Any]] = {
    "retry": Retry,
    "breaker": Breaker,
    "bulkhead": Bulkhead,
    "rate": Rate,
    "budget": Budget,
    "hedge": Hedge,
}
_EXAMPLES = {
    "retry": "Retry(attempts=3)",
    "breaker": 'Breaker("airline")',
    "bulkhead": "Bulkhead(8)",
    "rate": 'Rate("model", requests=60)',
    "budget": 'Budget("trips", money=…, cost=…)',
    "hedge": "Hedge()",
}
_PER: Mapping[float, str] = {1: "s", 60: "min", 3_600: "h", 86_400: "day"}


def policy_of(said: Guards) -> CallPolicy:
    """Return the policy that keyword arguments stand for; its numbers are looked at with the workflow.

    Raises:
        DefinitionError: One of them is no guard, or is nothing that one could be made of.
    """
    for name in said:
        if name not in Guards.__annotations__:
            raise fault_now(
                "unknown-guard",
                f"there is no guard {name!r}",
                suggestion=closest(name, Guards.__annotations__),
                where=place_of_caller(),
            )
    guards = {name: _of_kind(name, value) for name, value in said.items() if name in _KINDS}
    return CallPolicy(
        timeout_ms=_span_ms("timeout", said.get("timeout")),
        deadline_ms=_span_ms("deadline", said.get("deadline")),
        is_hard=said.get("hard", False),
        classify=_classify(said.get("classify")),
        **guards,
    )


def _of_kind(name: str, value: object) -> Any:
    kind = _KINDS[name]
    if value is not None and not isinstance(value, kind):
        raise _wrong(name, value, wanted=kind.__name__, example=f"{name}={_EXAMPLES[name]}")
    return value


def _classify(says: Any) -> Any:
    if says is not None and (not callable(says) or iscoroutinefunction(says)):
        raise _wrong(
            "classify",
            says,
            wanted="a plain function of an exception",
            example="classify=lambda error: FailureKind.PERMANENT if isinstance(error, Gone) else None",
        )
    return says


def _span_ms(name: str, span: Any) -> int | None:
    if span is None:
        return None
    try:
        return to_ms(span)
    except (TypeError, ValueError, OverflowError):  # no number, or one that is no length of time (nan, inf)
        raise _wrong(name, span, wanted="seconds or a timedelta", example=f"{name}=20") from None


def _wrong(name: str, value: object, *, wanted: str, example: str) -> DefinitionError:
    return fault_now(
        "not-a-guard",
        f"{name}= takes {wanted}, not {type_text(type(value))} {value!r}",
        suggestion=f"Write {example}.",
        where=place_of_caller(),
    )


def calls_of(said: Guards | None) -> CallPolicy | None:
    """Return what a step says of the calls inside it; None where it says nothing."""
    return policy_of(said) if said else None


def undoing(policy: CallPolicy) -> CallPolicy:
    """Return what a compensation has of its tool's guards.

    Undoing has no deadline and is not refused for its price. It counts as a request, and takes no tokens: what a tool
    computes from its own arguments can not be computed from those of another one.
    """
    rate = None if policy.rate is None else replace(policy.rate, estimate=lambda _: 0, usage=None)
    return replace(policy, deadline_ms=None, budget=None, rate=rate)


def words_of(policy: CallPolicy) -> tuple[str, ...]:
    """Return a policy in words, for people: `retry 3`, `timeout 20 s`, `breaker airline`, `64 at once`."""
    return tuple(_words(policy))


def _words(policy: CallPolicy) -> Iterator[str]:
    if policy.retry is not None:
        yield f"retry {policy.retry.attempts}"
    if policy.timeout_ms is not None:
        yield f"{'hard ' if policy.is_hard else ''}timeout {policy.timeout_ms / 1000:g} s"
    if policy.deadline_ms is not None:
        yield f"within {policy.deadline_ms / 1000:g} s"
    if policy.breaker is not None:
        yield named("breaker", policy.breaker.name)
    if policy.bulkhead is not None:
        yield _shared(policy.bulkhead.name, f"{policy.bulkhead.limit} at once")
    if policy.rate is not None:
        yield _shared(policy.rate.name, _rate(policy.rate))
    if policy.budget is not None:
        yield named("budget", policy.budget.name)
    if policy.hedge is not None:
        yield "hedged"


def named(kind: str, name: str) -> str:
    """Return how a guard is called in pictures and lists."""
    return f"{kind} {name}".rstrip()


def _shared(name: str, text: str) -> str:
    return f"{name}: {text}" if name else text


def _rate(rate: Rate) -> str:
    per_s = rate.per.total_seconds() if isinstance(rate.per, timedelta) else rate.per
    unit = _PER.get(per_s, f"{per_s:g} s")
    asked = (("", rate.requests), (" tokens", rate.tokens))
    return ", ".join(f"{count:g}{what}/{unit}" for what, count in asked if count is not None)
