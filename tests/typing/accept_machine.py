"""Machines that mypy must accept."""

from typing import Literal, assert_type

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Edit,
    Failure,
    IdempotencyKey,
    Reject,
    Retry,
    StateMachine,
    ToolFailed,
    days,
    human,
    minutes,
    sleep,
    step,
    tool,
    wait,
)
from podium.workflow.state import Chain
from podium.workflow.step import Step


class Client: ...


class Source(BaseModel):
    url: str


class Booking(BaseModel):
    ref: str


class Topical(BaseModel):
    topic: str


class Article(Topical):
    notes: list[Source] = []
    text: str = ""
    flight: Booking | None = None


@tool.read(retry=Retry(attempts=3), timeout=20)
async def search(query: str) -> list[Source]:
    return []


@tool.read
def count(text: str) -> int:
    return len(text)


@tool.write(idempotent=days(30), retry=Retry(attempts=4))
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, client: Client = FROM_ENGINE) -> Booking:
    return Booking(ref=city + key)


@book.compensate
async def cancel(booking: Booking, *, key: IdempotencyKey = FROM_ENGINE) -> None: ...


@book.reconcile
async def find(*, key: IdempotencyKey = FROM_ENGINE) -> Booking | None:
    return None


@step
async def research(article: Article) -> None:
    article.notes = await search(article.topic)
    assert_type(await search("x"), list[Source])
    assert_type(count("x"), int)


@step(retry=Retry(attempts=2), timeout=minutes(1))
def title(article: Topical, *, client: Client = FROM_ENGINE) -> None:
    """A step over a base class serves every machine whose record has it."""


@step
async def review(article: Article) -> Literal["accept", "revise"]:
    return "accept"


@step
def maybe(article: Article) -> Literal["again"] | None:
    return None


@step
async def apologise(article: Article, failure: Failure) -> None: ...


@human(timeout=days(2), default=Reject())
async def editor(article: Article, answer: Approve | Edit[str] | Reject) -> Literal["publish", "drop"]:
    return "publish"


@human()
def sign(article: Article, answer: bool) -> None: ...


assert_type(research, Step[Article, None])
assert_type(review, Step[Article, Literal["accept", "revise"]])
assert_type(research >> review, Chain[Article])

writing = StateMachine(
    "writing",
    Article,
    START
    >> research.on_error((ToolFailed, TimeoutError), to=apologise)
    >> title
    >> maybe.choose({"again": research})
    >> book.state("flight", take={"city": "topic"}, give="flight").on_error(ToolFailed, to=END, undo=False)
    >> sleep("cool", 5)
    >> wait("paid", Source, timeout=days(1))
    >> sign
    >> review.choose({"accept": editor.choose({"publish": END, "drop": END}), "revise": research}),
    apologise >> END,
    max_visits=5,
    deadline=days(1),
)
assert_type(writing, StateMachine[Article])


async def plainly() -> None:
    assert_type(await book("Busan", key=IdempotencyKey("k"), client=Client()), Booking)
