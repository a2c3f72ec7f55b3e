"""The model of one idempotency key: who may hold it, and what may be said of it, one operation after another.

| call | what may come of it |
|---|---|
| `("claim",)` | `["granted", no, epoch]`, `["in flight"]`, `["unknown"]`, `["recorded", answer]` |
| `("take",)` | `["taken", no, epoch]` |
| `("complete", no, epoch, answer)` | `"ok"`, `"lost"` |
| `("release", no, epoch)`, and so `fail`, `renew`, `defer` | `"ok"`, `"lost"` |

A lease is a fact about time: it can not have lapsed before its length has passed since the claim began, and it has
certainly lapsed when that much has passed since the claim ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from podium.testing.linearizability.history import Operation

NS_PER_MS: Final = 1_000_000
_CHANGES: Final = frozenset({"complete", "release", "fail", "renew", "defer"})
Token: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key.

    Attributes:
        phase: `free`, `held`, `unknown`, `recovering` or `completed`.
        token: Number and epoch of the claim; None where whoever got it died before it could say.
        lapses: When the lease ends at the earliest, in ns.
        lapsed: When it has ended certainly; None where nobody can say.
        answer: What was completed.
    """

    phase: str = "free"
    token: Token | None = None
    lapses: int = 0
    lapsed: int | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class KeyModel:
    """A key of an idempotency store.

    Attributes:
        lease_ms: How long a claim holds.
        transactional: Whether a lapsed claim is given to the next who asks, rather than found out about.
    """

    lease_ms: int
    transactional: bool = False

    def begins(self) -> KeyState:
        """See `Model.begins`."""
        return KeyState()

    def after(self, state: KeyState, operation: Operation) -> Iterable[KeyState]:
        """See `Model.after`."""
        verb, *arguments = operation.call
        match verb:
            case "claim":
                return self._claim(state, operation)
            case "take":
                return self._take(state, operation)
            case "died":
                return [state]  # nobody can see it: a lease runs on
            case _:
                return self._change(state, operation, (arguments[0], arguments[1]))

    def only_looks(self, operation: Operation) -> bool:
        """See `Model.only_looks`."""
        if operation.call[0] == "died":
            return True
        if operation.is_open or operation.call[0] in _CHANGES:
            return bool(operation.result == "lost")
        return operation.result[0] not in ("granted", "taken")

    def _claim(self, state: KeyState, operation: Operation) -> Iterable[KeyState]:
        is_free = state.phase == "free"
        may_lapse = state.phase == "held" and operation.returned >= state.lapses
        granted = is_free or (may_lapse and self.transactional)
        if operation.is_open:
            return [state, self._held("held", None, operation)] if granted else [state]
        match operation.result:
            case ["granted", no, epoch]:
                fits = epoch == 1 if is_free else _follows(state.token, (no, epoch))
                return [self._held("held", (no, epoch), operation)] if granted and fits else []
            case ["in flight"]:
                holds = state.lapsed is None or operation.invoked < state.lapsed
                return [state] if state.phase == "held" and holds else []
            case ["unknown"]:
                is_unknown = state.phase in {"unknown", "recovering"} or (may_lapse and not self.transactional)
                return [state] if is_unknown else []
            case ["recorded", answer]:
                return [state] if (state.phase, state.answer) == ("completed", answer) else []
            case _:
                raise ValueError(operation.result)

    def _take(self, state: KeyState, operation: Operation) -> Iterable[KeyState]:
        phases = {"unknown", "recovering"} if self.transactional else {"unknown", "recovering", "held"}
        is_due = state.phase in phases and operation.returned >= state.lapses
        if operation.is_open:
            return [state, self._held("recovering", None, operation)] if is_due else [state]
        _, no, epoch = operation.result
        fits = is_due and _follows(state.token, (no, epoch))
        return [self._held("recovering", (no, epoch), operation)] if fits else []

    def _change(self, state: KeyState, operation: Operation, token: Token) -> Iterable[KeyState]:
        """Return what becomes of a key when somebody who once held it says something about it."""
        holds = state.token == token and state.phase in {"held", "recovering"}
        then = [self._changed(state, operation)] if holds else []
        if operation.is_open:
            return [state, *then]
        return then if operation.result == "ok" else [] if holds else [state]

    def _changed(self, state: KeyState, operation: Operation) -> KeyState:
        match operation.call[0]:
            case "complete":
                return KeyState("completed", answer=operation.call[3])
            case "release":
                return KeyState()
            case "fail":
                return KeyState() if self.transactional else replace(state, phase="unknown")
            case "renew":
                return self._held(state.phase, state.token, operation)
            case "defer":
                return self._held("unknown", state.token, operation)
            case verb:
                raise ValueError(verb)

    def _held(self, phase: str, token: Token | None, operation: Operation) -> KeyState:
        """Return a key whose lease began at some moment of an operation; clocks of the store tick in ms."""
        lapses = operation.invoked + (self.lease_ms - 1) * NS_PER_MS
        lapsed = None if operation.is_open else operation.returned + self.lease_ms * NS_PER_MS
        return KeyState(phase, token, lapses, lapsed)


def _follows(before: Token | None, after: Token) -> bool:
    """Claims that a claim is the next one of a row; what nobody knows is followed by any."""
    return before is None or after == (before[0], before[1] + 1)
