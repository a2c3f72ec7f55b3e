"""What an author may say about a simulation: how tools are played, what people say, laws, and how much is played."""

import asyncio
from typing import Annotated, Any

import pytest
from pydantic import Field

from podium import END, FROM_ENGINE, START, IdempotencyKey, NotDone, Reject, StateMachine, Status, step, tool
from podium.testing import simulate
from podium.testing.simulation import BrokenPromiseError, Call, End, Fault, Ledger, Report, World
from podium.testing.simulation.errors import InsideLoopError, NoValueError
from podium.testing.simulation.laws import Law
from podium.testing.simulation.report import Finding
from tests.simulation import trips
from tests.simulation.naps import nap
from tests.simulation.trips import Payment, Trip


class Ends:
    """A law that always holds, and remembers what it was given."""

    def __init__(self) -> None:
        self.seen: list[End] = []

    def __call__(self, end: End) -> None:
        self.seen.append(end)

    @property
    def plain(self) -> End:
        """The run in which nothing went wrong."""
        return self.seen[0]


def plain(workflow: Any, **options: Any) -> End:
    """Return how a workflow ends when nothing goes wrong."""
    ends = Ends()
    simulate(workflow, Trip(), runs=2, invariants=[ends], **options)
    return ends.plain


def test_law_is_given_what_a_run_came_to() -> None:
    end = plain(trips.travel)
    assert (end.status, end.faults) == (Status.COMPLETED, ())
    assert isinstance(end.result, Trip)
    assert [effect.tool for effect in end.ledger] == ["book_flight", "book_hotel"]
    assert [effect.result for effect in end.ledger.standing] == [end.result.flight, end.result.hotel]
    assert type(end.journal[-1]).__name__ == "RunCompleted"


def test_ledger_knows_what_was_undone() -> None:
    ends = Ends()
    simulate(trips.travel, Trip(), tools={"book_hotel": sold_out}, runs=40, invariants=[ends])
    done: Ledger = ends.plain.ledger
    assert ends.plain.status is Status.COMPENSATED
    assert [(effect.tool, effect.undone_by, effect.undoes) for effect in done] == [
        ("book_flight", 2, None),
        ("cancel_flight", None, "flight"),
    ]
    assert (done.standing, len(done.of("book_flight"))) == ([], 1)


def sold_out(call: Call, world: World) -> str:
    raise NotDone(f"{call.tool} at {world.now_ms()}")


# ----- tools


async def slow_hotel(call: Call, world: World) -> str:
    await nap(3600)
    return f"{call.tool} {call.args['city']} by {call.path} with {call.key is not None}, {len(world.ledger)} before"


@pytest.mark.parametrize("name", [trips.book_hotel, "book_hotel"], ids=["tool", "name"])
def test_fake_answers_in_a_tools_place(name: Any) -> None:
    end = plain(trips.travel, tools={name: lambda call, world: f"{call.args['city']} {len(world.ledger)}"})
    assert end.result.hotel == "Busan 1"


def test_fake_may_take_its_time() -> None:
    one = StateMachine("one", Trip, START >> keyed.state("keyed", give="hotel") >> END)
    assert plain(one, tools={keyed: slow_hotel}).result.hotel == "keyed Busan by keyed with True, 0 before"


@tool.write(idempotent=True)
async def keyed(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{city}, in earnest, {len(key)}"


def test_tools_own_function_runs_when_it_is_wanted() -> None:
    one = StateMachine("one", Trip, START >> keyed.state("keyed", give="hotel") >> END)
    assert plain(one, tools="real").result.hotel == "Busan, in earnest, 40"
    assert plain(one, tools={keyed: "real"}).result.hotel == "Busan, in earnest, 40"
    assert plain(one).result.hotel.startswith("keyed-")


def test_sync_tools_own_function_runs_too() -> None:
    assert plain(trips.threaded, tools={"today": "real"}).result.note == "BusanSeoul"


def test_fake_service_is_part_of_the_world() -> None:
    class Hotel:
        def __init__(self, world: World) -> None:
            self.world = world

    @tool.write(idempotent=True)
    async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, hotel: Hotel = FROM_ENGINE) -> str:
        rooms = await hotel.world.ask("hotel.rooms", lambda: 3)
        return await hotel.world.act("hotel.book", lambda: f"room {rooms} in {city}", key=key)

    booking = StateMachine("booking", Trip, START >> book.state("book", give="hotel") >> END)
    ends = Ends()
    report = simulate(booking, Trip(), tools="real", resources=Hotel, runs=300, invariants=[ends])
    assert ends.plain.result.hotel == "room 3 in Busan"
    assert [effect.tool for effect in ends.plain.ledger] == ["hotel.book"]
    assert all(len(end.ledger) <= 1 for end in ends.seen)
    assert isinstance(ends.plain.resources, Hotel)
    assert {Fault.REPLY_LOST, Fault.MALFORMED} <= {fault for end in ends.seen for fault in end.faults}
    assert report.ends["completed"] > 100


def test_real_network_is_refused() -> None:
    @tool.read
    async def fetch(city: str) -> str:
        await asyncio.open_connection(city, 80)
        return city

    fetching = StateMachine("fetching", Trip, START >> fetch.state("fetch", give="note") >> END)
    end = plain(fetching, tools="real")
    assert end.status is Status.FAILED
    assert "there is no network in a simulation" in str(getattr(end.journal[-1], "failure", ""))


def test_type_without_a_value_asks_for_a_fake() -> None:
    asking = StateMachine("asking", Trip, START >> secret_of.state("secret_of") >> END)
    with pytest.raises(NoValueError, match=r"no result of secret_of can be made up .*tools=\{secret_of: lambda"):
        simulate(asking, Trip(), runs=2)
    assert plain(asking, tools={secret_of: lambda *_: "open sesame"}).status is Status.COMPLETED


@tool.read
async def secret_of(city: str) -> Annotated[str, Field(pattern="^open sesame$")]:
    raise NotImplementedError(city)


# ----- people and signals


def test_people_give_the_first_answer_or_what_is_said() -> None:
    assert plain(trips.asking).result.hotel.startswith("pay-")
    end = plain(trips.asking, answers={"editor": Reject(reason="too far")})
    assert (end.result.note, end.result.hotel) == ("reject", "")


def test_people_and_signals_go_every_way() -> None:
    ends = Ends()
    simulate(trips.asking, Trip(), runs=150, invariants=[ends], signals={"paid": Payment(cents=9)})
    met = {fault for end in ends.seen for fault in end.faults}
    assert {Fault.OTHER_ANSWER, Fault.NO_ANSWER, Fault.TWICE, Fault.EARLY, Fault.CANCEL} <= met
    assert {end.status for end in ends.seen} >= {Status.COMPLETED, Status.CANCELLED}


# ----- laws


def never_in_busan(end: End) -> bool:
    """Nobody goes to Busan."""
    return end.result is None or end.result.city != "Busan"


def nobody(end: End) -> None:
    raise AssertionError(f"{end.status}, and somebody was there")


@pytest.mark.parametrize(
    ("law", "says"),
    [
        (never_in_busan, "never_in_busan does not hold: Nobody goes to Busan."),
        (nobody, "nobody: completed, and somebody was there"),
    ],
)
def test_law_of_the_author_is_broken_where_it_says_no_or_raises(law: Any, says: str) -> None:
    with pytest.raises(BrokenPromiseError, match=says) as broken:
        simulate(trips.travel, Trip(), invariants=[law], runs=3)
    finding: Finding = broken.value.report.findings[0]
    assert (finding.law, finding.where, finding.seed) == (Law.INVARIANT, law.__name__, "0")


# ----- how much


def test_no_more_runs_are_made_than_asked_for() -> None:
    report = simulate(trips.travel, Trip(), runs=30)
    assert report.runs <= 35
    assert report.coverage.singles < report.coverage.singles_of


def test_no_more_time_is_taken_than_asked_for() -> None:
    report: Report = simulate(trips.travel, Trip(), runs=1_000_000, seconds=0.2)
    assert report.coverage.by_lot + report.coverage.pairs + report.coverage.singles < 1_000


def test_other_runs_are_drawn_by_lot_from_another_start() -> None:
    one, same, other = (simulate(trips.asking, Trip(), runs=250, start=start).to_json() for start in (1, 1, 1_000))
    assert [one.pop("seconds"), same.pop("seconds"), other.pop("seconds")]
    assert one == same
    assert one != other


async def test_simulation_inside_of_an_event_loop_says_what_to_do() -> None:
    with pytest.raises(InsideLoopError, match="from a `def`"):
        simulate(trips.travel, Trip(), runs=1)


class NoKeyError(Exception):
    """The client of a service can not be made."""


@step
async def ask_without_a_key(trip: Trip) -> None:
    raise NoKeyError


def test_run_that_fails_without_any_fault_says_so_beside_the_laws_that_held() -> None:
    report = simulate(StateMachine("keyless", Trip, START >> ask_without_a_key >> END), Trip(), runs=5)
    assert "NoKeyError" in report.failure
    assert f"fails without any fault, so that little of it was tried: {report.failure}" in report.text()
