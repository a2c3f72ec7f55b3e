"""The list of a map: taken apart into one JSON text per item, and put together again."""

from dataclasses import dataclass

from pydantic_core import from_json, to_json

from podium.failure import Failure


@dataclass(slots=True)
class MapState:
    """The items of a map.

    Attributes:
        items: The list, split: one JSON text each.
        results: One JSON text per finished item.
        started: How many items have begun; they begin in order.
        active: How many are neither finished nor given up.
        finished: How many have a result.
        failure: The first final failure of an item; nothing new starts after it.
    """

    items: list[str]
    results: list[str | None]
    started: int = 0
    active: int = 0
    finished: int = 0
    failure: Failure | None = None


def split(text: str) -> list[str] | None:
    """Return the items of a JSON list, each as JSON text; None where it is no list."""
    items = from_json(text)
    if not isinstance(items, list):
        return None
    return [to_json(item, inf_nan_mode="constants").decode() for item in items]


def gathered(items: MapState) -> str:
    """Return the results in the order of the items, as a JSON list."""
    return f"[{','.join(result or 'null' for result in items.results)}]"


def collected(index: int, failure: Failure) -> str:
    """Return what stands for a failed item: `errors.ItemFailed` as JSON."""
    return to_json({"index": index, "error": str(failure), "types": failure.types}).decode()
