"""A run that was restored from a backup may have written since: each write that it makes anew is in doubt first."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from podium import END, START, Engine, Handle, StateMachine, days, wait
from podium.core import events as ev
from podium.core.stimuli import Verb
from podium.engine.ports import Status
from podium.sqlite.backup import back_up, restore
from podium.testing.clock import FakeClock
from podium.workflow.tool import Tool
from tests.unit.engine.rig import Rig, in_time, story, until
from tests.unit.engine.world import Trip, World, book, charge, order

MakeRig = Callable[[str], Rig]


def waits_then(tool: Tool[..., Any], parameter: str) -> StateMachine[Trip]:
    go = wait("go", str, give="found")
    state = tool.state("pay", take={parameter: "city"}, give="booked")
    return StateMachine(tool.name, Trip, START >> go >> state >> END)


KEYED, PLAIN, ASKED = waits_then(book, "city"), waits_then(charge, "what"), waits_then(order, "what")


@pytest.fixture
async def rigs(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MakeRig]:
    """Return what makes a rig in a folder of its own, over a file."""
    made: list[Rig] = []

    def make(name: str) -> Rig:
        (tmp_path / name).mkdir()
        made.append(Rig(tmp_path / name, file=file))
        monkeypatch.setattr("podium.engine.url.store_of", made[-1].store_of)
        return made[-1]

    yield make
    for rig in made:
        await rig.close()


async def lost(rigs: MakeRig, machine: StateMachine[Trip], clock: FakeClock) -> tuple[Engine, Handle[Trip], World]:
    """Run it to its end after a backup; return it as the backup has it, signalled once more."""
    first = rigs("first")
    engine = await first.open(machine, clock=clock)
    handle = await engine.start(machine, Trip(), id="r")
    await until(handle, ev.StepStarted)
    path = Path(first.url.removeprefix("sqlite:///").removesuffix("?synchronous=NORMAL"))
    back_up(path, path.with_name("copy.db"), now_ms=clock.now_ms())
    await in_time(clock, handle.signal("go", "x"))
    await in_time(clock, handle.result())
    assert first.world.count(machine.name) == 1
    await first.close()
    second = rigs("second")
    second.world = first.world
    target = Path(second.url.removeprefix("sqlite:///").removesuffix("?synchronous=NORMAL"))
    target.unlink()
    restore(path.with_name("copy.db"), target)
    return await second.open(machine, clock=clock), handle, first.world


async def again(engine: Engine, clock: FakeClock) -> Handle[Any]:
    handle = await engine.get("r")
    await in_time(clock, handle.signal("go", "x"))
    return handle


async def test_keyed_write_is_sent_under_the_same_key_and_has_one_effect(rigs: MakeRig) -> None:
    clock = FakeClock()
    engine, _, world = await lost(rigs, KEYED, clock)
    handle = await again(engine, clock)
    assert (await in_time(clock, handle.result())).booked == "Busan!"
    assert (world.count("book"), len(world.effects)) == (2, 1)
    assert "WriteDoubted" in await story(engine, "r")


async def test_key_counts_from_the_backup_on(rigs: MakeRig) -> None:
    clock = FakeClock()
    engine, _, world = await lost(rigs, KEYED, clock)
    clock.jump(days(1).days * 86_400_000)
    handle = await again(engine, clock)
    await in_time(clock, until(handle, ev.StepParked))
    assert world.count("book") == 1


async def test_write_that_can_be_asked_about_is_asked_about(rigs: MakeRig) -> None:
    clock = FakeClock()
    engine, _, world = await lost(rigs, ASKED, clock)
    handle = await again(engine, clock)
    await in_time(clock, handle.result())
    assert (world.count("order"), world.count("find_order")) == (1, 1)


async def test_write_that_had_not_happened_is_made_once_that_is_known(rigs: MakeRig) -> None:
    clock = FakeClock()
    engine, _, world = await lost(rigs, ASKED, clock)
    world.effects.clear()
    handle = await again(engine, clock)
    await in_time(clock, handle.result())
    assert (world.count("order"), len(world.effects)) == (2, 1)


async def test_write_that_nobody_can_speak_for_parks_and_goes_on_on_a_persons_word(rigs: MakeRig) -> None:
    clock = FakeClock()
    engine, _, world = await lost(rigs, PLAIN, clock)
    handle = await again(engine, clock)
    await in_time(clock, until(handle, ev.StepParked))
    assert (await handle.status()).status is Status.PARKED
    assert world.count("charge") == 1
    await in_time(clock, handle.resolve("pay", Verb.NOT_DONE, by="kim"))
    assert (await in_time(clock, handle.result())).booked == "Busan!"
    assert world.count("charge") == 2


async def test_run_that_is_begun_after_the_restore_knows_all_it_did(rigs: MakeRig) -> None:
    clock = FakeClock()
    engine, _, world = await lost(rigs, PLAIN, clock)
    handle = await engine.start(PLAIN, Trip(), id="new")
    await in_time(clock, handle.signal("go", "x"))
    await in_time(clock, handle.result())
    assert world.count("charge") == 2
