"""What is refused, or goes wrong, between a server and its clients; the rest of the tree is in `errors`."""

from typing import ClassVar

from podium.errors import AskError, StoreError, StoreUnavailableError


class BadRequestError(AskError):
    """A request is not as the API says; nothing was done.

    Attributes:
        faults: What is wrong: a place (`body.reason`, `query.limit`) and what was expected there, each.
    """

    code: ClassVar[str] = "ask.bad_request"

    def __init__(self, message: str, *, faults: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class NothingThereError(AskError):
    """There is no such path, workflow, step, event or the like."""

    code: ClassVar[str] = "ask.nothing_there"


class WrongMethodError(AskError):
    """The path is there, and can not be asked with that method."""

    code: ClassVar[str] = "ask.wrong_method"

    def __init__(self, method: str, path: str, *, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{path} takes {', '.join(allowed)}, not {method}")
        self.allowed = allowed


class WrongMediaTypeError(AskError):
    """A body came as something else than what is taken there; it was not read."""

    code: ClassVar[str] = "ask.wrong_media_type"

    def __init__(self, given: str, *, wanted: str) -> None:
        super().__init__(f"send Content-Type: {wanted}" + (f", not {given[:80]}" if given else ""))


class BodyTooLongError(AskError):
    """A body is longer than what is taken there; the rest of it was not read."""

    code: ClassVar[str] = "ask.body_too_long"

    def __init__(self, *, bytes_max: int) -> None:
        super().__init__(f"a body has at most {bytes_max} bytes here")


class NotLetInError(AskError):
    """The server asks for a token, or does not know the one that was given, or its time is over."""

    code: ClassVar[str] = "ask.not_let_in"


class ForbiddenError(AskError):
    """Whoever asks may not do this; the message says which scope it needs."""

    code: ClassVar[str] = "ask.forbidden"

    @classmethod
    def missing(cls, *, has: str, wants: str) -> "ForbiddenError":
        """Return that a scope is missing."""
        return cls(f"this needs the scope {wants}, and you have {has}")


class DrainingError(AskError):
    """The server is about to stop and takes nothing new; another one, or the same in a moment, will."""

    code: ClassVar[str] = "ask.draining"

    def __init__(self) -> None:
        super().__init__("this server is about to stop and takes nothing new; ask again in a moment")


class CanNotListenError(AskError):
    """A server can not listen where it was told to: the port is taken, or the address is none of this machine's."""

    code: ClassVar[str] = "ask.can_not_listen"

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"can not listen on {host}, port {port}: {why}; --port 0 takes any free one")


class ServerUnavailableError(StoreUnavailableError):
    """A server can not be reached, or can not answer now, and went on so for as long as it was tried.

    What was asked may have been done: asking again with the same ids, or the same key, does it once.
    """

    code: ClassVar[str] = "store.server_unavailable"


class ServerAnswerError(StoreError):
    """A server answered what this version of Podium does not understand, or that something is wrong with it.

    Attributes:
        status: The HTTP status.
    """

    code: ClassVar[str] = "store.server_answer"

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status
