"""The travel machine on running services: what is asked for is booked, and every answer means what it says."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from podium.core.events import StepPostponed, WriteDoubted, WriteFailed
from podium.demo.app import resources
from podium.demo.client import desk_client
from podium.demo.desk.audit import read_audit
from podium.demo.desk.models import Kind
from podium.demo.desk.process import Desk, travel_desk
from podium.demo.travel import Trip, travel
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.engine.ports import Status

EVERYTHING = "Busan, two nights, with a hotel and a car"


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Run all three services."""
    async with travel_desk(tmp_path / "desk") as desk:
        yield desk


@pytest_asyncio.fixture
async def engine(desk: Desk) -> AsyncIterator[Engine]:
    """Run in memory, with a client of the services."""
    async with Engine("memory:", resources=lambda: desk_client(desk.urls)) as engine:
        yield engine


async def go(engine: Engine, wish: str = EVERYTHING) -> Handle[Trip]:
    return await engine.start(travel, Trip(wish=wish, order="a"), id="a")


async def kinds_of_events(run: Handle[Trip]) -> list[type]:
    return [type(event) async for _, event in run.events()]


async def plant(desk: Desk, kind: Kind, *faults: str) -> None:
    script = [{"operation": "book", "fault": fault} for fault in faults]
    async with httpx.AsyncClient() as http:
        (await http.post(f"{desk.urls[kind]}/faults", json=script)).raise_for_status()


def booked(desk: Desk) -> Sequence[int]:
    return [service.booked for service in read_audit(desk.folder).services]


@pytest.mark.parametrize(
    ("wish", "bookings"),
    [
        (EVERYTHING, [1, 1, 1]),
        ("Busan, two nights, without a car", [1, 1, 0]),
        ("Busan, no hotel, with a car", [1, 0, 1]),
        ("Busan, no hotel, no car", [1, 0, 0]),
    ],
)
async def test_what_was_asked_for_is_booked_and_nothing_else(
    engine: Engine, desk: Desk, wish: str, bookings: list[int]
) -> None:
    trip = await (await go(engine, wish)).result()

    assert booked(desk) == bookings
    assert [booking is not None for booking in (trip.flight, trip.hotel, trip.car)] == [
        count == 1 for count in bookings
    ]
    assert len(trip.offers) == sum(bookings)


@pytest.mark.parametrize("fault", ["error_before", "error_after", "lost_reply"])
async def test_an_error_at_any_side_of_the_booking_is_overcome_with_one_booking(
    engine: Engine, desk: Desk, fault: str
) -> None:
    for kind in desk.urls:
        await plant(desk, kind, fault)
    run = await go(engine)
    trip = await run.result()

    assert booked(desk) == [1, 1, 1]
    assert read_audit(desk.folder, finished=["a"]).is_clean
    assert trip.car is not None
    assert (await kinds_of_events(run)).count(WriteDoubted) >= 3


async def test_a_car_that_is_refused_for_good_leads_to_the_train(engine: Engine, desk: Desk) -> None:
    await plant(desk, "car", "refuse")
    run = await go(engine)
    trip = await run.result()

    assert trip.car is None
    assert trip.remarks == ["no car (the service said no (409 refused): sold out): take the train"]
    assert booked(desk) == [1, 1, 0]
    seen = await kinds_of_events(run)
    assert seen.count(WriteFailed) == 1
    assert WriteDoubted not in seen
    assert StepPostponed not in seen


async def test_a_wish_that_is_not_understood_waits_for_better_words(engine: Engine, desk: Desk) -> None:
    run = await go(engine, "somewhere nice")
    async for _, event in run.events():
        if type(event).__name__ == "TaskOpened":
            break
    assert (await run.status()).status is Status.WAITING
    assert booked(desk) == [0, 0, 0]

    await run.answer("reword", {"wish": "Busan, no hotel, no car"})

    assert (await run.result()).city == "Busan"
    assert booked(desk) == [1, 0, 0]


async def test_without_the_url_of_a_service_the_failure_says_what_to_set(desk: Desk) -> None:
    urls: dict[Kind, str] = {kind: url for kind, url in desk.urls.items() if kind != "car"}
    async with Engine("memory:", resources=lambda: desk_client(urls)) as engine:
        trip = await (await go(engine)).result()

    assert trip.remarks == ["no car (there is no car service: set PODIUM_DESK_CAR to its URL): take the train"]


async def test_the_application_takes_its_urls_from_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, url in desk.urls.items():
        monkeypatch.setenv(f"PODIUM_DESK_{kind.upper()}", f"{url}/")
    async with Engine("memory:", resources=resources) as engine:
        await (await go(engine)).result()

    assert booked(desk) == [1, 1, 1]
