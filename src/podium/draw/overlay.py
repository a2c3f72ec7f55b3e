"""What a run looks like from outside, for laying over a picture of its graph: plain data that the engine fills in.

Places are node names joined by "/" through nested graphs (`write/draft`), without visits and indexes of items: the
picture of a loop shows one box, however often it is entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """How a node stands; the value is the word that people see. A node that a run has not reached has none."""

    WAITING = "waiting"
    """For a person, a signal or a time."""
    RUNNING = "running"
    RETRYING = "retrying"
    """Between two attempts."""
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    PARKED = "parked"
    """It can not go on without a person."""
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    """What it wrote is being compensated."""
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """How one place of the graph stands.

    Attributes:
        status: Of the latest visit.
        visits: How often it was entered.
        attempts: Tries of the latest visit.
        items_done: Map: items that have ended well.
        items_total: Map: items in all; None until the list is known, and for what is no map. Inside the items of a
            map, `items_done` and this count visits.
        inside: The name of the place in its nested graph that makes it stand so; "" for none.
    """

    status: Status
    visits: int = 1
    attempts: int = 1
    items_done: int = 0
    items_total: int | None = None
    inside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """How a run stands, place by place.

    Attributes:
        nodes: By place; what is missing was not reached.
        taken: The ways the run went, (from, to), both places; the ends of a graph are START and END in its place
            (`START`, `write/END`).
        undone: The ways that compensation has gone, in that order: arrows back, or others against their direction.
    """

    nodes: Mapping[str, NodeStatus] = field(default_factory=dict)
    taken: frozenset[tuple[str, str]] = frozenset()
    undone: tuple[tuple[str, str], ...] = ()

    def is_gone(self, source: str, target: str, *, is_back: bool) -> bool:
        """Claim that the run went along an arrow; `is_back`: one that only compensation goes."""
        return (source, target) in (self.undone if is_back else self.taken)


def place_in(scope: str, name: str) -> str:
    """Return the place of a node of the graph that stands at `scope`; the root's is the empty string."""
    return f"{scope}/{name}" if scope else name
