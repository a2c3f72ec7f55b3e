"""A team of many workers in Podium, and the same work as a plain map."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from bench.meter import Meter, scratch
from bench.ours.chain import url_in
from podium import Dag, Engine, node, tool
from podium.agents import Assignment, Coordinator, HandOff, Role, Team
from podium.agents.coordinator_data import Task, Work
from podium.agents.coordinator_roles import item_machine
from podium.core.events import Event, StepStarted

CPU, WORK_CPU, PASS_CPU, OWN_CPU, WALL, FLAT_WALL, PAST, STEPS = (
    "CPU ms/result",
    "of it the work's",
    "of it turns and hand-offs",
    "of it the coordinator's",
    "wall ÷ critical path",
    "the same of a plain map",
    "% of passings that bypass it",
    "its own steps",
)
FAILS_EACH = 10
"""One in so many fails in the first round, and is given out again."""


class Job(BaseModel):
    """What a worker gets."""

    number: int
    ms: int
    fails: bool = False


class Jobs(BaseModel):
    """The goal of the team, and the input of the plain map."""

    count: int
    ms: int
    jobs: list[Job] = []


@tool.read
async def work(number: int, ms: int) -> int:
    """Stand in for a request to a model: it takes its time, and no CPU."""
    await asyncio.sleep(ms / 1000)
    return number


@node
async def gathered(number: int, ms: int, fails: bool) -> HandOff:  # noqa: FBT001  # a field of the input
    """Work, and hand on at once."""
    found = await work(number, ms)
    if fails:
        message = f"job {number} is to be given out again"
        raise RuntimeError(message)
    return writing.hand_off(Job(number=found, ms=ms))


@node
async def written(number: int, ms: int) -> int:
    """Work on what was handed on."""
    return await work(number, ms)


writing = Role("writer", Dag("writing", Job, written, gives=written))
gathering = Role("gatherer", Dag("gathering", Job, gathered, gives=gathered))


def plan(team: Team[Jobs]) -> list[Assignment]:
    """Give every job out that is not done."""
    goal, done = team.goal, set(writing.results(team))
    left = [number for number in range(goal.count) if number not in done]
    fails = team.round == 0
    return [
        gathering.assign(Job(number=number, ms=goal.ms, fails=fails and number % FAILS_EACH == 0)) for number in left
    ]


def is_done(team: Team[Jobs]) -> bool:
    """Count."""
    return len(team.results) == team.goal.count


@node
async def both(number: int, ms: int) -> int:
    """Do by hand what gatherer and writer do."""
    return await work(await work(number, ms), ms)


@node
async def counted(each: list[int]) -> int:
    """Bring the results together."""
    return len(each)


def coordinator(*, workers: int, ms: int) -> dict[str, float]:
    """Measure a team of so many workers at once; what they do as a plain map; and as a map that hands on, unled."""
    roles = {role.name: role for role in (gathering, writing)}
    team = Coordinator("team", Jobs, plan, workers=list(roles.values()), until=is_done)
    jobs = [Job(number=number, ms=ms) for number in range(workers)]
    single = Dag("single", Job, both, gives=both)
    flat = Dag("flat", Jobs, single.as_node("each", take="item", each="jobs"), counted, gives=counted)
    flat_meter, _ = _measured(flat, Jobs(count=workers, ms=ms, jobs=jobs), lambda count: count == workers)
    item = item_machine("unled", roles, hand_offs=10).as_node(
        "each", take="item", each="tasks", on_item_error="collect"
    )
    tasks = [_task(Job(number=job.number, ms=ms)) for job in jobs]
    tasks += [_task(Job(number=job.number, ms=ms, fails=True)) for job in jobs[::FAILS_EACH]]
    unled = Dag("unled", Work, item, gives=item)
    unled_meter, _ = _measured(unled, Work(tasks=tasks), lambda given: len(given) == len(tasks))
    meter, events = _measured(team, Jobs(count=workers, ms=ms), lambda team: len(team.results) == workers)
    critical_s = 4 * ms / 1000  # two rounds of two workers, one after the other
    turns = [event.path for event in events if isinstance(event, StepStarted)]
    handed = sum(path.endswith("/writer") for path in turns)
    again = sum(path.startswith("work#2/") and path.endswith("/gatherer") for path in turns)
    return {
        CPU: meter.cpu_s / workers * 1000,
        WORK_CPU: flat_meter.cpu_s / workers * 1000,
        PASS_CPU: (unled_meter.cpu_s - flat_meter.cpu_s) / workers * 1000,
        OWN_CPU: (meter.cpu_s - unled_meter.cpu_s) / workers * 1000,
        WALL: meter.wall_s / critical_s,
        FLAT_WALL: flat_meter.wall_s / critical_s * 2,
        PAST: handed / (handed + again) * 100,
        STEPS: sum("/" not in path for path in turns),
    }


def _task(job: Job) -> Task:
    return Task(role="gatherer", input=gathering.stored(job.model_dump()))


def _measured(workflow: Any, given: Any, is_right: Callable[[Any], bool]) -> tuple[Meter, list[Event]]:
    with scratch() as folder:
        return asyncio.run(_measure(url_in(folder), workflow, given, is_right))


async def _measure(url: str, workflow: Any, given: Any, is_right: Callable[[Any], bool]) -> tuple[Meter, list[Event]]:
    async with Engine(url) as engine:
        listed = "tasks" if isinstance(given, Work) else "jobs"
        small = given.model_copy(update={"count": 2, listed: getattr(given, listed)[:2]})
        await (await engine.start(workflow, small)).result()
        with Meter() as meter:
            run = await engine.start(workflow, given)
            result = await run.result()
        assert is_right(result), result
        return meter, [event async for _, event in run.events()]
