"""The key of a write is its address: the same wherever and whenever it is sent, another for any other write."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Dag, IdempotencyKey, StateMachine, step, tool
from podium.core import events as ev
from podium.effects.keys import idempotency_key, read_identity, slot_of
from tests.unit.engine.rig import Rig, turns, valve
from tests.unit.engine.world import AT_ONCE, Trip, World, book


class Cities(BaseModel):
    """Where to go."""

    cities: list[str]


booked = book.node("booked", take={"city": "item"}, each="cities", concurrency=20)
tour = Dag("tour", Cities, booked, gives=booked)

PATHS = ["book", "book#2", "map[1]", "map[10]", "map[1]/0", "map", "a/book", "a#2/book", "a/book#2"]


def key(*, namespace: str = "store", run: str = "run", path: str = "book", generation: int = 0) -> str:
    return idempotency_key(namespace, run, path, generation=generation)


def test_key_is_the_same_each_time_and_fits_any_service() -> None:
    assert key() == key()
    assert len(key()) <= 64
    assert key().isascii()
    assert key().isalnum()


def test_keys_of_other_writes_differ() -> None:
    keys = [key(path=path) for path in PATHS]
    keys += [key(run="run2"), key(namespace="other"), key(generation=1), key(generation=2)]
    assert len(set(keys)) == len(keys)


texts = some.text(some.characters(codec="utf-8", exclude_characters="\x1f"), min_size=1, max_size=6)


@given(some.lists(some.tuples(texts, texts, texts, some.integers(0, 9)), unique=True, min_size=2, max_size=4))
def test_no_two_addresses_share_a_key(addresses: list[tuple[str, str, str, int]]) -> None:
    for one, other in combinations(addresses, 2):
        assert idempotency_key(*one[:3], generation=one[3]) != idempotency_key(*other[:3], generation=other[3])


def test_act_has_one_key_in_whatever_step_it_is_done() -> None:
    assert slot_of("pay", act="charge:17") == slot_of("trips[3]/pay#2", act="charge:17")


def test_slots_of_other_writes_differ() -> None:
    slots = [slot_of(path, candidate=candidate) for path in PATHS for candidate in range(4)]
    slots += [slot_of("book", act=act, candidate=n) for act in ("book:1", "book:10", "charge:1") for n in range(4)]
    assert len(set(slots)) == len(slots)


def test_reads_are_told_apart_by_tool_arguments_and_turn() -> None:
    names = [read_identity(tool, digest, nth) for tool in ("a", "b") for digest in ("1", "2") for nth in (1, 2, 11)]
    assert len(set(names)) == len(names)


async def test_items_of_a_map_have_keys_of_their_own(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(tour, Cities(cities=["Busan"] * 12))
    assert await run.result() == ["Busan!"] * 12
    intended = [event for _, event in await engine.events(run.id) if isinstance(event, ev.WriteIntended)]
    assert len({event.key for event in intended}) == len(world.effects) == 12


async def test_key_and_bytes_are_the_same_in_every_process(rig: Rig, world: World) -> None:
    world.gate("book")
    engine = await rig.open(tour)
    await engine.start(tour, Cities(cities=["Busan", "Jeju"]), id="one")
    await world.entered["book"].wait()
    while len(world.effects) < 2:
        await turns(1)
    await rig.crash(engine)
    world.gates.clear()
    other = await rig.open(tour)
    assert await (await other.get("one")).result() == ["Busan!", "Jeju!"]
    assert world.count("book") == 4
    assert sorted(world.done) == ["book:Busan", "book:Jeju"]


def worded(prompt: str) -> StateMachine[Trip]:
    """Return a workflow whose read is asked in these words; only they differ from one to another."""

    @tool.read
    async def suggest(city: str, *, world: World = FROM_ENGINE) -> str:
        return await world.act("suggest", f"{prompt} {city}")

    @tool.write(idempotent=True, retry=AT_ONCE)
    async def send(text: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
        world.seen.append(f"{key} {text}")
        return await world.act("send", text, key=key)

    @step
    async def write(trip: Trip) -> None:
        trip.booked = await send(await suggest(trip.city))

    send.function.__doc__ = f"Send what was suggested to {prompt}."
    return StateMachine("worded", Trip, START >> write >> END)


async def test_key_and_bytes_outlive_lost_replies_a_crash_and_other_words(rig: Rig, world: World) -> None:
    world.losses["send"] = [ConnectionResetError("in the middle"), ConnectionResetError("once more")]
    engine = await rig.open()
    valve(engine).cut(ev.WriteDone, before=True)
    await engine.start(worded("praise"), Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    other = await rig.open(worded("mock"))
    run = await other.get("one")
    assert (await run.result()).booked == "praise Busan!!"
    assert len(world.seen) == 4
    intended = [event for _, event in await other.events("one") if isinstance(event, ev.WriteIntended)]
    assert set(world.seen) == {f"{event.key} praise Busan!" for event in intended}
    assert {event.args for event in intended} == {'{"text":"praise Busan!"}'}
    assert world.count("suggest") == 1, "what was answered is not asked again, in whatever words"
    assert world.done == ["send:praise Busan!"]
