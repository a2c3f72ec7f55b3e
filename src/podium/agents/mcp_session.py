"""The connection of an engine to an MCP server: opened when first wanted, opened again once it is lost.

A client of the SDK has to be left in the task that entered it, and is ended by the loss of its connection. So each
connection has a task of its own, which only holds it; calls are made by whoever makes them.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from mcp import Client, MCPError
from mcp_types import CONNECTION_CLOSED, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND
from mcp_types import Tool as SdkTool
from pydantic import ValidationError

from podium.agents.mcp_errors import (
    McpAnswered,
    McpBroken,
    McpRefused,
    McpToolChangedError,
    McpUnreachable,
    McpUnreadable,
)
from podium.agents.mcp_manifest import ListedTool, Manifest
from podium.agents.mcp_results import value_of
from podium.agents.mcp_wire import ANSWERED, BROKEN, NOT_SENT
from podium.guard.caught import Raised, caught, text_of

CONNECT_S = 30.0
KEY = "podium/idempotency-key"
"""The field of a request's `_meta` that has the key of a write."""

_PAGES_MAX = 100
_SESSION_IS_OVER = "Session terminated"
"""What the SDK makes of a 404 to a session that the server does not know any more."""

Opens = Callable[[], AbstractAsyncContextManager[tuple[Any, Any]]]
"""Opens a transport: what is read from, what is written to."""


@dataclass(slots=True)
class Link:
    """One connection.

    Attributes:
        client: The SDK's; None until it is there.
        tools: What the server offers, by name.
        stream: Says when the server is gone.
        close: Set to end it.
        keeper: The task that holds it.
    """

    client: Any = None
    tools: Mapping[str, ListedTool] = field(default_factory=dict)
    stream: Any = None
    close: asyncio.Event = field(default_factory=asyncio.Event)
    keeper: "asyncio.Task[Any] | None" = None

    @property
    def is_live(self) -> bool:
        """Claims that calls can be made over it."""
        return self.keeper is not None and not self.keeper.done() and not self.stream.is_over


class McpSession:
    """What tools of one MCP server take from the engine. Made by `McpServer`.

    Args:
        opens: Opens a transport.
        manifest: What the tools were made of; None for anything the server has.
    """

    def __init__(self, opens: Opens, manifest: Manifest | None) -> None:
        self._opens = opens
        self._known = {tool.name: tool for tool in manifest.tools} if manifest else {}
        self._link: Link | None = None
        self._opening = asyncio.Lock()

    async def call(self, tool: str, arguments: Mapping[str, Any], *, key: str | None = None) -> Any:
        """Call a tool, and return what it gives: JSON that it structured, or text.

        Args:
            tool: The server's name for it.
            arguments: As JSON.
            key: Of a write; sent along.

        Raises:
            McpToolChangedError: It is not what the manifest says any more; nothing was sent.
            McpUnreachable, McpRefused: Nothing was done.
            McpBroken, McpAnswered, McpToolError, McpUnreadable: Something may have been.
        """
        link = await self.linked()
        self._check(tool, link)
        meta: Any = None if key is None else {KEY: key}
        try:
            result = await link.client.call_tool(tool, dict(arguments), meta=meta)
        except MCPError as error:
            if error.code in (CONNECTION_CLOSED, BROKEN) or error.message == _SESSION_IS_OVER:
                await self._lose(link)
            raise _meant(error) from error
        except (RuntimeError, ValidationError) as error:  # as the SDK says that a result does not fit its promise
            raise McpUnreadable(str(error)) from error
        return value_of(result)

    async def linked(self) -> Link:
        """Return a connection that lives.

        Raises:
            McpUnreachable: There is none to be had.
        """
        async with self._opening:
            if self._link is None or not self._link.is_live:
                if self._link is not None:
                    await self._lose(self._link)
                self._link = await self._open()
            return self._link

    async def close(self) -> None:
        """Leave the server; one that was started here ends."""
        if self._link is not None:
            await self._lose(self._link)

    def _check(self, tool: str, link: Link) -> None:
        known = self._known.get(tool)
        what = known.differs_from(link.tools.get(tool)) if known is not None else ""
        if what:
            raise McpToolChangedError(tool, what=what)

    async def _open(self) -> Link:
        link, ready = Link(), asyncio.Event()
        link.keeper = asyncio.ensure_future(caught(self._hold(link, ready)))
        waiting = asyncio.ensure_future(ready.wait())
        try:
            await asyncio.wait((waiting, link.keeper), timeout=CONNECT_S, return_when=asyncio.FIRST_COMPLETED)
            if ready.is_set():
                return link
            ended = link.keeper.result() if link.keeper.done() else None
        finally:
            waiting.cancel()
            if not ready.is_set():
                link.keeper.cancel()
        why = _first(ended.error) if isinstance(ended, Raised) else f"no answer within {CONNECT_S:g} s"
        raise McpUnreachable(why)

    async def _hold(self, link: Link, ready: asyncio.Event) -> None:
        """Hold a connection until it is to be closed."""
        async with self._opens() as (read, write), Client(_Opened(read, write), cache=None) as client:
            link.client, link.stream = client, read
            link.tools = {tool.name: tool for tool in await listed(client)}
            ready.set()
            await link.close.wait()

    async def _lose(self, link: Link) -> None:
        link.close.set()
        if self._link is link:
            self._link = None
        if link.keeper is not None:
            await asyncio.wait((link.keeper,))


class _Opened:
    """A transport that is open already, as the SDK takes one."""

    def __init__(self, read: Any, write: Any) -> None:
        self._streams = read, write

    async def __aenter__(self) -> tuple[Any, Any]:
        return self._streams

    async def __aexit__(self, *_: object) -> None:
        """Leave it to whoever opened it."""


async def listed(client: Any) -> list[ListedTool]:
    """Return all that a server offers, in the order of the names."""
    found: list[ListedTool] = []
    cursor = None
    for _ in range(_PAGES_MAX):
        page = await client.list_tools(cursor=cursor)
        found += map(_of_sdk, page.tools)
        cursor = page.next_cursor
        if cursor is None:
            break
    return sorted(found, key=lambda tool: tool.name)


def _of_sdk(tool: SdkTool) -> ListedTool:
    hints = {} if tool.annotations is None else tool.annotations.model_dump(exclude_none=True, by_alias=True)
    return ListedTool(
        name=tool.name,
        description=tool.description or "",
        input=tool.input_schema,
        output=tool.output_schema,
        hints=hints,
    )


def _meant(error: MCPError) -> Exception:
    """Return what an error of the protocol means."""
    if error.code == NOT_SENT or error.message == _SESSION_IS_OVER:
        return McpUnreachable(error.message)
    if error.code == ANSWERED:
        return McpAnswered(error.data["status"], error.data["headers"])
    if error.code in (METHOD_NOT_FOUND, INVALID_PARAMS) or error.code == INVALID_REQUEST:
        return McpRefused(error.message)
    return McpBroken(error.message)


def _first(error: BaseException) -> str:
    """Return the first thing that is told of an error, which may be a group of groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {text_of(error)}"
