"""A DAG inside a machine inside a DAG: one run, one journal, addresses like `articles[1]/facts/when`.

$ podium run examples/composition.py:paper 'topics=["tea", "rain"]'
"""

from typing import Literal

from pydantic import BaseModel

from podium import END, START, Dag, StateMachine, node, step


class Topic(BaseModel):
    """The input of the inner DAG."""

    topic: str


@node
async def who(topic: str) -> str:
    """Ask one side."""
    return f"{topic} is known to many"


@node
async def when(topic: str) -> str:
    """Ask the other, at the same time."""
    return f"{topic} was first seen long ago"


@node
async def both(who: str, when: str) -> list[str]:
    """Wait for both."""
    return [who, when]


facts = Dag("facts", Topic, who, when, both, gives=both)


class Article(BaseModel):
    """The record of the machine; the DAG's result goes into `notes`."""

    topic: str
    notes: list[str] = []
    text: str = ""
    rounds: int = 0


@step
async def draft(article: Article) -> None:
    """Write."""
    article.rounds += 1
    article.text = ". ".join(article.notes * article.rounds)


@step
async def review(article: Article) -> Literal["accept", "revise"]:
    """Ask for more until it is long enough."""
    return "accept" if len(article.text) > 100 else "revise"  # noqa: PLR2004


writing = StateMachine(
    "writing",
    Article,
    START >> facts.as_state(give="notes") >> draft >> review.choose({"accept": END, "revise": draft}),
    max_visits=5,
)


class Paper(BaseModel):
    """The input of the outer DAG."""

    topics: list[str]


@node
def drafts(topics: list[str]) -> list[Article]:
    """Make an empty article of each topic."""
    return [Article(topic=topic) for topic in topics]


@node
def front_page(articles: list[Article]) -> list[str]:
    """Name them."""
    return [f"{article.topic} ({article.rounds} rounds)" for article in articles]


paper = Dag(
    "paper",
    Paper,
    drafts,
    writing.as_node("articles", take="item", each="drafts"),
    front_page,
    gives=front_page,
)
