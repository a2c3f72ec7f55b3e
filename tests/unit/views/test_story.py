"""The picture of a run is drawn from the graph that runs and from its committed events, and from nothing else."""

from typing import Any, Literal
from xml.etree import ElementTree as Xml

import pytest
from pydantic import BaseModel

from podium import END, START, Dag, Engine, NotDone, StateMachine, node, step, tool
from podium.core.events import AttemptFailed, Event, RunCompensated, RunRewound, StepDone, UndoDone
from podium.draw import Overlay, Status
from podium.errors import RunCompensatedError
from podium.views.story import RunStory, story_of
from podium.views.tree_rows import tree_rows


class Count(BaseModel):
    """How often it went round."""

    rounds: int = 0


@step
async def work(count: Count) -> None:
    count.rounds += 1


@step
async def look(count: Count) -> Literal["again", "enough"]:
    return "again" if count.rounds < 3 else "enough"


looping = StateMachine("looping", Count, START >> work >> look.choose({"again": work, "enough": END}))


class Trips(BaseModel):
    """Where to."""

    here: str = "here"
    there: str = "there"
    cities: list[str] = ["a", "b"]


class Numbers(BaseModel):
    """What is added."""

    numbers: list[int]


@node(each="numbers")
async def doubled(item: int) -> int:
    return 2 * item


@node(when=lambda doubled: len(doubled) > 9)
async def many(doubled: list[int]) -> str:
    return f"{len(doubled)}"


@node
async def total(doubled: list[int], many: str | None) -> int:
    return sum(doubled) + len(many or "")


@node(each="doubled", concurrency=1)
async def tripled(item: int) -> int:
    return 3 * item


@node
async def total_of(tripled: list[int]) -> int:
    return sum(tripled)


adding = Dag("adding", Numbers, doubled, many, total, gives=total)


async def laid_over(workflow: Any, asked: BaseModel) -> tuple[Overlay, str]:
    """Run to the end; return the overlay of the run's events and its SVG."""
    async with Engine("memory:") as engine:
        run = await engine.start(workflow, asked)
        await run.result()
        events = [event async for _, event in run.events()]
        return story_of(workflow.graph, events).overlay(), await run.diagram()


async def test_diagram_of_a_loop_counts_its_visits_and_shows_the_ways_it_went() -> None:
    overlay, svg = await laid_over(looping, Count())
    assert {place: (seen.status, seen.visits) for place, seen in overlay.nodes.items()} == {
        "work": (Status.DONE, 3),
        "look": (Status.DONE, 3),
    }
    assert overlay.taken == {("START", "work"), ("work", "look"), ("look", "work"), ("look", "END")}
    assert {"work", "look"} <= {text.text for text in Xml.fromstring(svg).iter() if text.text}  # noqa: S314  # our own


async def test_diagram_of_a_map_knows_how_many_items_there_are_before_they_begin() -> None:
    begun = Dag("begun", Numbers, doubled, tripled, total_of, gives=total_of)
    async with Engine("memory:") as engine:
        run = await engine.start(begun, Numbers(numbers=[1, 2, 3, 4]))
        await run.result()
        events = [event async for _, event in run.events()]
    halfway = next(n for n, event in enumerate(events) if isinstance(event, StepDone) and event.path == "tripled[0]")
    overlay = story_of(begun.graph, events[: halfway + 1]).overlay()
    assert (overlay.nodes["tripled"].items_done, overlay.nodes["tripled"].items_total) == (1, 4)


async def test_diagram_of_a_dag_shows_items_and_what_was_skipped() -> None:
    overlay, _ = await laid_over(adding, Numbers(numbers=[1, 2, 3]))
    assert {place: seen.status for place, seen in overlay.nodes.items()} == {
        "doubled": Status.DONE,
        "many": Status.SKIPPED,
        "total": Status.DONE,
    }
    assert (overlay.nodes["doubled"].items_done, overlay.nodes["doubled"].items_total) == (3, 3)
    assert ("doubled", "total") in overlay.taken
    assert ("many", "total") not in overlay.taken


@tool.write(idempotent=True)
async def book(city: str) -> str:
    return city


@book.compensate
async def cancel(city: str) -> None:
    if city == "stays":
        raise NotDone("no")


@step
async def leave(_trip: Trips) -> None:
    raise NotDone("closed")


@node
async def closed(booked: list[str]) -> str:
    raise NotDone("closed")


chain = StateMachine(
    "chain",
    Trips,
    START >> book.state("here", take={"city": "here"}) >> book.state("there", take={"city": "there"}) >> leave >> END,
)
spread = Dag("spread", Trips, book.node("booked", each="cities", take={"city": "item"}), closed, gives=closed)


async def looks(workflow: Any, *, stays: bool = False, until: type[Event] = RunCompensated) -> RunStory:
    """Run a workflow that is undone, up to an event, and return how it looks then."""
    found: list[Event] = []
    async with Engine("memory:") as engine:
        run = await engine.start(workflow, Trips(there="stays" if stays else "there"))
        async for _, event in run.events():
            found.append(event)
            if isinstance(event, until):
                break
    return story_of(workflow.graph, found)


async def test_what_was_undone_looks_so() -> None:
    overlay = (await looks(chain)).overlay()
    assert {place: node.status for place, node in overlay.nodes.items()} == {
        "here": Status.UNDONE,
        "there": Status.UNDONE,
        "leave": Status.FAILED,
    }


async def test_what_is_being_undone_looks_so_and_says_what_goes_wrong() -> None:
    view = await looks(chain, stays=True, until=AttemptFailed)
    assert view.overlay().nodes["there"].status is Status.UNDOING
    assert view.overlay().nodes["here"].status is Status.DONE
    says = "attempt 1 failed: NotDone: no (cancel)"
    (row,) = [row for row in tree_rows(view, now_ms=view.at) if row.path == "there"]
    assert (row.status, row.note.partition(" · ")[2]) == (Status.UNDOING, says)
    wrote, undoes = [line for line in view.steps() if line.place == "there"]
    assert (wrote.address, wrote.status, wrote.attempts) == ("there", Status.UNDOING, 1)
    assert (undoes.address, undoes.status, undoes.attempts, undoes.note) == ("there.undo", Status.UNDOING, 2, says)


async def test_map_looks_undone_once_its_last_item_is() -> None:
    assert (await looks(spread, until=UndoDone)).overlay().nodes["booked"].status is Status.UNDOING
    last = (await looks(spread)).overlay().nodes["booked"]
    assert (last.status, last.items_done) == (Status.UNDONE, 0)


async def test_run_that_is_sent_on_looks_as_it_stood() -> None:
    found: list[Event] = []
    async with Engine("memory:") as engine:
        run = await engine.start(chain, Trips())
        with pytest.raises(RunCompensatedError):
            await run.result()
        await run.retry()
        async for _, event in run.events():
            found.append(event)
            if isinstance(event, RunRewound):
                break
    overlay = story_of(chain.graph, found).overlay()
    assert {place: node.status for place, node in overlay.nodes.items()} == {"here": Status.RUNNING}
