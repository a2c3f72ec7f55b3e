"""Errors of guards as they are declared and ordered; see `podium.errors` for the tree."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import ClassVar

from podium.errors import AskError, DefinitionError, Fault


class GuardConflictError(DefinitionError):
    """Two tools name the same guard and say different things about it; all who share a guard have to say the same.

    Attributes:
        name: The guard.
    """

    code: ClassVar[str] = "definition.guard_conflict"

    def __init__(self, kind: str, name: str, *, tool: str, other: str) -> None:
        super().__init__(
            Fault(
                "guard-conflict",
                f"{tool} and {other} share the {kind} {name!r} and give it different policies",
                suggestion=f"Write {kind}({name!r}, …) once, keep it in a variable and give it to both.",
            )
        )
        self.name = name


class HedgedWriteError(DefinitionError):
    """A write is to be hedged: a second call is a second effect. Only reads can be."""

    code: ClassVar[str] = "definition.hedged_write"

    def __init__(self, tool: str) -> None:
        super().__init__(
            Fault("hedged-write", f"{tool} is a write and has hedge=", suggestion="Only a read may be called twice.")
        )


class UnknownBreakerError(AskError):
    """No process that works on this store has a breaker of that name; nothing was ordered.

    A breaker is known once an engine was opened with a workflow whose tools have it.
    """

    code: ClassVar[str] = "ask.unknown_breaker"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none yet'}"
        super().__init__(f"there is no breaker {name!r}; {hint}")
