"""Tools of MCP servers as Podium's tools (`podium[mcp]`).

A server is not trusted. What it says of its tools (`readOnlyHint` and the like) is not believed: each is a write that
can not be undone until the author says otherwise. What a model is told of them, and what they take, stands in a
manifest that the author checks in; a tool that is not the same any more is refused before anything is sent. What tools
give is data.
"""

import re
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any, Unpack

try:
    import mcp as mcp  # noqa: PLC0414  # only to see that it is there
except ModuleNotFoundError as missing:
    message = "podium.agents.mcp needs the MCP SDK, which is in an extra of its own: pip install 'podium[mcp]'"
    raise ModuleNotFoundError(message, name="mcp") from missing

from podium.agents.mcp_manifest import ListedTool, Manifest, read_manifest
from podium.agents.mcp_schema import Field, fields_of, typed
from podium.agents.mcp_session import McpSession, Opens
from podium.agents.mcp_wire import place, process
from podium.errors import DefinitionError
from podium.graph.policies import Duration
from podium.workflow.approval import Approval, Call
from podium.workflow.fallbacks import ToolArguments
from podium.workflow.faults import closest, fault_now
from podium.workflow.given import FROM_ENGINE, IdempotencyKey
from podium.workflow.source import place_of_caller
from podium.workflow.tool import Tool, tool

_SESSION, _KEY = "mcp_session", "mcp_key"
"""Parameters that the engine fills."""

_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_NAME_MAX = 64
"""As providers of models have it."""


class McpTool(Tool[..., Any]):
    """A tool of a server. A write that is given a `compensate` is not irreversible any more.

    Attributes:
        listed: What the manifest says of it.
    """

    listed: ListedTool

    def compensate(self, *args: Any, **options: Any) -> Any:
        """Declare the action that undoes this write; see `Tool.compensate`."""
        self.policy = replace(self.policy, irreversible=False)
        return super().compensate(*args, **options)


class McpServer:
    """An MCP server, as its manifest tells of it.

    Args:
        manifest: The file that `podium mcp` wrote, or what it says.
        reads: The tools that change nothing, on the author's word. All others are writes.
        at: A command or a URL, where the server is not where the manifest says.
        env: What a server that is started finds in its environment beside `PATH`, `HOME` and the like.
        headers: What a server that is reached over HTTP is sent with each request; secrets go here.
        said: Guards of all its tools; left out, a call may take 30 s.

    Attributes:
        name: What it is called here; the tools' names begin with it.
        session: The class of its connection, by which tools ask the engine for it.

    Raises:
        BadManifestError: The manifest is none.
        DefinitionError: `reads` names a tool that is not there, or a tool can not be made of what the manifest says.
    """

    def __init__(
        self,
        manifest: Path | str | Manifest,
        *,
        reads: Collection[str] = (),
        at: str | Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **said: Unpack[ToolArguments],
    ) -> None:
        self.manifest = manifest if isinstance(manifest, Manifest) else read_manifest(Path(manifest))
        self.name = self.manifest.name
        self._opens = opens(at or self.manifest.url or self.manifest.command or (), env or {}, headers or {})
        self._said: dict[str, Any] = {"timeout": 30, **said}
        self.session: type[McpSession] = type(f"McpSession[{self.name}]", (McpSession,), {})
        self._listed = {listed.name: listed for listed in self.manifest.tools}
        self._tools = {name: self._made(name, is_read=False) for name in self._listed}
        for name in reads:
            self.read(name)

    @property
    def tools(self) -> tuple[McpTool, ...]:
        """All its tools, as declared so far, in the order of their names."""
        return tuple(self._tools.values())

    def __getitem__(self, name: str) -> McpTool:
        """Return a tool by the server's name for it."""
        return self._tools[self._checked(name)]

    def read(self, name: str, /, *, fresh: Duration | None = None, **said: Unpack[ToolArguments]) -> McpTool:
        """Declare that a tool changes nothing, and return it; the arguments are those of `tool.read`."""
        return self._declare(name, is_read=True, fresh=fresh, **said)

    def write(
        self,
        name: str,
        /,
        *,
        idempotent: bool | timedelta = False,
        approve: Approval | None = None,
        once_by: Callable[[Call], str | int] | None = None,
        **said: Unpack[ToolArguments],
    ) -> McpTool:
        """Say more of a tool that changes something, and return it; the arguments are those of `tool.write`.

        It is irreversible until it is given a `compensate`. With `idempotent=`, sending the same again is safe on the
        author's word; the key is sent as `podium/idempotency-key` in the request's `_meta`.
        """
        kind: dict[str, Any] = {"idempotent": idempotent, "approve": approve, "once_by": once_by}
        return self._declare(name, is_read=False, **kind, **said)

    def undo(self, name: str, /, *, by: str) -> Callable[[Callable[[Any], Mapping[str, Any]]], Tool[..., Any]]:
        """Declare that a write is undone by another tool of the server.

        The function below it makes the arguments of that tool out of what the write gave.

        Args:
            name: The write.
            by: The tool that undoes it.
        """
        tool, other = self[name], self[by]

        def made(arguments: Callable[[Any], Mapping[str, Any]]) -> Tool[..., Any]:
            undone: Tool[..., Any] = tool.compensate(_undoing(self, other.listed, arguments))
            return undone

        return made

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[McpSession]:
        """Give the connection to the server for as long as the context lasts; it is opened by the first call."""
        session = self.session(self._opens, self.manifest)
        try:
            yield session
        finally:
            await session.close()

    def _declare(self, name: str, *, is_read: bool, **said: Any) -> McpTool:
        made = self._tools[name] = self._made(self._checked(name), is_read=is_read, **said)
        return made

    def _checked(self, name: str) -> str:
        if name not in self._listed:
            raise fault_now(
                "unknown-mcp-tool",
                f"the manifest of {self.name} has no tool {name!r}",
                suggestion=closest(name, self._listed),
                where=place_of_caller(),
            )
        return name

    def _made(self, name: str, *, is_read: bool, **said: Any) -> McpTool:
        function = _function(self, self._listed[name], keyed=not is_read)
        told = {**self._said, **said}
        plain = tool.read(**told) if is_read else tool.write(irreversible=True, **told)
        made = McpTool(function, plain(function).policy)
        made.listed, made.where = self._listed[name], place_of_caller()
        return made


def resources(*servers: McpServer) -> Callable[[], AbstractAsyncContextManager[tuple[McpSession, ...]]]:
    """Return what an engine takes as its `resources=` to have the connections of some servers."""

    @asynccontextmanager
    async def entered() -> AsyncGenerator[tuple[McpSession, ...]]:
        async with AsyncExitStack() as stack:
            yield tuple([await stack.enter_async_context(server.connect()) for server in servers])

    return entered


async def discover(
    name: str,
    at: str | Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Manifest:
    """Ask a server what it offers.

    Args:
        name: What it is to be called.
        at: Its URL, or the command that starts it.
        env: As of `McpServer`; neither this nor `headers` gets into the manifest.
        headers: As of `McpServer`.

    Raises:
        McpUnreachable: It could not be started or reached.
    """
    session = McpSession(opens(at, env or {}, headers or {}), None)
    try:
        link = await session.linked()
        tools = tuple(link.tools.values())
    finally:
        await session.close()
    return Manifest(name=name, tools=tools, **({"url": at} if isinstance(at, str) else {"command": tuple(at)}))


def opens(at: str | Sequence[str], env: Mapping[str, str], headers: Mapping[str, str]) -> Opens:
    """Return what opens a transport to a URL, or to the process of a command."""
    return partial(place, at, headers) if isinstance(at, str) else partial(process, tuple(at), env)


def _function(server: McpServer, listed: ListedTool, *, keyed: bool) -> Callable[..., Any]:
    """Return a function that looks like the tool: its parameters by name, what it gives, what is said of it."""
    name = f"{server.name}__{_NOT_IN_A_NAME.sub('_', listed.name)}"
    try:
        fields = {field.name: field for field in fields_of(listed.input)}
        gives = Any if listed.output is None else typed(listed.output)
    except ValueError as error:
        raise _no_tool(server, listed, str(error)) from error
    if len(name) > _NAME_MAX:
        raise _no_tool(server, listed, f"{name!r} is longer than {_NAME_MAX} characters")
    if not fields.keys().isdisjoint((_SESSION, _KEY)):
        raise _no_tool(server, listed, f"an argument is called {_SESSION!r} or {_KEY!r}")

    async def call(**given: Any) -> Any:
        session, key = given.pop(_SESSION), given.pop(_KEY, None)
        return await session.call(listed.name, _sent(fields, given), key=key)

    made: Any = call
    made.__name__ = made.__qualname__ = name
    made.__doc__ = listed.description
    given = [_by_name(_SESSION, server.session, FROM_ENGINE)]
    given += [_by_name(_KEY, IdempotencyKey, FROM_ENGINE)] if keyed else []
    shown = [*map(_shown, fields.values()), *given]
    made.__annotations__ = {**{one.name: one.annotation for one in shown}, "return": gives}
    made.__signature__ = Signature(shown, return_annotation=gives)
    return call


def _undoing(
    server: McpServer, listed: ListedTool, arguments: Callable[[Any], Mapping[str, Any]]
) -> Callable[..., Any]:
    """Return a compensator that calls a tool of the server with arguments made out of what the write gave."""

    async def undo(given: Any, **from_engine: Any) -> None:
        await from_engine[_SESSION].call(listed.name, arguments(given), key=from_engine[_KEY])

    made: Any = undo
    made.__name__ = made.__qualname__ = arguments.__name__
    made.__doc__ = arguments.__doc__
    shown = [
        Parameter("given", Parameter.POSITIONAL_OR_KEYWORD, annotation=Any),
        _by_name(_SESSION, server.session, FROM_ENGINE),
        _by_name(_KEY, IdempotencyKey, FROM_ENGINE),
    ]
    made.__annotations__ = {**{one.name: one.annotation for one in shown}, "return": None}
    made.__signature__ = Signature(shown, return_annotation=None)
    return undo


def _no_tool(server: McpServer, listed: ListedTool, why: str) -> DefinitionError:
    said = f"no tool can be made of {listed.name!r} of the MCP server {server.name}: {why}"
    return fault_now("mcp-tool", said, where=place_of_caller())


def _sent(fields: Mapping[str, Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments as the server calls them, without those that are left out."""
    return {
        fields[name].sent_as: value for name, value in given.items() if value is not None or fields[name].is_required
    }


def _shown(field: Field) -> Parameter:
    return _by_name(field.name, field.type, Parameter.empty if field.is_required else None)


def _by_name(name: str, hint: Any, default: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
