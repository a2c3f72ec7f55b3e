"""Two workflows that a sentence may be for, and a desk that leads to them."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from podium import END, START, StateMachine, step
from podium.routing import IntentRouter, Route, Verdict
from tests.unit.routing.desks import decided


class Trip(BaseModel):
    city: str
    nights: int = 1
    booked: str = ""


class Article(BaseModel):
    topic: str
    text: str = ""


class Call(BaseModel):
    about: str
    number: int = 0


@step
async def book(trip: Trip) -> None:
    trip.booked = f"{trip.city}, {trip.nights}"


@step
async def write(article: Article) -> None:
    article.text = article.topic.upper()


@step
async def note(call: Call) -> None:
    call.number = 7


travel = StateMachine("travel", Trip, START >> book >> END)
writing = StateMachine("writing", Article, START >> write >> END)
helpdesk = StateMachine("helpdesk", Call, START >> note >> END)


def read_trip(text: str) -> Trip | None:
    if "Busan" not in text:
        return None
    return Trip(city="Busan", nights=3 if "three" in text else 1)


def read_article(text: str) -> Article:
    return Article(topic=text)


def desk(name: str = "desk", **more: Any) -> IntentRouter:
    return IntentRouter(
        name,
        Route(travel, "book flights and hotels", examples=["fly me to Rome"], read=read_trip),
        Route(writing, "write articles", examples=["write about tea"], read=read_article),
        **more,
    )


TRAVEL = decided(Verdict.ROUTE, "travel", "writing")
WRITING = decided(Verdict.ROUTE, "writing", "travel")
EITHER = decided(Verdict.CLARIFY, "travel", "writing")
UNSURE = decided(Verdict.ESCALATE, "travel", "writing", otherwise=Verdict.CLARIFY)


class Nobody:
    """A model that is never asked: what it would say is scripted."""

    id = "nobody"

    async def choose(self, text: str, shortlist: Any) -> Any:
        raise NotImplementedError


def folder(path: Path) -> dict[str, Any]:
    return {"learned": path / "learned"}
