"""The way to the tool server: one request, one answer, over a pipe. What went wrong is an exception, as of HTTP."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket

    from bench.worlds.server import Message


class ServerError(Exception):
    """The request was not answered well; it may have been carried out.

    Attributes:
        may_pass: Asking again may help.
    """

    may_pass = True


class StatusError(ServerError):
    """The server answered with a status; `response` carries it, as the errors of HTTP clients do."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the tool server answered {status}")
        self.response = SimpleNamespace(status_code=status)
        self.may_pass = status >= 500


class LostError(ServerError, ConnectionError):
    """The connection broke before the answer."""

    def __init__(self) -> None:
        super().__init__("the connection to the tool server broke")


class Client:
    """A connection to the tool server.

    Args:
        end: Its end of it.
    """

    def __init__(self, end: socket) -> None:
        self._out, self._in = end.makefile("wb"), end.makefile("rb")

    def call(self, at: int, name: str, arguments: str, *, key: str = "") -> Message:
        """Call a function of the world; return its answer as `text`, and `before`, which names the world before it.

        Args:
            at: The number of the call in its task.
            name: The function.
            arguments: As in the task.
            key: Tells this request from others; "" for none.

        Raises:
            ServerError: Something went wrong.
        """
        return self.ask({"do": "call", "at": at, "name": name, "arguments": arguments, "key": key})

    def ask(self, request: Message) -> Message:
        """Send any request and return its answer; raise as `call` does."""
        self.tell(request)
        answer: Message = json.loads(self._in.readline())
        if "status" in answer:
            raise StatusError(answer["status"])
        if "lost" in answer:
            raise LostError
        return answer

    def tell(self, news: Message) -> None:
        """Send what is not answered."""
        self._out.write(json.dumps(news).encode() + b"\n")
        self._out.flush()
