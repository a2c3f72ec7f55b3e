"""Each fault does what it says to the client, and only what it says to the ledger."""

import asyncio
from typing import Any

import httpx
import pytest

from podium.demo.desk.process import Desk

pytestmark = pytest.mark.asyncio
KEY = {"Idempotency-Key": "k"}


async def book(client: httpx.AsyncClient, *, timeout_s: float = 30) -> httpx.Response:
    return await client.post("/bookings", json={"city": "Busan"}, headers=KEY, timeout=timeout_s)


async def break_next(client: httpx.AsyncClient, fault: str, **more: object) -> None:
    reply = await client.post("/faults", json=[{"operation": "book", "fault": fault, **more}])
    assert reply.status_code == 204, reply.text


async def ledger(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    effects: list[dict[str, Any]] = (await client.get("/ledger")).json()
    return effects


async def test_an_error_before_the_effect_leaves_none(flight: httpx.AsyncClient) -> None:
    await break_next(flight, "error_before", times=2, status=502)
    statuses = [(await book(flight)).status_code for _ in range(2)]

    assert statuses == [502, 502]
    assert await ledger(flight) == []
    assert (await book(flight)).status_code == 201


async def test_a_lost_reply_is_booked_and_the_key_gives_it_again(flight: httpx.AsyncClient) -> None:
    await break_next(flight, "lost_reply")
    with pytest.raises(httpx.TransportError):
        await book(flight)
    kept = await ledger(flight)
    again = await book(flight)

    assert [effect["key"] for effect in kept] == ["k"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == kept[0]["booking"]
    assert await ledger(flight) == kept


async def test_an_error_after_the_effect_keeps_it(flight: httpx.AsyncClient) -> None:
    await break_next(flight, "error_after")
    failed = await book(flight)
    again = await book(flight)

    assert failed.status_code == 503
    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(await ledger(flight)) == 1


async def test_a_refusal_is_kept_under_its_key(flight: httpx.AsyncClient) -> None:
    await break_next(flight, "refuse")
    refused = await book(flight)
    again = await book(flight)

    assert refused.status_code == again.status_code == 409
    assert refused.json()["type"] == "/problems/refused"
    assert "Retry-After" not in refused.headers
    assert again.content == refused.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await ledger(flight) == []


async def test_a_hang_ends_with_the_clients_patience_and_leaves_no_effect(flight: httpx.AsyncClient) -> None:
    await break_next(flight, "hang")
    with pytest.raises(httpx.ReadTimeout):
        await book(flight, timeout_s=0.5)

    assert await ledger(flight) == []
    async with asyncio.timeout(10):
        while (again := await book(flight)).status_code == 409:
            assert again.json()["type"] == "/problems/key-in-flight"
    assert again.status_code == 201
    assert "Idempotent-Replayed" not in again.headers


async def test_faults_strike_in_order_and_their_operation_only(flight: httpx.AsyncClient) -> None:
    script = [
        {"operation": "book", "fault": "error_before", "status": 500},
        {"operation": "search", "fault": "error_after", "status": 504},
        {"operation": "find", "fault": "refuse"},
        {"operation": "book", "fault": "error_after", "status": 501},
    ]
    await flight.post("/faults", json=script)
    books = [(await book(flight)).status_code for _ in range(3)]
    searches = [(await flight.get("/search", params={"city": "Busan"})).status_code for _ in range(2)]
    finds = [(await flight.get("/bookings/by-key/k")).status_code for _ in range(2)]

    assert books == [500, 501, 201]
    assert searches == [504, 200]
    assert finds == [409, 200]


async def test_a_killed_service_still_has_its_faults_ahead(flight: httpx.AsyncClient, desk: Desk) -> None:
    await break_next(flight, "error_before", times=2)
    first = await book(flight)
    await desk.restart("flight")
    after_the_kill = [(await book(flight)).status_code for _ in range(2)]

    assert first.status_code == 503
    assert after_the_kill == [503, 201]


async def test_a_new_script_replaces_the_old_one(flight: httpx.AsyncClient) -> None:
    await break_next(flight, "error_before", times=1000)
    await flight.post("/faults", json=[])

    assert (await book(flight)).status_code == 201


@pytest.mark.parametrize(
    "fault",
    [
        {"operation": "book", "fault": "explode"},
        {"operation": "book", "fault": "hang", "times": 0},
        {"operation": "book", "fault": "refuse", "status": 503},
    ],
)
async def test_a_script_that_makes_no_sense_is_refused(flight: httpx.AsyncClient, fault: dict[str, object]) -> None:
    reply = await flight.post("/faults", json=[fault])

    assert reply.status_code == 422
    assert (await book(flight)).status_code == 201
