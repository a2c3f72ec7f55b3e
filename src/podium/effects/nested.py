"""What a tool's own function may call."""

from typing import Any, Never

from podium.board_errors import BoardInToolError
from podium.errors import NotRunningError, WriteInWriteError
from podium.workflow.binding import Provider, ToolCode
from podium.workflow.current import Caller, Current


class InsideTool:
    """Stands in for the call context while a tool's function runs: a read it calls is a part of it, a write is refused.

    The outer call is what is recorded and retried; the inner one is made plainly.

    Args:
        outer: The tool.
        provider: Gives resources.
        step: The call context of the step around; None where a call is settled after a crash.
        key: Of the write that is sent; None where none is.
    """

    __slots__ = ("_key", "_outer", "_provider", "_sent", "_step")

    def __init__(self, outer: ToolCode, provider: Provider, step: Caller | None, *, key: str | None = None) -> None:
        self._outer, self._provider, self._step = outer, provider, step
        self._key = key
        self._sent: dict[str, list[bytes | None]] = {}

    def anew(self) -> "InsideTool":
        """Return the same for another attempt."""
        return self if self._key is None else InsideTool(self._outer, self._provider, self._step, key=self._key)

    def key_of(self, where: str, what: bytes | None) -> str | None:
        """Return the key for a request that this attempt of a write sends; None outside a write.

        What is sent first to a place has the key of the write, what else is sent there `key-2` and so on: a retry gives
        each its key again, even where what goes elsewhere is left out this time. The same again is no other request.

        Args:
            where: Method and URL.
            what: The body; None where it can not be known.
        """
        if self._key is None:
            return None
        known = self._sent.setdefault(where, [])
        if what is None or what not in known:
            known.append(what)
        nth = len(known) if what is None else known.index(what) + 1
        return self._key if nth == 1 else f"{self._key}-{nth}"

    def call(self, tool: ToolCode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a read plainly; refuse a write before any effect."""
        if tool.writes:
            raise WriteInWriteError(outer=self._outer.name, inner=tool.name)
        return tool.send(tool.freeze(args, kwargs), key=None, provider=self._provider)

    def about(self) -> Current:
        """Return what the step around may ask; raise NotRunningError where the call is settled after a crash."""
        if self._step is None:
            raise NotRunningError
        return self._step.about()

    def post(self, board: str, text: str) -> Never:
        """Refuse: boards belong to steps."""
        del board, text
        raise BoardInToolError(tool=self._outer.name)

    def board(self, name: str) -> Never:
        """Refuse, as above."""
        del name
        raise BoardInToolError(tool=self._outer.name)
