"""Whose turn it is: one run of each (tenant, workflow) at a time, round after round.

Deficit round-robin with a quantum of one, because a claim costs the same for every run. Where the next round begins is
remembered, so that who comes late in the order is not passed over when a claim takes fewer runs than there are lanes.

Source: Shreedhar and Varghese, "Efficient fair queueing using deficit round robin", 1995.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

HELD_MAX = 10_000
"""So many runs are in the memory of one process at a time."""

BACKLOG_MAX, BACKLOG_PER_TENANT_MAX = 20_000, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How many runs may wait to be begun by whoever has room: `in_all`, and those of one tenant."""

    in_all: int = BACKLOG_MAX
    per_tenant: int = BACKLOG_PER_TENANT_MAX


Lane = tuple[str, str]
"""A tenant and a workflow; their runs take turns with those of other lanes."""

FIRST: Lane = ("", "")
"""Stands before every lane."""


def in_turns(lanes: Iterable[Iterator[T]], *, limit: int) -> Iterator[T]:
    """Give one of each lane, then another of each that has more, and so on, at most `limit`."""
    waiting = deque(lanes)
    while waiting and limit > 0:
        lane = waiting.popleft()
        for one in lane:
            yield one
            waiting.append(lane)
            limit -= 1
            break


def after(lanes: Iterable[Lane], last: Lane) -> list[Lane]:
    """Return lanes in the order of their turns, when `last` has just had one."""
    return sorted(lanes, key=lambda lane: (lane <= last, lane))
