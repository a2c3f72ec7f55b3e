"""A router leads to whatever takes something else than its record: teams, plans, agents, other routers."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from podium import END, START, Engine, Plan, PlanSpec, PlanStep, Situation, StateMachine, step, tool
from podium.agents import Assignment, Coordinator, Role, Team
from podium.routing import IntentRouter, Route, Routed
from podium.routing.embedding.static import static_embedder


class Trip(BaseModel):
    city: str


class Job(BaseModel):
    what: str


@tool.read
async def price_in(city: str) -> int:
    return 10 * len(city)


@step
def do(job: Job) -> None:
    job.what = job.what.upper()


worker = Role("worker", StateMachine("working", Job, START >> do >> END))


def share_out(team: Team[Job]) -> Sequence[Assignment]:
    return [worker.assign(Job(what=team.goal.what))] if team.round == 0 else []


def planner(situation: Situation[Trip]) -> PlanSpec:
    return PlanSpec(steps=[PlanStep(name="ask", tool="price_in", args={"city": situation.goal.city})], gives="ask")


def read_trip(text: str) -> Trip | None:
    return Trip(city=text.rsplit(maxsplit=1)[-1])


def read_job(text: str) -> Job | None:
    return Job(what=text)


crew = Coordinator("crew", Job, share_out, workers=[worker])
prices = Plan("prices", Trip, planner, tools=[price_in], gives=int)
desk = IntentRouter(
    "desk",
    Route(prices, "what a trip costs", examples=["what does a week cost in Rome"], read=read_trip),
    Route(crew, "repairs in the house", examples=["mend the roof of the shed"], read=read_job),
    embedder=static_embedder(),
)


class Letter(BaseModel):
    text: str
    answer: Routed[Any] | None = None


async def answer(sentence: str) -> Routed[Any]:
    async with Engine("memory:") as engine:
        said = await (await engine.start(desk, sentence)).result()
        assert isinstance(said, Routed)
        return said


async def test_route_to_a_plan_is_read_as_its_goal() -> None:
    said = await answer("what does a week cost in Rome")
    assert (said.route, said.result) == ("prices", 40)


async def test_route_to_a_team_is_read_as_its_goal() -> None:
    said = await answer("mend the roof of the shed")
    assert said.route == "crew"
    assert [job.what for job in worker.results(said.result)] == ["MEND THE ROOF OF THE SHED"]


async def test_a_workflow_around_one_gives_it_what_a_run_of_it_is_started_with() -> None:
    inside = desk.as_state("ask", take="text", give="answer")
    letters = StateMachine("letters", Letter, START >> inside >> END)
    async with Engine("memory:") as engine:
        letter = await (await engine.start(letters, Letter(text="what does a week cost in Rome"))).result()
    assert letter.answer is not None
    assert (letter.answer.route, letter.answer.result) == ("prices", 40)
