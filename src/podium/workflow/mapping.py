"""What may be said about a node beside its function: a condition, and a map over a list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

from podium.errors import ItemFailed
from podium.graph.nodes import OnItemError

if TYPE_CHECKING:
    from podium.workflow.replan import Replan

OnItem: TypeAlias = Literal["fail", "collect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOptions:
    """A node's condition and map.

    Attributes:
        when: Whether the node runs; a plain function of what it could take.
        each: The source whose items the node is run for.
        concurrency: How many items at once; None for no limit.
        on_item_error: Whether one item's failure fails the node, or stands in the result as an `ItemFailed`.
    """

    when: Callable[..., Any] | None = None
    each: str | None = None
    concurrency: int | None = None
    on_item_error: OnItemError = OnItemError.FAIL


PLAIN: Final = MapOptions()
"""No condition, no map."""


class MapArguments(TypedDict, total=False):
    """`MapOptions` as keyword arguments, and `replan=`, which makes another node of it."""

    when: Callable[..., Any] | None
    concurrency: int | None
    on_item_error: OnItem
    replan: "Replan"


def map_options(each: str | None, said: MapArguments) -> MapOptions:
    """Return the options that keyword arguments stand for."""
    on_item_error = OnItemError(said.get("on_item_error", "fail"))
    return MapOptions(
        when=said.get("when"), each=each, concurrency=said.get("concurrency"), on_item_error=on_item_error
    )


def mapped_type(result: Any, options: MapOptions) -> Any:
    """Return the type of what a node gives, from that of what its function gives."""
    if options.each is None:
        return result
    collects = options.on_item_error is OnItemError.COLLECT
    return list[result | ItemFailed] if collects else list[result]
