"""Workflows of the server's tests: each ends, waits, fails, parks or posts in one way."""

from typing import Literal

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approval,
    Approve,
    Board,
    Breaker,
    Edit,
    IdempotencyKey,
    NotDone,
    Reject,
    StateMachine,
    human,
    step,
    tool,
    wait,
)


class Note(BaseModel):
    """A text that is worked on."""

    text: str
    words: int = 0
    paid: int = 0
    booking: str = ""


class World:
    """What the tools act on, in this process."""

    def __init__(self) -> None:
        self.booked: list[str] = []
        self.cancelled: list[str] = []
        self.is_broken = False


WORLD = World()
seen: Board[str] = Board("seen", str)


@step
def count(note: Note) -> None:
    """Count its words."""
    note.words = len(note.text.split())
    seen.post(note.text)


counting = StateMachine("counting", Note, START >> count >> END)


@human()
def check(note: Note, answer: Approve | Edit[str] | Reject) -> Literal["go", "stop"]:
    """Is the text good?"""
    if isinstance(answer, Edit):
        note.text = answer.value
    return "stop" if isinstance(answer, Reject) else "go"


checking = StateMachine("checking", Note, START >> check.choose({"go": count, "stop": END}), count >> END)

paying = StateMachine("paying", Note, START >> wait("payment", int, give="paid") >> count >> END)


@tool.write(breaker=Breaker("desk"))
async def book(text: str) -> str:
    """Book, once, without a key."""
    WORLD.booked.append(text)
    if text == "doubt":
        message = "the answer was lost"
        raise TimeoutError(message)
    return f"B-{text}"


@book.compensate
async def unbook(booking: str) -> None:
    """Cancel it."""
    WORLD.cancelled.append(booking)


@step
async def booking(note: Note) -> None:
    """Book."""
    note.booking = await book(note.text)


@step
def fail(note: Note) -> None:
    """Fail, where the world is broken or the text asks for it."""
    if WORLD.is_broken or note.text == "fail":
        message = f"<b>{note.text}</b> can not be"
        raise NotDone(message)


@tool.read(breaker=Breaker("desk"))
async def look(text: str) -> str:
    """Look what is booked."""
    return text


@step
async def ask_desk(note: Note) -> None:
    """Look."""
    note.booking = await look(note.text)


patient = StateMachine("patient", Note, START >> ask_desk >> END)
booking_flow = StateMachine("booking", Note, START >> booking >> fail >> END)
failing = StateMachine("failing", Note, START >> fail >> count >> END)


@tool.write(idempotent=True, approve=Approval())
async def pay(text: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Pay, where a person says so."""
    WORLD.booked.append(key)
    return text


@step
async def paid(note: Note) -> None:
    """Pay."""
    note.booking = await pay(note.text)


consenting = StateMachine("consenting", Note, START >> paid >> END)

WORKFLOWS = (counting, checking, paying, booking_flow, failing, consenting, patient)
