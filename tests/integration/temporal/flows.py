"""Workflows that the tests of the Temporal shell run, beside those of the crash tests."""

import asyncio
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Approval, Dag, IdempotencyKey, Retry, StateMachine, human, node, step, tool
from podium import sleep as pause
from podium import wait as wait_for
from podium.workflow.current import current
from tests.integration.crash.outside import Outside
from tests.integration.crash.plans import planning
from tests.integration.crash.sagas import SAGAS
from tests.integration.crash.workflows import ALL as CRASHING
from tests.integration.crash.workflows import Trip, alone, book, look, touring

GO = "go"
"""A pipe in the other side's folder: whoever reads it waits until the test writes."""


@step(retry=Retry(attempts=3, base=0.01, cap=0.01))
async def flaky(trip: Trip, *, outside: Outside = FROM_ENGINE) -> None:
    """Fails twice."""
    outside.ask("flaky")
    if len(outside.lines("asked")) < 3:
        raise OSError("not yet")
    trip.notes.append("at last")


@human()
async def judge(trip: Trip, answer: Literal["yes", "no"]) -> Literal["yes", "no"]:
    """Shall it go on?"""
    trip.notes.append(f"judged {answer}")
    return answer


heard = wait_for("heard", str, give="flight")


@tool.write(idempotent=True, approve=Approval(timeout=timedelta(days=1)))
async def costly(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """A person consents first."""
    return outside.do("costly", key)


@step
async def spend(trip: Trip) -> None:
    trip.notes.append(await look("price"))
    trip.paid = await costly("seat")


asking = StateMachine("asking", Trip, START >> judge.choose({"yes": END, "no": END}))
hearing = StateMachine("hearing", Trip, START >> heard >> END)
napping = StateMachine("napping", Trip, START >> pause("nap", 0.2) >> look.state("up", take={"what": "city"}) >> END)
trying = alone("trying", flaky)
spending = alone("spending", spend)
approving = alone("approving", costly.state("pay", take={"what": "city"}, give="paid"))


@step
async def endless(trip: Trip, *, outside: Outside = FROM_ENGINE) -> None:
    """Goes on until it is called off."""
    trip.flight = await book("before")
    outside.ask("endless")
    await asyncio.Event().wait()


@step
def sleepy(trip: Trip, *, outside: Outside = FROM_ENGINE) -> None:
    """Blocks its thread until the test lets it go on."""
    outside.ask("sleepy")
    (outside.folder / GO).read_text()
    trip.notes.append("awake")


waiting_long = alone("waiting-long", endless)
blocking = alone("blocking", sleepy)


@tool.write(idempotent=True)
async def slowly(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Takes until the other side lets it go on."""
    outside.ask("slowly")
    await asyncio.to_thread((outside.folder / GO).read_text)
    return outside.do("slowly", key)


@slowly.compensate
async def no_slowly(done: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> None:
    outside.do("no-slowly", key)


@step
async def slow_inside(trip: Trip) -> None:
    trip.paid = await slowly("seat")


slow_tool = alone("slow-tool", slowly.state("pay", take={"what": "city"}, give="paid"))
slow_step = alone("slow-step", slow_inside)


class Count(BaseModel):
    """A loop that also takes what it is told."""

    until: int = 10
    n: int = 0
    heard: list[str] = []
    word: str = ""


@tool.read
async def tick(n: int) -> int:
    return n + 1


@step
async def turn(count: Count) -> Literal["on", "hear"]:
    count.n = await tick(count.n)
    return "hear" if count.n % 10 == 0 else "on"


hark = wait_for("hark", str, give="word")


@step
async def note(count: Count) -> Literal["on", "enough"]:
    count.heard.append(count.word)
    return "on" if count.n < count.until else "enough"


counting = StateMachine(
    "counting",
    Count,
    START >> turn.choose({"on": turn, "hear": hark}),
    hark >> note.choose({"on": turn, "enough": END}),
    max_visits=1_000_000,
)


@step
async def calls(trip: Trip) -> None:
    """Signal another run."""
    await current().signal(trip.city, "heard", "hello")


calling = alone("calling", calls)


@node
async def sum_up(look_a: str, look_b: str) -> str:
    return look_a + look_b


wide = Dag(
    "wide",
    Trip,
    look.node("look_a", take={"what": "city"}),
    look.node("look_b", take={"what": "city"}),
    sum_up,
    gives=sum_up,
)

OWN = (
    asking, hearing, napping, trying, spending, approving, waiting_long, blocking, counting, calling, wide,
    slow_tool, slow_step, touring, planning,
)  # fmt: skip
ALL = {**CRASHING, **SAGAS, **{workflow.name: workflow for workflow in OWN}}
