"""`@node`: a DAG's function; its parameters are its dependencies."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload

from podium.errors import ItemFailed
from podium.graph.nodes import Node, NodeKind, Place
from podium.workflow.bindings import Output, ValuesBinding
from podium.workflow.board import boards_named, names_of
from podium.workflow.definition import DagScope, NodeDefinition, Part
from podium.workflow.faults import Faults
from podium.workflow.jsonable import codec_of
from podium.workflow.mapping import MapArguments, MapOptions, OnItem, map_options, mapped_type
from podium.workflow.signature import read_signature
from podium.workflow.source import fingerprint, place_of, title_of
from podium.workflow.step import StepLimits, StepOptions, check_function, check_no_key, resources_of
from podium.workflow.toolnames import tools_named
from podium.workflow.wiring import Callee, needs_of

if TYPE_CHECKING:
    from podium.workflow.replan import Replan

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class FunctionNode:
    """A function over a DAG's values."""

    function: Callable[..., Any]
    options: MapOptions
    limits: StepLimits

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @property
    def where(self) -> Place | None:
        """Where the function is."""
        return place_of(self.function)

    def gives_type(self, faults: Faults) -> Any:
        """Return the type of what it gives."""
        return mapped_type(read_signature(self.function, faults).returns, self.options)

    def to_node(self, scope: DagScope) -> Part:
        """Compile it as a node."""
        known = read_signature(self.function, scope.faults)
        check_no_key(self.name, known, faults=scope.faults, where=self.where)
        types = {parameter.name: parameter.type for parameter in known.data}
        wired = needs_of(Callee(self.name, types, frozenset(types), self.where), {}, options=self.options, scope=scope)
        tools, boards = tools_named(self.function), boards_named(self.function)
        codecs = {
            name: codec_of(hint, f"{self.name}.{name}", faults=scope.faults, where=self.where)
            for name, hint in types.items()
        }
        result = codec_of(known.returns, f"the result of {self.name}", faults=scope.faults, where=self.where)
        binding = ValuesBinding(
            self.function,
            codecs,
            Output(result, self.name),
            given=resources_of(known),
            is_async=known.is_async,
            fingerprint=fingerprint(self.function),
        )
        binding.origins = wired.origins
        binding.condition = wired.condition
        self.limits.bind(binding)
        node = Node(
            name=self.name,
            kind=NodeKind.STEP,
            where=self.where,
            title=title_of(self.function),
            tools=tuple(tool.facts for tool in tools),
            boards=names_of(boards),
            limits=self.limits.in_words,
            **wired.of_node(),
        )
        return Part(node=node, binding=binding, tools=tools, boards=boards)


class DagNode(Generic[T_co]):
    """A node of a DAG that gives a `T_co`.

    Attributes:
        definition: What it is.
    """

    def __init__(self, definition: NodeDefinition) -> None:
        self.definition = definition

    @property
    def name(self) -> str:
        """The node's name."""
        return self.definition.name

    def __repr__(self) -> str:
        return f"<node {self.name}>"


class CallableNode(DagNode[T_co], Generic[T_co]):
    """A node that is a function; called, it is that function."""

    def __init__(self, definition: NodeDefinition, function: Callable[..., Any]) -> None:
        super().__init__(definition)
        update_wrapper(self, function)
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self._function(*args, **kwargs)


class _Maker:
    """`@node(…)` with its options bound."""

    def __init__(self, options: MapOptions, said: StepOptions, replan: "Replan | None" = None) -> None:
        self._options = options
        self._said = said
        self._replan = replan

    def made(self, function: Callable[..., Any]) -> Any:
        check_function(function, "node")
        limits = StepLimits.of(self._said)
        if self._replan is not None:
            instead = self._replan.around_function(function, limits)
            return CallableNode(instead.as_definition(self._options, place_of(function)), function)
        return CallableNode(FunctionNode(function, self._options, limits), function)


class _PlainMaker(_Maker):
    @overload
    def __call__(self, function: Callable[..., Coroutine[Any, Any, T]], /) -> CallableNode[T]: ...
    @overload
    def __call__(self, function: Callable[..., T], /) -> CallableNode[T]: ...
    def __call__(self, function: Callable[..., Any], /) -> Any:
        return self.made(function)


class _MapMaker(_Maker):
    @overload
    def __call__(self, function: Callable[..., Coroutine[Any, Any, T]], /) -> CallableNode[list[T]]: ...
    @overload
    def __call__(self, function: Callable[..., T], /) -> CallableNode[list[T]]: ...
    def __call__(self, function: Callable[..., Any], /) -> Any:
        return self.made(function)


class _CollectMaker(_Maker):
    @overload
    def __call__(self, function: Callable[..., Coroutine[Any, Any, T]], /) -> CallableNode[list[T | ItemFailed]]: ...
    @overload
    def __call__(self, function: Callable[..., T], /) -> CallableNode[list[T | ItemFailed]]: ...
    def __call__(self, function: Callable[..., Any], /) -> Any:
        return self.made(function)


class PlainArguments(StepOptions, total=False):
    """What `@node` may be told."""

    when: Callable[..., Any] | None
    replan: "Replan"


class MapNodeArguments(PlainArguments, total=False):
    """What `@node(each=…)` may be told beside."""

    concurrency: int | None


@overload
def node(function: Callable[..., Coroutine[Any, Any, T]], /) -> CallableNode[T]: ...
@overload
def node(function: Callable[..., T], /) -> CallableNode[T]: ...
@overload
def node(*, each: None = None, **said: Unpack[PlainArguments]) -> _PlainMaker: ...
@overload
def node(*, each: str, on_item_error: Literal["fail"] = "fail", **said: Unpack[MapNodeArguments]) -> _MapMaker: ...
@overload
def node(*, each: str, on_item_error: Literal["collect"], **said: Unpack[MapNodeArguments]) -> _CollectMaker: ...
def node(
    function: Callable[..., Any] | None = None,
    /,
    *,
    each: str | None = None,
    on_item_error: OnItem = "fail",
    **said: Unpack[MapNodeArguments],
) -> Any:
    """Declare a DAG's function: each parameter is another node's result, or a field of the input.

    Args:
        function: Sync or async.
        each: Map: run it for each item of this source's list; the parameter `item` gets the item.
        on_item_error: Map: `"collect"` puts an `ItemFailed` into the result where an item failed.
        said: `when=` (whether it runs), `concurrency=` (of a map), `replan=` (who says how else it may be done, once it
            has failed), and what `StepOptions` says.
    """
    arguments = MapArguments(when=said.get("when"), concurrency=said.get("concurrency"), on_item_error=on_item_error)
    kind = _PlainMaker if each is None else _MapMaker if on_item_error == "fail" else _CollectMaker
    maker = kind(map_options(each, arguments), said, said.get("replan"))
    return maker if function is None else maker(function)
