"""How a tool is played, and what a fake is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from podium.testing.simulation.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a fake is told of a call.

    Attributes:
        tool: The tool's name.
        args: Its arguments by name, as JSON has them.
        path: The step that calls.
        key: The idempotency key of a write; None for a read.
    """

    tool: str
    args: Mapping[str, Any]
    path: str
    key: str | None


Fake: TypeAlias = "Callable[[Call, World], Any]"
"""Answers a call in the tool's place: `lambda call, world: Booking(…)`. May be async, and may raise."""

REAL: Final = "real"

Part: TypeAlias = Any
"""A `Fake`, REAL for the tool's own function, a pydantic-ai model for an agent's requests, or None for a made-up value
of its type."""
