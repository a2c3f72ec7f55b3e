"""The list of a map: taken apart into one JSON text per item, and put together again."""

from pydantic_core import from_json, to_json

from podium.core.state import MapState
from podium.failure import Failure


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
