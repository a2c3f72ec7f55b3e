"""What people are shown: runs, human tasks, parked steps."""

import asyncio
from dataclasses import replace

from podium.engine.list_store import Waiting
from podium.engine.ports import Append, HumanTask, ParkedStep, Projection, RunFilter, RunInfo, Status
from podium.errors import RunNotFoundError
from podium.testing.conformance.floor import COMPLETED, GRAPH, RUNNING, Exercise, Floor, began, enter, news, step

TASK = HumanTask(
    run_id="r", path="a", approval=False, title="Publish?", context='{"x":1}', schema='{"type":"string"}', asked_at=5
)
STEP = ParkedStep(
    run_id="r", path="b", reason="in-doubt", detail="no answer", tool="book", args="{}", key="k1", parked_at=6
)


async def runs_are_listed_newest_first(floor: Floor) -> None:
    """In pages, each continued after the last run of the one before."""
    worker = await enter(floor)
    for index in range(5):
        await worker.create(f"r{index}")
    pages = []
    page = await worker.store.runs(RunFilter(limit=2))
    while page:
        pages.append([info.id for info in page])
        page = await worker.store.runs(RunFilter(limit=2, before=page[-1].id))
    assert pages == [["r4", "r3"], ["r2", "r1"], ["r0"]]


async def runs_are_filtered(floor: Floor) -> None:
    """By status, workflow and text, and by all of them together; no sign in a text is special."""
    worker = await enter(floor)
    shapes = {
        "order-1": RUNNING,
        "order-2": COMPLETED,
        "trip-1": Projection(status=Status.FAILED, error="Timeout of 50% reached"),
    }
    for run_id, shape in shapes.items():
        info = RunInfo(id=run_id, workflow=run_id[:-2], graph_hash="h")
        await worker.store.create(info, GRAPH, [began(run_id)], shape)

    async def ids(which: RunFilter) -> list[str]:
        return [info.id for info in await worker.store.runs(which)]

    assert await ids(RunFilter()) == ["trip-1", "order-2", "order-1"]
    assert await ids(RunFilter(statuses=[Status.FAILED, Status.RUNNING])) == ["trip-1", "order-1"]
    assert await ids(RunFilter(workflow="order")) == ["order-2", "order-1"]
    assert await ids(RunFilter(workflow="order", statuses=[Status.COMPLETED])) == ["order-2"]
    assert await ids(RunFilter(text="ORDER")) == ["order-2", "order-1"]
    assert await ids(RunFilter(text="0% r")) == ["trip-1"]
    assert await ids(RunFilter(text="%")) == ["trip-1"]
    assert await ids(RunFilter(text="orde_")) == []
    assert await ids(RunFilter(text="-1", before="trip-1")) == ["order-1"]


async def human_tasks_open_and_close(floor: Floor) -> None:
    """Each once per path; one that is asked again is open again."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.create("s")
    later = replace(TASK, path="c#2", approval=True, asked_at=9, until=99)
    earlier = replace(TASK, run_id="s", asked_at=1)
    asked = Projection(status=Status.WAITING, opened=[later, TASK])
    await worker.commit(news("r", 2, step("a"), projection=asked))
    await worker.commit(news("s", 2, step("a"), projection=Projection(status=Status.WAITING, opened=[earlier])))
    assert await worker.store.tasks() == [earlier, TASK, later]
    closed = Projection(status=Status.RUNNING, closed=[("a", '"yes"', "ann"), ("c#2", None, "timeout")])
    await worker.commit(news("r", 3, step("b"), projection=closed))
    assert await worker.store.tasks() == [earlier]
    assert await worker.store.tasks(run_id="r") == []
    assert await worker.store.tasks(run_id="r", only_open=False) == [
        replace(TASK, is_open=False, answer='"yes"', by="ann"),
        replace(later, is_open=False, by="timeout"),
    ]
    await worker.commit(news("r", 4, step("c"), projection=Projection(status=Status.WAITING, opened=[TASK])))
    assert await worker.store.tasks(run_id="r") == [TASK]


async def task_asked_and_answered_at_once_is_closed(floor: Floor) -> None:
    """What came in a projection counts before what went."""
    worker = await enter(floor)
    await worker.create("r")
    both = Projection(status=Status.RUNNING, opened=[TASK], closed=[("a", "1", "bob")], parked=[STEP], unparked=["b"])
    await worker.commit(news("r", 2, step("a"), projection=both))
    assert await worker.store.tasks() == []
    assert [task.by for task in await worker.store.tasks(only_open=False)] == ["bob"]
    assert await worker.store.parked() == []


async def runs_that_undo_are_listed_longest_first(floor: Floor) -> None:
    """Those that wait for a person too, until they are over or go on."""
    worker = await enter(floor)
    since = {"late": 10, "later": 20, "early": 31, "parked": 15}
    for run_id, at in since.items():
        status = Status.PARKED if run_id == "parked" else Status.COMPENSATING
        await worker.create(run_id, Projection(status=status, error="boom", undoing_since=at))
    await worker.create("other")
    found = await worker.store.undoing(until_ms=30)
    assert [(info.id, info.undoing_since) for info in found] == [("late", 10), ("parked", 15), ("later", 20)]
    over = Projection(status=Status.COMPENSATED, error="boom")
    still = Projection(status=Status.PARKED, error="boom; b: undo-failed", undoing_since=20)
    await worker.commit(news("late", 2, step("a"), projection=over), news("later", 2, step("a"), projection=still))
    assert [info.id for info in await worker.store.undoing(until_ms=99)] == ["parked", "later", "early"]
    await worker.commit(news("early", 2, step("a"), projection=Projection(status=Status.PARKED, error="boom")))
    assert [info.id for info in await worker.store.undoing(until_ms=99)] == ["parked", "later"]


async def parked_steps_come_and_go(floor: Floor) -> None:
    """Oldest first, each once per path."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.create("s")
    other = replace(STEP, run_id="s", parked_at=2)
    again = replace(STEP, reason="diverged", detail="another \udcff", parked_at=8, version=17)
    await worker.commit(
        news("r", 2, step("a"), projection=Projection(status=Status.PARKED, parked=[STEP])),
        news("s", 2, step("a"), projection=Projection(status=Status.PARKED, parked=[other])),
    )
    assert await worker.store.parked() == [other, STEP]
    assert await worker.store.parked(run_id="r") == [STEP]
    await worker.commit(
        news("r", 3, step("b"), projection=Projection(status=Status.PARKED, parked=[again])),
        news("s", 3, step("b"), projection=Projection(status=Status.RUNNING, unparked=["b"])),
    )
    (found,) = await worker.store.parked()
    assert (found.run_id, found.reason, found.version) == ("r", "diverged", 17)


async def runs_are_found_by_their_inputs(floor: Floor) -> None:
    """By their parents and tenants, too."""
    worker = await enter(floor)
    for run_id, given, parent, tenant in (
        ("a", '{"city":"Busan"}', None, "ann"),
        ("b", '{"city":"Bonn"}', "a", "bob"),
        ("c", '{"city":"busan"}', "a", "ann"),
    ):
        info = RunInfo(id=run_id, workflow="trip", graph_hash="h", input=given, parent=parent, tenant=tenant)
        await worker.store.create(info, GRAPH, [began(run_id)], RUNNING)

    async def ids(which: RunFilter) -> list[str]:
        return [info.id for info in await worker.store.runs(which)]

    assert await ids(RunFilter(text="BUSAN")) == ["c", "a"]
    assert await ids(RunFilter(text="busan", tenant="ann", before="c")) == ["a"]
    assert await ids(RunFilter(parent="a")) == ["c", "b"]
    assert await ids(RunFilter(parent="a", text="bonn")) == ["b"]
    assert await ids(RunFilter(parent="c")) == []


async def pages_stay_as_they_are_while_runs_arrive(floor: Floor) -> None:
    """Whoever pages on sees what was there when he began, each run once."""
    worker = await enter(floor)
    for index in range(4):
        await worker.create(f"old{index}")
    first = await worker.store.runs(RunFilter(limit=2))
    await worker.create("new")
    second = await worker.store.runs(RunFilter(limit=9, before=first[-1].id))
    assert [info.id for info in (*first, *second)] == ["old3", "old2", "old1", "old0"]
    (refused,) = await asyncio.gather(worker.store.runs(RunFilter(before="gone")), return_exceptions=True)
    assert isinstance(refused, RunNotFoundError), refused


async def runs_are_counted_by_status(floor: Floor) -> None:
    """Under the same filter, whatever statuses and page it asks for."""
    worker = await enter(floor)
    shapes = {"a1": RUNNING, "a2": COMPLETED, "b1": RUNNING, "b2": Projection(status=Status.FAILED, error="boom")}
    assert dict((await worker.store.counts(RunFilter())).by_status) == {}
    for run_id, shape in shapes.items():
        info = RunInfo(id=run_id, workflow=run_id[0], graph_hash="h", input=f'{{"of":"{run_id}"}}')
        await worker.store.create(info, GRAPH, [began(run_id)], shape)

    async def counted(which: RunFilter) -> dict[Status, int]:
        tally = await worker.store.counts(which)
        assert tally.is_exact
        return dict(tally.by_status)

    assert await counted(RunFilter()) == {Status.RUNNING: 2, Status.COMPLETED: 1, Status.FAILED: 1}
    of_b = RunFilter(workflow="b", statuses=[Status.RUNNING], before="b1", limit=1)
    assert await counted(of_b) == {Status.RUNNING: 1, Status.FAILED: 1}
    assert await counted(RunFilter(text='"A')) == {Status.RUNNING: 1, Status.COMPLETED: 1}


async def what_moved_is_told_once(floor: Floor) -> None:
    """Whoever moved it; where there is more than is asked for, that is said."""
    worker, other = await enter(floor), await enter(floor)
    await worker.create("r")
    begun = await worker.store.moved(None)
    assert (begun.runs, begun.is_whole) == ((), True)
    await worker.commit(news("r", 2, step("a"), step("b")))
    await other.create("s")
    await other.commit(Append(run_id="s", epoch=1, first_seq=2, release=True))
    then = await worker.store.moved(begun.mark)
    assert [(info.id, info.seq) for info in then.runs] == [("s", 1), ("r", 3)]
    assert then.is_whole
    assert (await worker.store.moved(then.mark)).runs == ()
    cut = await worker.store.moved(begun.mark, limit=1)
    assert ([info.id for info in cut.runs], cut.is_whole) == (["s"], False)


async def version_of_a_run_changes_with_it(floor: Floor) -> None:
    """Whoever committed; one that is not there has none."""
    worker, other = await enter(floor), await enter(floor)
    await worker.create("r")
    await worker.create("s")
    before = await other.store.versions(["r", "s", "none"])
    assert before.keys() == {"r", "s"}
    await worker.commit(news("r", 2, step("a")))
    after = await other.store.versions(["r", "s"])
    assert after["r"] != before["r"]
    assert after["s"] == before["s"]
    await worker.release("s")
    assert (await other.store.versions(["s"]))["s"] != before["s"]


async def what_waits_for_people_is_paged_and_counted(floor: Floor) -> None:
    """A page goes on after the last place of the one before, be it answered meanwhile."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.create("s")
    asked = [replace(TASK, path=path) for path in "abc"]
    stuck = [replace(STEP, path=path) for path in "ab"]
    of_r = Projection(status=Status.WAITING, opened=asked, parked=stuck)
    of_s = Projection(status=Status.WAITING, opened=[replace(TASK, run_id="s")])
    await worker.commit(news("r", 2, step("a"), projection=of_r), news("s", 2, step("a"), projection=of_s))
    assert await worker.store.waiting() == Waiting(tasks=4, parked=2)
    first = await worker.store.tasks(limit=2)
    assert [task.id for task in first] == ["r:a", "r:b"]
    closed = Projection(status=Status.WAITING, closed=[("b", "1", "ann")], unparked=["a"])
    await worker.commit(news("r", 3, step("b"), projection=closed))
    assert [task.id for task in await worker.store.tasks(after=first[-1].place)] == ["r:c", "s:a"]
    assert [task.id for task in await worker.store.tasks(after=first[-1].place, run_id="s", limit=1)] == ["s:a"]
    assert [one.path for one in await worker.store.parked(after=stuck[0].place, limit=1)] == ["b"]
    assert await worker.store.parked(after=stuck[1].place) == []
    assert await worker.store.waiting() == Waiting(tasks=3, parked=1)


EXERCISES: tuple[Exercise, ...] = (
    runs_are_found_by_their_inputs,
    pages_stay_as_they_are_while_runs_arrive,
    runs_are_counted_by_status,
    what_moved_is_told_once,
    version_of_a_run_changes_with_it,
    what_waits_for_people_is_paged_and_counted,
    runs_are_listed_newest_first,
    runs_are_filtered,
    human_tasks_open_and_close,
    task_asked_and_answered_at_once_is_closed,
    runs_that_undo_are_listed_longest_first,
    parked_steps_come_and_go,
)
