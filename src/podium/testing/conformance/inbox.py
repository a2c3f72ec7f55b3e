"""A stimulus counts once, and what was decided about it is written with what it caused."""

from podium.engine.ports import Append, InboxRow
from podium.testing.conformance.floor import Exercise, Floor, began, enter, step, stored


def _row(inbox_id: str, run_id: str = "r") -> InboxRow:
    return InboxRow(id=inbox_id, run_id=run_id, kind="signal", body='{"name":"paid"}', at=5)


async def stimulus_counts_once(floor: Floor) -> None:
    """The second one of an id is refused, whoever brings it, also after the verdict."""
    one, other = await enter(floor), await enter(floor)
    await one.create("r")
    assert await one.store.put_inbox(_row("i"))
    assert not await other.store.put_inbox(_row("i"))
    await one.commit(Append(run_id="r", epoch=1, first_seq=2, verdicts=[("i", "")]))
    assert not await other.store.put_inbox(_row("i"))
    assert await one.store.take_inbox({"r"}) == []


async def undecided_are_taken_oldest_first(floor: Floor) -> None:
    """Only those for the runs that are asked for; taking decides nothing."""
    worker = await enter(floor)
    await worker.create("r")
    rows = [_row("b"), _row("a"), _row("c", "other")]
    for row in rows:
        await worker.store.put_inbox(row)
    assert await worker.store.take_inbox({"r"}) == rows[:2]
    assert await worker.store.take_inbox({"r", "other"}) == rows
    assert await worker.store.take_inbox(set()) == []


async def verdict_comes_with_the_events(floor: Floor) -> None:
    """Accepted is the empty text, refused says why, and None is undecided."""
    worker = await enter(floor)
    await worker.create("r")
    for name in ("accepted", "refused", "undecided"):
        await worker.store.put_inbox(_row(name))
    verdicts = [("accepted", ""), ("refused", "the run is over")]
    await worker.commit(Append(run_id="r", epoch=1, first_seq=2, events=[step("a")], verdicts=verdicts))
    answers = [await worker.store.verdict(name) for name in ("accepted", "refused", "undecided", "nobody's")]
    assert answers == ["", "the run is over", None, None]
    assert await stored(worker, "r") == [began("r"), step("a")]
    assert await worker.store.take_inbox({"r"}) == [_row("undecided")]


async def verdict_of_a_lost_run_is_not_written(floor: Floor) -> None:
    """The stimulus stays for whoever owns the run; the first verdict then stands."""
    old, new = await enter(floor), await enter(floor)
    await old.create("r")
    await old.store.put_inbox(_row("i"))
    await old.release("r")
    assert await new.claim() == {"r": (2, False, False)}
    await old.commit(Append(run_id="r", epoch=1, first_seq=2, verdicts=[("i", "")]))
    assert old.heard.lost == {"r"}
    assert await new.store.take_inbox({"r"}) == [_row("i")]
    await new.commit(Append(run_id="r", epoch=2, first_seq=2, verdicts=[("i", "no")]))
    await new.commit(Append(run_id="r", epoch=2, first_seq=2, verdicts=[("i", "")]))
    assert await new.store.verdict("i") == "no"


EXERCISES: tuple[Exercise, ...] = (
    stimulus_counts_once,
    undecided_are_taken_oldest_first,
    verdict_comes_with_the_events,
    verdict_of_a_lost_run_is_not_written,
)
