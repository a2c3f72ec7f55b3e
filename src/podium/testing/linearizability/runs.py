"""The model of one run's ownership: a living process keeps it, and nobody else writes under an older epoch.

| call | what may come of it |
|---|---|
| `("create",)` | the epoch, 1; None: it is there |
| `("claim",)` | the epoch; None: somebody who lives owns it |
| `("append", epoch, seq)` | `"ok"`, `"lost"` |
| `("release", epoch, seq)` | `"ok"`, `"lost"`; without an event of its own |
| `("died",)` | None; it began when the process was killed and ended when it was seen to be dead |
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from podium.testing.linearizability.history import Operation


@dataclass(frozen=True, slots=True)
class RunState:
    """A run.

    Attributes:
        owner: The process that holds it, if any.
        epoch: How often it has been claimed; 0 before it is there.
        seq: The number of its last event.
        dead: Processes that are dead.
    """

    owner: str | None = None
    epoch: int = 0
    seq: int = 0
    dead: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunModel:
    """A run in a store of the engine, whose leases outlast the history: only death ends ownership."""

    def begins(self) -> RunState:
        """See `Model.begins`."""
        return RunState()

    def after(self, state: RunState, operation: Operation) -> Iterable[RunState]:
        """See `Model.after`."""
        match operation.call:
            case ("died",):
                return [replace(state, dead=state.dead | {operation.process})]
            case ("create",):
                then = replace(state, owner=operation.process, epoch=1, seq=1)
                return _either(
                    operation, state, [then] if state.epoch == 0 else [], refused=[state] if state.epoch else []
                )
            case ("claim",):
                is_free = state.epoch > 0 and (state.owner is None or state.owner in state.dead)
                then = replace(state, owner=operation.process, epoch=state.epoch + 1)
                return _either(operation, state, [then] if is_free else [], refused=[] if is_free else [state])
            case (verb, epoch, seq):
                holds = (state.owner, state.epoch, state.seq + 1) == (operation.process, epoch, seq)
                then = replace(state, seq=seq) if verb == "append" else replace(state, owner=None)
                return _either(operation, state, [then] if holds else [], refused=[] if holds else [state])
            case _:
                raise ValueError(operation.call)

    def only_looks(self, operation: Operation) -> bool:
        """See `Model.only_looks`."""
        return operation.call[0] != "died" and not operation.is_open and operation.result in (None, "lost")


def _either(
    operation: Operation, state: RunState, granted: list[RunState], *, refused: list[RunState]
) -> Iterable[RunState]:
    """Return what an operation leads to by its result: an epoch or "ok" is a grant."""
    if operation.is_open:
        return [state, *granted]
    if operation.result in (None, "lost"):
        return refused
    return [then for then in granted if operation.result in ("ok", then.epoch)]
