"""The audit tells what was done twice, what got lost, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from podium.demo.desk.audit import read_audit
from podium.demo.desk.models import Kind, ServiceSpec
from podium.demo.desk.process import Desk, travel_desk

pytestmark = pytest.mark.asyncio
ALL: tuple[Kind, ...] = ("flight", "hotel", "car")


class Client:
    """Books and cancels at each service, under a new key each time."""

    def __init__(self, desk: Desk, http: httpx.AsyncClient) -> None:
        self._urls, self._http, self._keys = desk.urls, http, 0

    async def book(self, order: str, *kinds: Kind, city: str = "Busan") -> list[str]:
        """Book the order at each of `kinds`; return the bookings' ids."""
        bodies = {"city": city, "traveller": "Ada", "order": order}
        replies = [
            await self._http.post(f"{self._urls[kind]}/bookings", json=bodies, headers=self._key()) for kind in kinds
        ]
        return [reply.json()["id"] for reply in replies]

    async def cancel(self, kind: Kind, booking: str) -> None:
        """Cancel a booking."""
        reply = await self._http.delete(f"{self._urls[kind]}/bookings/{booking}", headers=self._key())
        assert reply.status_code == 200

    def _key(self) -> dict[str, str]:
        self._keys += 1
        return {"Idempotency-Key": f"key-{self._keys}"}


@asynccontextmanager
async def client_of(folder: Path, *kinds: Kind) -> AsyncIterator[Client]:
    specs = [ServiceSpec(kind) for kind in kinds]
    async with travel_desk(folder, specs) as desk, httpx.AsyncClient() as http:
        yield Client(desk, http)


async def test_whole_and_undone_orders_are_clean_while_services_run_and_after(tmp_path: Path) -> None:
    async with client_of(tmp_path, *ALL) as client:
        await client.book("whole", *ALL)
        for kind, booking in zip(ALL, await client.book("undone", *ALL), strict=True):
            await client.cancel(kind, booking)
        running = read_audit(tmp_path, finished=["whole"])
    ended = read_audit(tmp_path, finished=["whole"])

    assert running == ended
    assert ended.is_clean
    assert [service.effects for service in ended.services] == [3, 3, 3]
    assert {order.order: dict(order.held) for order in ended.orders} == {
        "whole": {"flight": 1, "hotel": 1, "car": 1},
        "undone": {"flight": 0, "hotel": 0, "car": 0},
    }
    assert ended.lines() == [
        "flight: 2 booked, 1 cancelled, 1 held",
        "hotel: 2 booked, 1 cancelled, 1 held",
        "car: 2 booked, 1 cancelled, 1 held",
        "nothing twice: no order was booked again at a service where it held a booking",
        "nothing lost: every order is whole (1) or undone (1)",
    ]


async def test_an_order_booked_again_while_held_is_a_duplicate_even_if_cancelled_later(tmp_path: Path) -> None:
    async with client_of(tmp_path, "car") as client:
        [first] = await client.book("order-1", "car")
        [second] = await client.book("order-1", "car", city="Oslo")
        await client.cancel("car", second)
        audit = read_audit(tmp_path)

    [duplicate] = audit.duplicates
    assert (duplicate.kind, duplicate.order, duplicate.bookings) == ("car", "order-1", (first, second))
    assert not audit.is_clean
    assert "TWICE at car: order-1 of Ada has car-1 and car-2" in audit.lines()


async def test_an_order_booked_again_after_its_cancellation_is_clean(tmp_path: Path) -> None:
    async with client_of(tmp_path, "car") as client:
        [first] = await client.book("order-1", "car")
        await client.cancel("car", first)
        await client.book("order-1", "car")

    assert read_audit(tmp_path, finished=["order-1"]).is_clean


async def test_a_half_booked_order_is_lost_and_says_what_is_missing(tmp_path: Path) -> None:
    async with client_of(tmp_path, *ALL) as client:
        await client.book("half", "flight")
        audit = read_audit(tmp_path)

    assert [order.order for order in audit.lost] == ["half"]
    assert not audit.is_clean
    assert audit.lines()[-1] == "LOST: half has no hotel, no car"


async def test_a_finished_order_that_no_service_knows_is_lost(tmp_path: Path) -> None:
    async with client_of(tmp_path, "flight"):
        audit = read_audit(tmp_path, finished=["ghost"])

    assert not audit.is_clean
    assert audit.lines()[-1] == "LOST: ghost has no flight"


async def test_without_orders_bookings_are_told_apart_by_key_and_else_by_city(tmp_path: Path) -> None:
    specs = [ServiceSpec("flight", keys="ignore")]
    async with travel_desk(tmp_path, specs) as desk, httpx.AsyncClient(base_url=desk.urls["flight"]) as flight:
        for key in ("a", "b", "b"):
            await flight.post("/bookings", json={"city": "Busan"}, headers={"Idempotency-Key": key})
        for city in ("Busan", "Oslo", "Oslo"):
            await flight.post("/bookings", json={"city": city})
        audit = read_audit(tmp_path)

    assert [(twice.order, twice.bookings) for twice in audit.duplicates] == [
        ("b", ("flight-2", "flight-3")),
        ("Oslo", ("flight-5", "flight-6")),
    ]
