"""The demo's front door: an intent router that takes whatever sentence is typed, and says so when nothing fits.

It goes by the table that ships with Podium alone, so that it decides alike wherever the demo is installed.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, StateMachine, current, step, tool
from podium.demo.travel import Trip, travel
from podium.demo.wish import Unclear, read_wish
from podium.demo.writing import Article, writing
from podium.routing import IntentRouter, Route
from podium.routing.embedding.static import static_embedder

TRAVELS: Final = "book a flight, a hotel and a rental car for a trip to a city"
WRITES: Final = "write an article about how Podium works, out of its own documents"


class Shelf:
    """Where articles are put; tools get it as a resource."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Shelf"]:
        """Give it to an engine as its only resource."""
        yield self


class Question(BaseModel):
    """What a run of `helpdesk` works on."""

    asked: str
    answer: str = ""


@step
def point_out(question: Question) -> None:
    """Say what can be done here."""
    question.answer = f"Nothing here is for that. What there is: {TRAVELS}; {WRITES}."


helpdesk = StateMachine("helpdesk", Question, START >> point_out >> END)


def read_trip(text: str) -> Trip | None:
    """Make a trip of a wish that is clear; its order is the run's id."""
    if isinstance(read_wish(text), Unclear):
        return None
    return Trip(wish=text, order=current().run_id)


@tool.read
def read_article(text: str, *, shelf: Shelf = FROM_ENGINE) -> Article | None:
    """Make an article of a topic; without one there is nothing to write about."""
    topic = topic_of(text)
    return Article(topic=topic, target=str(shelf.folder / "article.md")) if topic else None


def topic_of(text: str) -> str:
    """Return what an article is asked for about: what stands behind "about" or "on", or else all of it."""
    words = text.split()
    at = next((place for place, word in enumerate(words) if word.lower() in {"about", "on", "explaining"}), -1)
    return " ".join(words[at + 1 :])[:300]


front = IntentRouter(
    "front",
    Route(
        travel,
        TRAVELS,
        examples=[
            "fly me to Busan for three nights, with a car",
            "Lisbon, two nights, without a car",
            "book a flight to Tokyo and a hotel",
            "a weekend in Paris",
            "I need a hotel room in Rome for a week",
            "get me to Seoul with a rental car",
            "two nights in Porto, no hotel",
            "plan my trip to New York",
            "take us to Vienna for a fortnight",
        ],
        read=read_trip,
    ),
    Route(
        writing,
        WRITES,
        examples=[
            "write an article about idempotency keys",
            "draft a text on how sagas undo writes",
            "write about crash recovery",
            "I want an essay about durable workflows",
            "compose a short piece on circuit breakers",
            "summarise what the documents say about retries",
            "write a report on how runs are taken over",
        ],
        read=read_article,
    ),
    otherwise=helpdesk,
    embedder=static_embedder(),
)
