"""Runs begin once; what is appended under the right epoch is kept in order, and nothing else is."""

from podium.core.events import StepDone
from podium.engine.ports import Append, Status
from podium.testing.conformance.floor import (
    COMPLETED,
    GRAPH,
    Exercise,
    Floor,
    began,
    enter,
    news,
    step,
    stored,
)


async def what_is_committed_is_loaded(floor: Floor) -> None:
    """Row, graph and events come back as they were given."""
    worker = await enter(floor)
    made = await worker.create("r")
    done = StepDone(at=3, path="a", changes={"text": '"ü\\u0000"', "n": "1.50"}, appends={"notes": "1,2"})
    await worker.commit(news("r", 2, step("a"), done), news("r", 4, step("b")))
    loaded = await (await enter(floor)).store.load("r")
    assert loaded.events == [began("r"), step("a"), done, step("b")]
    assert (loaded.graph, loaded.snapshot, loaded.snapshot_seq) == (GRAPH, None, 0)
    assert (loaded.info.seq, loaded.info.input, loaded.info.created_at) == (4, '{"n":"1"}', 1)
    assert loaded.info.updated_at >= made.updated_at
    assert not worker.heard.lost


async def load_stops_where_it_is_told(floor: Floor) -> None:
    """`upto` leaves out later events, and a snapshot that contains some of them."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.commit(news("r", 2, step("a"), step("b")))
    await worker.commit(Append(run_id="r", epoch=1, first_seq=4, events=[step("c")], snapshot='{"at":4}'))
    await worker.commit(news("r", 5, step("d")))
    whole = await worker.store.load("r")
    assert (whole.snapshot, whole.snapshot_seq, whole.events) == ('{"at":4}', 4, [step("d")])
    assert (await worker.store.load("r", upto=4)).events == []
    before = await worker.store.load("r", upto=3)
    assert (before.snapshot, before.snapshot_seq) == (None, 0)
    assert before.events == [began("r"), step("a"), step("b")]


async def snapshot_replaces_the_last_one(floor: Floor) -> None:
    """One is kept, and it may come without events."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.commit(Append(run_id="r", epoch=1, first_seq=2, events=[step("a")], snapshot="[1]"))
    await worker.commit(Append(run_id="r", epoch=1, first_seq=3, events=[step("b")]))
    await worker.commit(Append(run_id="r", epoch=1, first_seq=4, snapshot="[2]"))
    loaded = await worker.store.load("r")
    assert (loaded.snapshot, loaded.snapshot_seq, loaded.events) == ("[2]", 3, [])


async def large_bodies_come_back(floor: Floor) -> None:
    """A body of a megabyte is kept, also when it occurs twice."""
    worker = await enter(floor)
    await worker.create("r")
    large = [StepDone(at=2, path=path, output='"' + "é" * 1_000_000 + '"') for path in ("a", "b")]
    await worker.commit(news("r", 2, large[0]), news("r", 3, large[1]))
    assert await stored(worker, "r") == [began("r"), *large]


async def stale_epoch_is_lost_and_its_neighbours_are_not(floor: Floor) -> None:
    """Nothing of a run that another worker took goes in, before or after; the runs beside it are untouched."""
    old, new = await enter(floor), await enter(floor)
    for run_id in ("mine", "taken"):
        await old.create(run_id)
    await old.release("taken")
    assert await new.claim() == {"taken": (2, False, False)}
    await old.commit(
        news("mine", 2, step("a")),
        news("taken", 2, step("stale"), projection=COMPLETED),
        news("mine", 3, step("b")),
        news("taken", 3, step("stale too")),
    )
    assert old.heard.lost == {"taken"}
    assert await stored(old, "mine") == [began("mine"), step("a"), step("b")]
    assert await stored(new, "taken") == [began("taken")]
    assert (await new.store.info("taken")).status is Status.RUNNING
    await new.commit(news("taken", 2, step("fresh"), epoch=2))
    assert await stored(new, "taken") == [began("taken"), step("fresh")]


async def own_older_epoch_is_lost(floor: Floor) -> None:
    """Also where the worker that took the run is the same one; and it is told before a later question is answered."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.release("r")
    assert await worker.claim() == {"r": (2, False, False)}
    worker.store.append(news("r", 2, step("stale")))
    assert await worker.claim() == {}
    assert worker.heard.lost == {"r"}
    await worker.commit(news("r", 2, step("fresh"), epoch=2))
    assert await stored(worker, "r") == [began("r"), step("fresh")]


async def numbers_without_gaps(floor: Floor) -> None:
    """What does not follow the last event is lost, with all that comes after it."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.commit(news("r", 2, step("a")), news("r", 4, step("c")), news("r", 3, step("b")))
    assert worker.heard.lost == {"r"}
    events = await stored(worker, "r")
    assert events[:2] == [began("r"), step("a")]
    assert step("c") not in events
    await worker.create("s")
    await worker.commit(news("s", 3, step("a")))
    assert worker.heard.lost == {"r", "s"}
    assert await stored(worker, "s") == [began("s")]


async def unknown_run_is_lost(floor: Floor) -> None:
    """Nothing is made of news without a run."""
    worker = await enter(floor)
    await worker.commit(news("nobody", 1, step("a")))
    assert worker.heard.lost == {"nobody"}


async def tickets_rise_and_are_told_in_order(floor: Floor) -> None:
    """What waits is counted in events, and falls to nothing."""
    worker = await enter(floor)
    await worker.create("r")
    empty = Append(run_id="r", epoch=1, first_seq=5, release=True)
    events = (step("a"), step("b"), step("c"))
    tickets = [worker.store.append(one) for one in (news("r", 2, *events), empty)]
    assert tickets[0] < tickets[1]
    assert worker.store.queued >= len(events)
    await worker.heard.until(lambda: worker.store.durable == tickets[1])
    assert worker.store.queued == 0
    assert worker.heard.tickets == sorted(set(worker.heard.tickets))


async def events_are_read_in_pages(floor: Floor) -> None:
    """`after` and `limit` count by number."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.commit(news("r", 2, step("a"), step("b"), step("c")))
    assert await worker.store.events("r", after=1, limit=2) == [(2, step("a")), (3, step("b"))]
    assert await worker.store.events("r", after=3) == [(4, step("c"))]
    assert await worker.store.events("r", after=4) == []


EXERCISES: tuple[Exercise, ...] = (
    what_is_committed_is_loaded,
    load_stops_where_it_is_told,
    snapshot_replaces_the_last_one,
    large_bodies_come_back,
    own_older_epoch_is_lost,
    stale_epoch_is_lost_and_its_neighbours_are_not,
    numbers_without_gaps,
    unknown_run_is_lost,
    tickets_rise_and_are_told_in_order,
    events_are_read_in_pages,
)
