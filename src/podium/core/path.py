"""Addresses of steps: `write#2/draft#3`, `summaries[7]`, `trips[0]/flight`, and `flight.undo` for what undoes one.

An element is a node's name, its visit where it is not the first (`#2`), and its index in a map (`[7]`). Names are
identifiers, so an address is read in one way only. A scope's address is that of the step it is inside of; the root's
is the empty string.
"""

from functools import lru_cache
from typing import NamedTuple

ROOT = ""

_UNDO = ".undo"
"""No name holds a dot."""


class Element(NamedTuple):
    """The last element of an address, taken apart.

    Attributes:
        scope: Address of the scope it stands in.
        name: The node.
        visit: Which visit, from 1.
        item: Which item of a map, from 0; None outside a map and for the map itself.
    """

    scope: str
    name: str
    visit: int
    item: int | None


def step_path(scope: str, name: str, visit: int = 1) -> str:
    """Return the address of a visit of a node."""
    local = name if visit == 1 else f"{name}#{visit}"
    return f"{scope}/{local}" if scope else local


def item_path(path: str, index: int) -> str:
    """Return the address of one item of the map at `path`."""
    return f"{path}[{index}]"


def undo_path(path: str) -> str:
    """Return the address of the step that undoes the write of the step at `path`."""
    return f"{path}{_UNDO}"


def is_undo(path: str) -> bool:
    """Claim that this is the address of a step that undoes a write."""
    return path.endswith(_UNDO)


def undone_path(path: str) -> str:
    """Return the address of the step whose write the one at `path` undoes."""
    return path[: -len(_UNDO)]


@lru_cache(maxsize=16_384)
def parse(path: str) -> Element:
    """Take an address apart; raise ValueError where it is none.

    Remembered, because runs of a workflow have the same addresses, and each is asked for several times.
    """
    scope, _, local = path.rpartition("/")
    item: int | None = None
    if local.endswith("]"):
        local, _, digits = local[:-1].partition("[")
        item = int(digits)
    if "#" not in local:
        return Element(scope, local, 1, item)
    name, _, visit = local.partition("#")
    return Element(scope, name, int(visit), item)


def map_path(path: str) -> str:
    """Return the address of the map that the item at `path` belongs to."""
    return path[: path.rindex("[")]


def place(path: str) -> str:
    """Return the names along an address without visits and indexes: where in the program it is."""
    if "#" not in path and "[" not in path:
        return path
    return "/".join(parse(part).name for part in path.split("/"))
