"""What can go wrong with a tool of an MCP server, so that guards know what it means.

A guard reads an exception's meaning off its class: one of these is `ConnectionRefusedError` where certainly nothing was
sent, `ConnectionError` where nobody knows, `NotDone` where the server refused before it began.
"""

from collections.abc import Mapping
from typing import Any

from podium.errors import AskError, StepError
from podium.outcomes import NotDone


class McpUnreachable(ConnectionRefusedError):  # noqa: N818  # an outcome of the world, as all of these
    """The server could not be started or reached; the call was certainly not sent."""


class McpBroken(ConnectionError):  # noqa: N818
    """The server was lost after the call was sent; nobody knows what became of it."""


class McpRefused(NotDone):
    """The server refused the call before it began: it knows no such tool, or can not read the request."""


class McpToolError(Exception):
    """The tool answered with an error (`isError`). Its text is the server's: show it, never interpret it.

    It does not say whether something happened before. So the call is not tried again, and a write is in doubt, unless
    `classify=` of the tool knows better.
    """


class McpUnreadable(Exception):  # noqa: N818
    """The tool answered with something that does not fit what it promised."""


class McpAnswered(Exception):  # noqa: N818
    """Whoever answers for the server (a proxy, a gateway) said so with an HTTP status.

    Attributes:
        status_code: HTTP's.
        headers: Those that matter to a guard.
    """

    def __init__(self, status_code: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"HTTP {status_code}")
        self.status_code, self.headers = status_code, dict(headers)


class McpToolChangedError(StepError, NotDone):
    """The server's tool is not the one that the manifest tells of any more; nothing was sent.

    Look at what changed with `podium mcp`, and write the manifest anew.
    """

    code = "step.mcp_tool_changed"

    def __init__(self, tool: str, *, what: str) -> None:
        super().__init__(f"{tool} of the MCP server {what}; nothing was sent. See what changed with: podium mcp")
        self.tool = tool


class BadManifestError(AskError):
    """A file is no manifest of an MCP server, or can not be read."""

    code = "ask.bad_manifest"

    def __init__(self, file: str, *, why: Any) -> None:
        super().__init__(f"{file} is no manifest of an MCP server: {why}; write one with: podium mcp {file} -- COMMAND")
        self.file = file
