"""Errors of guards as they are declared; see `podium.errors` for the tree."""

from typing import ClassVar

from podium.errors import DefinitionError, Fault


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
