"""An article by four agents: one researches, one drafts, one reviews, and the draft is revised until it is accepted.

$ podium run examples/research_agents.py topic=owls

The models are played, so that it runs anywhere: put `MODEL = "openai:gpt-5-mini"` in their place, with the key in the
environment, and nothing else changes. Publishing is a write: one agent asks for it, Podium makes it, once.
"""

from typing import Literal

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, IdempotencyKey, StateMachine, step, tool
from podium.agents import Agent
from podium.testing.models import call, function_model
from podium.testing.models.asked import Asked
from podium.testing.models.replies import Reply

ROUNDS = 3
"""A draft is published after so many reviews, whatever the reviewer thinks of it."""


class Draft(BaseModel):
    """What the writer gives."""

    title: str
    text: str


class Review(BaseModel):
    """What the reviewer gives."""

    verdict: Literal["accept", "revise"]
    remark: str = ""


class Article(BaseModel):
    """What the agents work on."""

    topic: str
    notes: str = ""
    task: str = ""
    draft: Draft | None = None
    review: Review | None = None
    rounds: int = 0
    published: str = ""


@tool.read
async def search(query: str) -> list[str]:
    """Search the library.

    Args:
        query: A few words.
    """
    return [f"{query.capitalize()} are birds.", f"{query.capitalize()} hunt at night."]


@tool.write(idempotent=True, irreversible=True)
async def publish(title: str, text: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Put an article on the front page."""
    return f"https://example.com/{key[:8]}/{title.lower()}?{len(text)}"


# ----- the models, played; each answers by what it is asked, so that another process gets the same answers


def researches(asked: Asked) -> Reply:
    """Search, and then say what was found."""
    return call("search", query=asked.prompt) if asked.turn == 0 else " ".join(asked.results[0][1])


def writes(asked: Asked) -> Reply:
    """Write what is in the task; forget the title the first time, which is told, and mended."""
    text = asked.prompt.partition("Notes: ")[2]
    return {"text": text} if asked.turn == 0 else {"title": "Owls", "text": text}


def reviews(asked: Asked) -> Reply:
    """Want a remark to be followed, once."""
    return (
        Review(verdict="accept") if "shorter" in asked.prompt else Review(verdict="revise", remark="Make it shorter.")
    )


def publishes(asked: Asked) -> Reply:
    """Publish, and then say where."""
    title, _, text = asked.prompt.partition("\n")
    return call("publish", title=title, text=text) if asked.turn == 0 else str(asked.results[0][1])


researcher = Agent("researcher", function_model(researches, name="reader"), tools=[search])
writer = Agent("writer", function_model(writes, name="writer"), output=Draft)
reviewer = Agent("reviewer", function_model(reviews, name="critic"), output=Review)
publisher = Agent("publisher", function_model(publishes, name="editor"), tools=[publish])


# ----- what goes from one to the next


@step
async def brief(article: Article) -> None:
    """Tell the writer what to do: the topic, the notes, and what the reviewer said of the draft before."""
    said = f"Revise, for this was said: {article.review.remark} " if article.review else ""
    article.task = f"Write about {article.topic}. {said}Notes: {article.notes}"


@step
async def hand_in(article: Article) -> None:
    """Give the draft to the reviewer."""
    assert article.draft is not None
    article.task = f"{article.task}\n\n{article.draft.title}\n{article.draft.text}"


@step
async def judge(article: Article) -> Literal["accept", "revise"]:
    """Follow the review, for so many rounds."""
    assert article.draft is not None
    assert article.review is not None
    article.rounds += 1
    if article.review.verdict == "revise" and article.rounds < ROUNDS:
        return "revise"
    article.task = f"{article.draft.title}\n{article.draft.text}"
    return "accept"


research = researcher.as_state(take={"prompt": "topic"}, give="notes")
draft = writer.as_state(take={"prompt": "task"}, give="draft")
review = reviewer.as_state(take={"prompt": "task"}, give="review")
release = publisher.as_state(take={"prompt": "task"}, give="published")

writing = StateMachine(
    "writing",
    Article,
    START >> research >> brief >> draft >> hand_in >> review >> judge.choose({"accept": release, "revise": brief}),
    release >> END,
)
