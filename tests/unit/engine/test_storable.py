"""What does not survive being stored fails the step that made it; what no longer fits parks the run, kept as it is."""

from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import core_schema

from podium import END, FROM_ENGINE, START, StateMachine, Status, Verb, step, tool, wait
from podium.core import events as ev
from podium.errors import InvalidInputError, RunFailedError
from podium.workflow.state import State
from tests.unit.engine.rig import Rig, until
from tests.unit.engine.world import AT_ONCE, World, look


class Bag(BaseModel):
    """A record that promises too much."""

    name: str = "bag"
    things: Any = None
    note: str = ""


class Opaque:
    """Nothing that JSON knows."""


@step
async def hides(bag: Bag) -> None:
    bag.things = Opaque()


@step
async def lies(bag: Bag) -> None:
    bag.name = 17  # type: ignore[assignment]  # what authors do


@tool.read(retry=AT_ONCE)
async def murky(what: str, *, world: World = FROM_ENGINE) -> str:
    world.note("murky", what)
    return Opaque()  # type: ignore[return-value]


@tool.write(idempotent=True, retry=AT_ONCE)
async def muddled(what: str, *, world: World = FROM_ENGINE) -> str:
    world.note("muddled", what, key="muddled")
    return Opaque()  # type: ignore[return-value]


@step
async def reads(bag: Bag) -> None:
    bag.note = await murky("it")


@step
async def passes(_bag: Bag) -> None:
    await look(Opaque())  # type: ignore[arg-type]


def machine(state: State[Bag, None]) -> StateMachine[Bag]:
    return StateMachine("one", Bag, START >> state >> END)


@pytest.mark.parametrize(("state", "field"), [(hides, "things"), (lies, "name")])
async def test_field_that_can_not_be_stored_fails_the_step_and_is_named(
    rig: Rig, state: State[Bag, None], field: str
) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match=rf"NotStorableError.*{field}"):
        await (await engine.start(machine(state), Bag())).result()


async def test_result_of_a_read_that_can_not_be_stored_fails_it_without_another_try(rig: Rig, world: World) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="murky"):
        await (await engine.start(machine(reads), Bag())).result()
    assert world.count("murky") == 1


async def test_argument_that_can_not_be_stored_fails_the_step_before_the_call(rig: Rig, world: World) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="arguments of look"):
        await (await engine.start(machine(passes), Bag())).result()
    assert world.calls == []


async def test_result_of_a_write_that_can_not_be_stored_parks_and_is_not_sent_again(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(machine(muddled.state("muddled", take={"what": "name"}, give="note")), Bag())
    parked = await until(run, ev.StepParked)
    assert "muddled" in parked.detail
    await run.resolve("muddled", Verb.DONE, answer="clear")
    assert (await run.result()).note == "clear"
    assert world.count("muddled") == 1


async def test_input_that_does_not_fit_makes_no_run(rig: Rig) -> None:
    engine = await rig.open()
    with pytest.raises(InvalidInputError):
        await engine.start(machine(hides), Bag(things=Opaque()))
    assert await engine.runs() == []


class Fussy(str):
    """A text that can be made to refuse what was stored before."""

    refuses = ""
    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(cls._check, handler(str))

    @classmethod
    def _check(cls, value: str) -> str:
        if cls.refuses and value == cls.refuses:
            raise ValueError(value)
        return value


class Record(BaseModel):
    """A record whose type can change under a run."""

    text: Fussy = Fussy("old")
    other: str = ""


@step
async def work(record: Record) -> None:
    record.other = "done"


changing = StateMachine("changing", Record, START >> wait("go", str) >> work >> END)


async def test_stored_value_that_no_longer_fits_parks_the_run_and_is_kept(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await rig.open()
    run = await engine.start(changing, Record())
    await until(run, ev.StepStarted)
    monkeypatch.setattr(Fussy, "refuses", "old")
    await run.signal("go", "now")
    parked = await until(run, ev.StepParked)
    assert parked.reason == "data-changed"
    assert "text" in parked.detail
    assert (await run.status()).status is Status.PARKED
    monkeypatch.setattr(Fussy, "refuses", "")
    await run.resolve("work", Verb.SEND_AGAIN)
    assert (await run.result()).other == "done"
