"""Boards: what steps of a run tell one another, once each, whatever fails or dies meanwhile."""

import pytest
from pydantic import BaseModel, SecretStr

from podium import END, START, Board, Dag, Retry, StateMachine, current, node, step, tool
from podium.board_errors import BoardInToolError, UnnamedBoardError
from podium.core import events as ev
from podium.errors import DefinitionError, DefinitionErrors, NotRunningError, NotStorableError, RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, until
from tests.unit.engine.world import Trip, World, book


class Finding(BaseModel):
    """What is posted."""

    by: str
    text: str = ""


findings = Board("findings", Finding)


@step
async def first(_trip: Trip) -> None:
    findings.post(Finding(by="first"))
    assert findings.read() == []


@step
def second(trip: Trip) -> None:
    trip.log = [found.by for found in findings.read()]
    findings.post(Finding(by="second"))


telling = StateMachine("telling", Trip, START >> first >> second >> END)


async def test_later_steps_read_what_earlier_ones_posted_and_so_does_whoever_asks(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(telling, Trip())
    assert (await run.result()).log == ["first"]
    assert [found.by for found in await run.board(findings)] == ["first", "second"]


async def test_attempt_that_fails_posts_nothing(rig: Rig) -> None:
    @step(retry=Retry(attempts=2, base=0, cap=0))
    async def shaky(_trip: Trip) -> None:
        findings.post(Finding(by=str(current().attempt)))
        if current().attempt == 1:
            raise RuntimeError

    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(StateMachine("shaky", Trip, START >> shaky >> END), Trip())
    await in_time(clock, run.result())
    assert [found.by for found in await run.board(findings)] == ["2"]


async def test_step_that_is_run_again_after_a_crash_posts_once_and_reads_what_it_had_read(
    rig: Rig, world: World
) -> None:
    @node
    async def beside(city: str) -> str:
        findings.post(Finding(by="beside"))
        return city

    @node
    async def booking(city: str) -> list[str]:
        before = [found.by for found in findings.read()]
        findings.post(Finding(by="booking"))
        await book(city)
        return before

    @node
    async def both(beside: str, booking: list[str]) -> list[str]:
        return [beside, *booking]

    two = Dag("two", Trip, booking, beside, both, gives=both)
    engine = await rig.open()
    gate = world.gate("book")
    run = await engine.start(two, Trip(city="Busan"))
    await world.entered["book"].wait()
    await until(run, ev.StepDone)
    await rig.crash(engine)
    gate.set()
    engine = await rig.open(two)
    run = await engine.get(run.id)
    assert await run.result() == ["Busan"], "what was posted meanwhile is not read by the step that had read before"
    read = [event.call async for _, event in run.events() if isinstance(event, ev.ReadDone)]
    assert read == ["podium.board:findings"]
    assert [found.by for found in await run.board(findings)] == ["beside", "booking"]


def test_two_boards_of_one_name_that_hold_different_things_are_a_fault() -> None:
    other = Board("findings", int)

    @step
    async def counting(_trip: Trip) -> None:
        other.post(1)

    with pytest.raises(DefinitionErrors, match="1 fault") as raised:
        StateMachine("mixed", Trip, START >> telling.as_state() >> counting >> END)
    assert "one board of the run" in str(raised.value.exceptions[0])


def test_two_boards_of_one_name_that_hold_the_same_are_one() -> None:
    again = Board("findings", Finding)

    @step
    async def adding(_trip: Trip) -> None:
        again.post(Finding(by="adding"))

    made = StateMachine("same", Trip, START >> telling.as_state() >> adding >> END)
    assert list(made.boards) == ["findings"]
    assert made.graph.nodes["adding"].boards == ("findings",)


def test_board_of_what_can_not_be_stored_is_a_fault() -> None:
    with pytest.raises(DefinitionErrors, match="board 'vault'"):
        Board("vault", SecretStr)
    with pytest.raises(DefinitionError, match="name of a board"):
        Board("two words", int)


def test_board_outside_a_run_is_an_error() -> None:
    with pytest.raises(NotRunningError):
        findings.read()


@tool.read()
async def nosy() -> int:
    """Look at a board, which a tool may not."""
    return len(findings.read())


@tool.read()
async def chatty() -> None:
    """Post, which a tool may not."""
    findings.post(Finding(by="chatty"))


@pytest.mark.parametrize("asked", [nosy, chatty])
async def test_tool_that_uses_a_board_is_refused(rig: Rig, asked: object) -> None:
    @step
    async def calling(_trip: Trip) -> None:
        await asked()  # type: ignore[operator]  # one of two tools

    engine = await rig.open()
    run = await engine.start(StateMachine("calling", Trip, START >> calling >> END), Trip())
    with pytest.raises(RunFailedError) as raised:
        await run.result()
    assert raised.value.failure is not None
    assert BoardInToolError.__name__ in raised.value.failure.message + raised.value.failure.type


async def test_step_that_does_not_name_its_board_is_refused(rig: Rig) -> None:
    hidden = {"board": findings}

    @step
    async def hiding(_trip: Trip) -> None:
        hidden["board"].post(Finding(by="hiding"))

    engine = await rig.open()
    run = await engine.start(StateMachine("hiding", Trip, START >> hiding >> END), Trip())
    with pytest.raises(RunFailedError) as raised:
        await run.result()
    assert raised.value.failure is not None
    assert raised.value.failure.type == UnnamedBoardError.__name__


async def test_post_that_does_not_fit_fails_the_step(rig: Rig) -> None:
    @step
    async def wrong(_trip: Trip) -> None:
        findings.post({"by": 1})  # type: ignore[arg-type]  # on purpose

    engine = await rig.open()
    run = await engine.start(StateMachine("wrong", Trip, START >> wrong >> END), Trip())
    with pytest.raises(RunFailedError) as raised:
        await run.result()
    assert raised.value.failure is not None
    assert raised.value.failure.type == NotStorableError.__name__
    assert await run.board(findings) == []
