"""A run on the terminal is folded from its events alone."""

import json

import pytest
from pydantic import BaseModel

from podium import END, START, Approve, Dag, Engine, Reject, StateMachine, human, node, sleep, step
from podium.cli.ending import choices, code_of, is_choice
from podium.cli.follow import story_in, unseen
from podium.core import events as ev
from podium.draw import Status as Shown
from podium.engine.ports import HumanTask, RunInfo, Status
from podium.views.calls import Calls
from podium.views.tree_rows import tree_rows, waits_for_people_only
from tests.unit.engine.rig import until
from tests.unit.engine.world import Trip


class Ask(BaseModel):
    n: int = 1


@step
async def early(trip: Trip) -> None:
    trip.found = "x"


@human()
async def editor(trip: Trip, answer: Approve | Reject) -> None: ...


@human()
async def said(n: int, answer: Approve) -> int:
    return n + len(answer.note)


@node
async def total(said: int, nap: None) -> int:
    assert nap is None
    return said


asking = StateMachine("asking", Trip, START >> early >> editor >> END)
both = Dag("both", Ask, said, sleep("nap", 3600), total, gives=total)


async def test_rows_tell_what_is_waited_for() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(asking, Trip())
        await until(run, ev.TaskOpened)
        story = await story_in(engine, run.id, events=True)
    first, second = tree_rows(story, now_ms=0)
    assert (first.status, first.note) == (Shown.DONE, "found=x")
    assert (second.status, second.note) == (Shown.WAITING, "for an answer")
    assert waits_for_people_only(story.state)


async def test_run_that_also_waits_for_a_time_does_not_wait_for_people_only() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(both, Ask())
        await until(run, ev.TaskOpened)
        story = await story_in(engine, run.id, events=True)
        started = next(event.at for event in [event async for _, event in unseen(engine, run.id)])
    assert not waits_for_people_only(story.state)
    nap = next(row for row in tree_rows(story, now_ms=started) if row.path == "nap")
    assert nap.note == "60m 00s left" or nap.note.startswith("1h")


async def test_fork_shows_what_it_copied() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(asking, Trip())
        await until(run, ev.TaskOpened)
        copy = await run.fork(writes=True)
        story = await story_in(engine, copy.id, events=True)
    assert next((row.path, row.status) for row in tree_rows(story, now_ms=0)) == ("early", Shown.DONE)


def test_calls_of_a_write_are_one_row_with_its_key_and_how_often_it_was_sent() -> None:
    calls = Calls()
    for event in (
        ev.WriteAsked(1, "a", "pay", "{}"),
        ev.WriteApproved(2, "a"),
        ev.WriteIntended(3, "a", "pay", "{}", "k1"),
        ev.WriteReleased(4, "a"),
        ev.WriteIntended(5, "a", "pay", "{}", "k1"),
        ev.WriteDone(6, "a", '"ok"'),
        ev.ReadDone(7, "b", "look:0", "1"),
        ev.WriteIntended(8, "a", "pay", "{}", "k2"),
    ):
        calls.take(event)
    assert [(row.tool, row.key, row.sent, row.status, row.note) for row in calls.rows] == [
        ("pay", "k1", 2, "done", "ok"),
        ("look", "", 1, "read done", "1"),
        ("pay", "k2", 1, "sent, no answer yet", "{}"),
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.COMPLETED, 0),
        (Status.FAILED, 1),
        (Status.WAITING, 3),
        (Status.COMPENSATED, 4),
        (Status.PARKED, 5),
        (Status.CANCELLED, 6),
    ],
)
def test_exit_codes(status: Status, code: int) -> None:
    assert code_of(RunInfo(id="x", workflow="w", graph_hash="h", status=status)) == code


def task(schema: str, *, approval: bool = False) -> HumanTask:
    return HumanTask(run_id="r", path="p", approval=approval, title="", context="{}", schema=schema, asked_at=0)


def test_choices_are_read_from_the_schema() -> None:
    approve = '{"properties":{"choice":{"const":"approve"}}}'
    some = {"A": json.loads(approve), "B": {"type": "string"}}
    union = json.dumps({"$defs": some, "anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]})
    assert choices(task(approve)) == {"approve"}
    assert choices(task(union)) == {"approve", "another"}
    assert not is_choice(task('{"type":"string"}'), "approve")
    assert is_choice(task('{"type":"boolean"}', approval=True), "reject")
