"""A run that does everything that is stored in its own way: a read, keyed writes, a question, a blob, a snapshot."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Engine,
    IdempotencyKey,
    Reject,
    Retry,
    StateMachine,
    human,
    step,
    tool,
)
from tests.integration.crash.outside import Outside

BLOB_CHARS = 132_000
AT_ONCE = Retry(attempts=3, base=0, cap=0)


class Trip(BaseModel):
    """The record."""

    city: str = "Busan"
    found: str = ""
    flight: str = ""
    hotel: str = ""
    text: str = ""
    verdict: str = ""
    sent: str = ""


@dataclass(slots=True)
class Log:
    """A database file, and where its log ended when something happened.

    Attributes:
        path: The file.
        part: How often the log was begun anew.
        sent: What reached the other side: part, where the log ended then, key.
    """

    path: Path
    part: int = 0
    sent: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The length of the log now."""
        return self.path.with_name(f"{self.path.name}-wal").stat().st_size


@tool.read(retry=AT_ONCE)
async def look(what: str, *, outside: Outside = FROM_ENGINE) -> str:
    return outside.ask(what)


@tool.write(idempotent=True, retry=AT_ONCE)
async def book(
    what: str, *, key: IdempotencyKey = FROM_ENGINE, log: Log = FROM_ENGINE, outside: Outside = FROM_ENGINE
) -> str:
    log.sent.append((log.part, log.end, key))
    return outside.do(what, key)


@tool.write(retry=AT_ONCE)
async def charge(what: str, *, outside: Outside = FROM_ENGINE) -> str:
    """Neither keyed nor able to say: every call that gets there has an effect."""
    return outside.do(what, f"charge-{len(outside.lines('tried'))}")


@step
async def write_much(trip: Trip) -> None:
    trip.text = trip.city * (BLOB_CHARS // len(trip.city))


@human()
async def editor(trip: Trip, answer: Approve | Reject) -> Literal["yes", "no"]:
    trip.verdict = answer.choice
    return "yes" if isinstance(answer, Approve) else "no"


hotel = book.state("hotel", take={"what": "found"}, give="hotel")
mail = book.state("mail", take={"what": "verdict"}, give="sent")
touring = StateMachine(
    "touring",
    Trip,
    START
    >> look.state("search", take={"what": "city"}, give="found")
    >> book.state("flight", take={"what": "city"}, give="flight")
    >> write_much
    >> editor.choose({"yes": hotel, "no": END}),
    hotel >> mail >> END,
)

paying = StateMachine(
    "paying",
    Trip,
    START
    >> look.state("ask", take={"what": "city"}, give="found")
    >> charge.state("pay", take={"what": "found"}, give="sent")
    >> look.state("thank", take={"what": "sent"}, give="verdict")
    >> END,
)
sending = StateMachine("sending", Trip, START >> editor.choose({"yes": END, "no": END}))


def engine_on(path: Path, *given: Any, recovers: bool = True) -> Engine:
    """Return an engine over a file whose tools get what is given."""

    @asynccontextmanager
    async def resources() -> AsyncIterator[tuple[Any, ...]]:
        yield given

    opens: Callable[[], AbstractAsyncContextManager[Any]] = resources
    return Engine(f"sqlite:///{path}", workflows=[touring, sending, paying], resources=opens, recovers=recovers)
