"""`examples/travel_desk.py` and `examples/support_triage.py` do what their first lines say."""

from collections.abc import AsyncIterator

import pytest

from examples import support_triage, travel_desk
from podium import Engine
from podium.routing import Routed
from podium.testing import simulate
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import in_time
from tests.unit.routing.desks import question, until_asked


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine("memory:") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _up() -> None:
    support_triage.DOWN.clear()
    travel_desk.BOOKED.clear()


async def test_the_desk_books_what_a_sentence_asks_for(engine: Engine) -> None:
    answer = await (await engine.start(travel_desk.desk, "a week in Porto")).result()
    assert isinstance(answer, Routed)
    assert (answer.route, answer.result.flight, answer.result.hotel) == ("travel", "seat to Porto", "7 nights in Porto")
    assert len(travel_desk.BOOKED) == 2


async def test_the_desk_asks_for_what_is_missing(engine: Engine) -> None:
    run = await engine.start(travel_desk.desk, "I want to change my booking")
    await until_asked(run, "ask_changes")
    assert (await question(engine, run))["question"] == (
        "What was said is not enough for changes (change or cancel a booking)."
        " It needs: booking (the number on your ticket, such as T7)."
    )
    await run.answer("ask_changes", "it is T12")
    answer = await run.result()
    assert isinstance(answer, Routed)
    assert answer.result.answer == "T12 can be changed until the day before"


@pytest.mark.parametrize("text", ["what does a neutron weigh", "my dishwasher leaks"])
async def test_what_the_desk_is_not_for_goes_to_the_helpdesk(engine: Engine, text: str) -> None:
    answer = await (await engine.start(travel_desk.desk, text)).result()
    assert isinstance(answer, Routed)
    assert (answer.route, answer.result.answer) == ("helpdesk", "somebody will call you back")


@pytest.mark.parametrize(
    ("text", "route", "found"),
    [
        ("my invoice for May is wrong, customer C7", "billing", ["May, 20 EUR, C7"]),
        ("has my payment arrived? C7", "billing", "the last payment of C7 arrived"),
        ("is there an outage at C3", "network", "no outage at C3"),
    ],
)
async def test_a_request_finds_its_team_and_the_team_its_tool(
    engine: Engine, text: str, route: str, found: object
) -> None:
    answer = await (await engine.start(support_triage.triage, text)).result()
    assert isinstance(answer, Routed)
    assert (answer.route, answer.result.found) == (route, found)


async def test_a_tool_that_is_down_is_answered_for_by_a_colleague_and_then_gone_around() -> None:
    clock = FakeClock()
    async with Engine("memory:", clock=clock) as engine:
        support_triage.DOWN.add("list_invoices")
        run = await engine.start(support_triage.triage, "my invoice is wrong, customer C7")
        await in_time(clock, until_asked(run, "billing/colleague"))
        await run.answer("billing/colleague", "we are looking into it")
        answer = await in_time(clock, run.result())
        assert isinstance(answer, Routed)
        assert answer.result.answer == "we are looking into it"

        run = await engine.start(support_triage.triage, "my invoice is wrong, customer C8")
        answer = await in_time(clock, run.result())
        assert isinstance(answer, Routed)
        assert answer.result.found == ["May, 20 EUR, C8 (from the archive)"]


def test_the_desk_keeps_its_promises_under_every_fault() -> None:
    report = simulate(travel_desk.desk, travel_desk.desk.input.model(text="a week in Porto"), runs=120)
    assert report.coverage.singles == report.coverage.singles_of
