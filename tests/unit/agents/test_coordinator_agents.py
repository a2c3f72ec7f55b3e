"""Agents plan, work and review: what a model gives is an assignment like any other, and is checked like any other."""

from pydantic import BaseModel

from podium import Dag, Engine, node
from podium.agents import Agent, Assignment, Coordinator, Ended, Prompt, Refused, Role, Team
from podium.testing.models import ScriptedModel, call, function_model


class Goal(BaseModel):
    """What the team is to write about."""

    topic: str


class Asked(BaseModel):
    """What the planner needs of the team."""

    goal: Goal
    refused: list[Refused]


class Seen(BaseModel):
    """What the review needs of the team."""

    round: int


@node
async def asking(goal: Goal, refused: list[Refused]) -> str:
    """Put what the planner is to know into words."""
    return f"Plan {goal.topic}. Refused: {[one.reason for one in refused]}"


@node
async def judging(round: int) -> str:  # noqa: A002  # the team's own field
    """Put what the review is to judge into words."""
    return f"Is round {round} enough?"


async def test_a_team_of_agents_learns_why_its_plan_was_refused() -> None:
    plans = ScriptedModel(
        [
            call("final_result", response=[{"role": "poet", "input": {"prompt": "owls"}}]),
            call("final_result", response=[{"role": "writer", "input": {"prompt": "owls"}}]),
        ]
    )
    writes, verdicts = (
        ScriptedModel(["Owls fly."]),
        ScriptedModel([call("final_result", response=False), call("final_result", response=True)]),
    )
    planner: Agent[list[Assignment]] = Agent("planner", plans, output=list[Assignment])
    judge: Agent[bool] = Agent("judge_agent", verdicts, output=bool)
    asked = planner.as_node("asked", take={"prompt": "asking"})
    verdict = judge.as_node("verdict", take={"prompt": "judging"})
    writer: Role[Prompt, str] = Role("writer", Agent("writing", writes))
    team = Coordinator(
        "team",
        Goal,
        Dag("planning", Asked, asking, asked, gives=asked),
        workers=[writer],
        until=Dag("reviewing", Seen, judging, verdict, gives=verdict),
        rounds=3,
    )
    async with Engine("memory:") as engine:
        ended: Team[Goal] = await (await engine.start(team, Goal(topic="owls"))).result()
    assert (ended.ended, ended.round) == (Ended.DONE, 2)
    assert writer.results(ended) == ["Owls fly."]
    assert "there is no role 'poet'; there are writer" in plans.asked[1].prompt
    assert [asked.prompt for asked in writes.asked] == ["owls"]


async def test_agent_in_a_team_takes_a_plain_text_as_it_does_in_a_run() -> None:
    writer: Role[Prompt, str] = Role("writer", Agent("writing", function_model(lambda asked: asked.prompt.upper())))

    def planner(team: Team[Prompt]) -> list[Assignment]:
        return [Assignment(role="writer", input="tea")] if team.round == 0 else []

    async with Engine("memory:") as engine:
        team = await (
            await engine.start(Coordinator("crew", Prompt, planner, workers=[writer]), Prompt(prompt="x"))
        ).result()
    assert (writer.results(team), team.refused) == (["TEA"], [])
