"""`@tool.read` and `@tool.write`: functions that act on the world.

Outside a run a tool is its function. Inside one, the call goes to the call context of the step, which journals it,
replays it, and sends a write at most once.
"""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import timedelta
from functools import cached_property, update_wrapper
from inspect import isfunction, signature
from typing import TYPE_CHECKING, Any, Generic, NoReturn, ParamSpec, TypeVar, Unpack, cast, overload

from podium.graph.guards import CallPolicy
from podium.graph.nodes import ToolFacts
from podium.graph.policies import Duration, days, to_ms
from podium.workflow.approval import Approval, Call
from podium.workflow.current import CURRENT
from podium.workflow.fallbacks import ToolArguments, parted
from podium.workflow.faults import fault_now
from podium.workflow.given import FromEngine
from podium.workflow.guarding import Guards, calls_of, undoing, words_of
from podium.workflow.mapping import MapArguments, map_options
from podium.workflow.node import DagNode
from podium.workflow.source import place_of, place_of_caller
from podium.workflow.state import State
from podium.workflow.toolcode import ToolBinding, ToolPolicy
from podium.workflow.tooluse import ToolUse

if TYPE_CHECKING:
    from podium.workflow.nested import Nestable
    from podium.workflow.replan import Replan

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")

_KEY_LIFE = days(1)
"""What `idempotent=True` stands for."""


class Tool(Generic[P, R]):
    """A tool. Made by `@tool.read` and `@tool.write`; keeps the signature of its function.

    Attributes:
        name: The function's name; unique in a workflow.
        function: What the author wrote.
        policy: What was said about it.
        compensation: The tool that undoes it, if any.
        reconciler: The function that says whether it happened, if any.
    """

    is_podium_tool = True

    def __init__(self, function: Callable[P, R], policy: ToolPolicy) -> None:
        if not isfunction(function):
            raise fault_now(
                "not-a-function",
                f"a tool is made of a function, not of {function!r}",
                suggestion="Put @tool.read() or @tool.write() above a `def` or an `async def`.",
                where=place_of_caller(),
            )
        update_wrapper(self, function)
        self.function: Callable[P, R] = function
        self.name: str = function.__name__
        self.policy = policy
        self.where = place_of(function)
        self.compensation: Tool[..., Any] | None = None
        self.reconciler: Callable[..., Any] | None = None
        self._given = tuple(_names_given(function))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Make the call: durably inside a run, plainly outside of one."""
        context = CURRENT.get()
        if context is None:
            self._check_given(kwargs)
            return self.function(*args, **kwargs)
        return cast("R", context.call(self.code, args, kwargs))

    def __repr__(self) -> str:
        return f"<{'write' if self.policy.writes else 'read'} tool {self.name}>"

    @cached_property
    def code(self) -> ToolBinding:
        """The tool as the engine sees it; what is wrong with its types is raised when it is first asked for."""
        return ToolBinding(self)

    @property
    def facts(self) -> ToolFacts:
        """What a graph says about it."""
        return ToolFacts(
            name=self.name,
            writes=self.policy.writes,
            compensable=self.compensation is not None,
            irreversible=self.policy.irreversible,
            asks=self.policy.approval is not None,
            limits=words_of(self.policy.guards),
            fallback=tuple(tool.name for tool in self.policy.fallback),
        )

    @overload
    def compensate(self, function: Callable[Q, S], /) -> "Tool[Q, S]": ...
    @overload
    def compensate(
        self, /, *, idempotent: bool | timedelta | None = None, reconcile: Callable[..., Any] | None = None
    ) -> "_Maker": ...
    def compensate(
        self,
        function: Callable[..., Any] | None = None,
        /,
        *,
        idempotent: bool | timedelta | None = None,
        reconcile: Callable[..., Any] | None = None,
    ) -> Any:
        """Declare the action that undoes this write; it takes the write's result.

        It has the guards of the tool around it, but for budget and deadline: undoing is not called off.

        Args:
            function: The action; left out where options are given: `@book.compensate(idempotent=False)`.
            idempotent: As of `tool.write`; None inherits.
            reconcile: Says whether the undoing happened.
        """
        life = self.policy.key_life_ms if idempotent is None else _key_life_ms(idempotent=idempotent)
        policy = ToolPolicy(writes=True, key_life_ms=life, guards=undoing(self.policy.guards))

        def make(written: Callable[..., Any]) -> Tool[..., Any]:
            self._refuse_second("compensate", self.compensation, written)
            self.compensation = Tool(written, policy)
            self.compensation.reconciler = reconcile
            return self.compensation

        return make if function is None else make(function)

    def reconcile(self, function: Callable[Q, S], /) -> Callable[Q, S]:
        """Declare the function that says whether this write happened: its result, or None for certainly not.

        It may take the key and, by name, any of the tool's arguments.
        """
        self._refuse_second("reconcile", self.reconciler, function)
        self.reconciler = function
        return function

    def state(
        self,
        name: str,
        /,
        *,
        take: Mapping[str, str] | None = None,
        give: str | None = None,
        calls: Guards | None = None,
        replan: "Replan | None" = None,
    ) -> State[object, None]:
        """Use the tool as a state of a machine.

        Args:
            name: The state's name.
            take: The tool's parameter to our field. A required parameter that is left out is taken from the field of
                its own name.
            give: The field that receives the result; None drops it.
            calls: Guards around this call, which count over those of the tool.
            replan: Who says how else it may be done, once the tool and its fallbacks have failed.
        """
        over, taken, where = calls_of(calls), dict(take or {}), place_of_caller()
        if replan is not None:
            instead = self._replanned(name, taken, over, replan)
            return instead.as_state(name, take=taken, give=give)
        return State(ToolUse(name, self, take=taken, give=give, calls=over, where=where))

    @overload
    def node(
        self: "Tool[..., Coroutine[Any, Any, T]]",
        name: str,
        /,
        *,
        take: Mapping[str, str] | None = None,
        each: None = None,
        calls: Guards | None = None,
        **said: Unpack[MapArguments],
    ) -> DagNode[T]: ...
    @overload
    def node(
        self: "Tool[..., Coroutine[Any, Any, T]]",
        name: str,
        /,
        *,
        take: Mapping[str, str] | None = None,
        each: str,
        calls: Guards | None = None,
        **said: Unpack[MapArguments],
    ) -> DagNode[list[T]]: ...
    @overload
    def node(
        self,
        name: str,
        /,
        *,
        take: Mapping[str, str] | None = None,
        each: None = None,
        calls: Guards | None = None,
        **said: Unpack[MapArguments],
    ) -> DagNode[R]: ...
    @overload
    def node(
        self,
        name: str,
        /,
        *,
        take: Mapping[str, str] | None = None,
        each: str,
        calls: Guards | None = None,
        **said: Unpack[MapArguments],
    ) -> DagNode[list[R]]: ...
    def node(
        self,
        name: str,
        /,
        *,
        take: Mapping[str, str] | None = None,
        each: str | None = None,
        calls: Guards | None = None,
        **said: Unpack[MapArguments],
    ) -> Any:
        """Use the tool as a node of a DAG.

        Args:
            name: The node's name.
            take: The tool's parameter to a node or a field of the input; `"item"` is the item of a map. A required
                parameter that is left out is taken from the source of its own name.
            each: Map: call it for each item of this source's list.
            calls: Guards around this call, which count over those of the tool.
            said: `when=`, `concurrency=`, `on_item_error=`, as of `@node`; `replan=`, as of `state`.
        """
        options, over = map_options(each, said), calls_of(calls)
        if said.get("replan") is not None:
            instead = self._replanned(name, dict(take or {}), over, said.pop("replan"))
            return instead.as_node(name, take=take, each=each, **said)
        return DagNode(ToolUse(name, self, take=dict(take or {}), options=options, calls=over, where=place_of_caller()))

    def _replanned(
        self, name: str, taken: Mapping[str, str], over: CallPolicy | None, replan: "Replan"
    ) -> "Nestable[Any, Any]":
        """Return the machine that stands where the tool would stand alone."""
        use = ToolUse(name, self, take={}, give="result", calls=over, where=place_of_caller())
        return replan.around_tool(self, name, taken, State(use))

    def _check_given(self, kwargs: Mapping[str, Any]) -> None:
        missing = [name for name in self._given if name not in kwargs]
        if missing:
            named = ", ".join(f"{name}=…" for name in missing)
            message = f"{self.name}() outside a run has no engine to give it {named}; pass it by name"
            raise TypeError(message)

    def _refuse_second(self, what: str, there: Callable[..., Any] | None, new: Callable[..., Any]) -> None:
        if there is not None:
            raise fault_now(f"second-{what}", f"{self.name} has a {what} already", where=place_of(new))
        if not self.policy.writes:
            raise fault_now(
                f"{what}-of-read",
                f"{self.name} is a read: there is nothing to {what}",
                suggestion="If it changes something, declare it with @tool.write.",
                where=place_of(new),
            )


class _Maker:
    """A decorator with its options bound."""

    def __init__(self, policy: ToolPolicy) -> None:
        self._policy = policy

    def __call__(self, function: Callable[Q, S], /) -> Tool[Q, S]:
        return Tool(function, self._policy)


class _ToolDecorators:
    """The namespace `tool`: what kind of tool it is has to be said."""

    @overload
    def read(self, function: Callable[P, R], /) -> Tool[P, R]: ...
    @overload
    def read(
        self,
        /,
        *,
        fresh: Duration | None = None,
        digest: Callable[..., str] | None = None,
        **said: Unpack[ToolArguments],
    ) -> _Maker: ...
    def read(
        self,
        function: Callable[..., Any] | None = None,
        /,
        *,
        fresh: Duration | None = None,
        digest: Callable[..., str] | None = None,
        **said: Unpack[ToolArguments],
    ) -> Any:
        """Declare a tool that changes nothing and may be asked again.

        Args:
            function: What it does; sync or async.
            fresh: How long its answer may be reused when its step is run again; None for any time.
            digest: Tells equal calls by the arguments; None compares their JSON text.
            said: See `ToolArguments` and `Guards`.
        """
        guards, fallback = parted(said)
        fresh_ms = None if fresh is None else to_ms(fresh)
        policy = ToolPolicy(writes=False, guards=guards, fallback=fallback, fresh_ms=fresh_ms, digest=digest)
        return _Maker(policy) if function is None else Tool(function, policy)

    @overload
    def write(self, function: Callable[P, R], /) -> Tool[P, R]: ...
    @overload
    def write(
        self,
        /,
        *,
        idempotent: bool | timedelta = False,
        irreversible: bool = False,
        approve: Approval | None = None,
        once_by: Callable[[Call], str | int] | None = None,
        **said: Unpack[ToolArguments],
    ) -> _Maker: ...
    def write(
        self,
        function: Callable[..., Any] | None = None,
        /,
        *,
        idempotent: bool | timedelta = False,
        irreversible: bool = False,
        approve: Approval | None = None,
        once_by: Callable[[Call], str | int] | None = None,
        **said: Unpack[ToolArguments],
    ) -> Any:
        """Declare a tool that changes something.

        Args:
            function: What it does; sync or async.
            idempotent: How long the other side honours the key, so that sending again is safe; True is a day.
            irreversible: It can not be undone, and nothing before it is undone once it is done.
            approve: Ask a person first.
            once_by: Gives the business key of a call, such as the number of an order: within a run, two calls with the
                same key are the same act. It is done once; the second gets the answer of the first, is refused while
                that one is under way or in doubt, and refused with other arguments.
            said: See `ToolArguments` and `Guards`.
        """
        guards, fallback = parted(said)
        policy = ToolPolicy(
            writes=True,
            guards=guards,
            fallback=fallback,
            key_life_ms=_key_life_ms(idempotent=idempotent),
            irreversible=irreversible,
            approval=approve,
            once_by=once_by,
        )
        return _Maker(policy) if function is None else Tool(function, policy)

    if not TYPE_CHECKING:  # type checkers say on their own that `tool` can not be called

        def __call__(self, *_: object, **__: object) -> NoReturn:
            """Refuse `@tool` alone."""
            raise fault_now(
                "bare-tool",
                "@tool does not say whether the function changes something",
                suggestion="Write @tool.read(…) or @tool.write(…).",
                where=place_of_caller(),
            )


def _key_life_ms(*, idempotent: bool | timedelta) -> int | None:
    if isinstance(idempotent, timedelta):
        return to_ms(idempotent)
    return to_ms(_KEY_LIFE) if idempotent else None


def _names_given(function: Callable[..., Any]) -> Iterator[str]:
    for parameter in signature(function).parameters.values():
        if isinstance(parameter.default, FromEngine):
            yield parameter.name


tool = _ToolDecorators()
"""`@tool.read(…)` or `@tool.write(…)`."""
