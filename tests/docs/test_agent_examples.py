"""The example of agents does what its first lines say: four agents, one revision, one article on the front page."""

import pytest

from examples import research_agents
from examples.research_agents import Article, Draft
from podium import Engine
from podium.core.events import ScopeOpened, WriteDone
from podium.testing import simulate


async def test_agents_research_draft_review_revise_and_publish_once() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(research_agents.writing, Article(topic="owls"))
        article = await run.result()
        events = [event async for _, event in run.events()]
    assert article.draft == Draft(title="Owls", text="Owls are birds. Owls hunt at night.")
    assert (article.rounds, article.published.startswith("https://example.com/")) == (2, True)
    worked = [event.path for event in events if isinstance(event, ScopeOpened)]
    assert worked == ["researcher", "writer", "reviewer", "writer#2", "reviewer#2", "publisher"]
    assert [event.path for event in events if isinstance(event, WriteDone)] == ["publisher/act"]


@pytest.mark.slow
def test_agents_keep_every_promise_under_every_single_fault() -> None:
    report = simulate(research_agents.writing, Article(topic="owls"), tools="real", runs=230)
    assert report.coverage.singles == report.coverage.singles_of
