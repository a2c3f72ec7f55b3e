"""One key is one effect and one answer, however often and however many at once ask."""

import asyncio
from pathlib import Path

import httpx
import pytest

from podium.demo.desk.models import ServiceSpec
from podium.demo.desk.process import travel_desk

pytestmark = pytest.mark.asyncio
TRIP = {"city": "Busan", "traveller": "Ada", "order": "order-17"}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def effects(client: httpx.AsyncClient) -> list[str]:
    return [effect["effect"] for effect in (await client.get("/ledger")).json()]


def problem(reply: httpx.Response) -> tuple[int, str]:
    assert reply.headers["Content-Type"] == "application/problem+json"
    return reply.status_code, reply.json()["type"]


async def test_the_same_key_twice_is_one_effect_and_one_answer(flight: httpx.AsyncClient) -> None:
    first = await flight.post("/bookings", json=TRIP, headers=keyed("k"))
    again = await flight.post("/bookings", json=TRIP, headers=keyed("k"))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await effects(flight) == ["booked"]


async def test_a_key_with_another_body_is_refused_and_does_nothing(flight: httpx.AsyncClient) -> None:
    await flight.post("/bookings", json=TRIP, headers=keyed("k"))
    other = await flight.post("/bookings", json=TRIP | {"city": "Oslo"}, headers=keyed("k"))

    assert problem(other) == (422, "/problems/key-reused")
    assert await effects(flight) == ["booked"]


async def test_a_body_with_its_defaults_spelt_out_is_the_same_request(flight: httpx.AsyncClient) -> None:
    await flight.post("/bookings", json={"city": "Busan"}, headers=keyed("k"))
    again = await flight.post("/bookings", json={"nights": 1, "city": "Busan"}, headers=keyed("k"))

    assert again.headers["Idempotent-Replayed"] == "true"


async def test_fifty_requests_at_once_with_one_key_are_one_effect(flight: httpx.AsyncClient) -> None:
    posts = [flight.post("/bookings", json=TRIP, headers=keyed("k")) for _ in range(50)]
    replies = await asyncio.gather(*posts)

    assert await effects(flight) == ["booked"]
    assert {reply.status_code for reply in replies} <= {201, 409}
    assert len({reply.content for reply in replies if reply.status_code == 201}) == 1


async def test_a_key_that_is_being_worked_on_is_refused_for_now(flight: httpx.AsyncClient) -> None:
    await flight.post("/faults", json=[{"operation": "book", "fault": "hang"}])
    hanging = asyncio.create_task(flight.post("/bookings", json=TRIP, headers=keyed("k")))
    async with asyncio.timeout(10):
        while (asked := await flight.get("/bookings/by-key/k")).status_code == 404:
            pass
    second = await flight.post("/bookings", json=TRIP, headers=keyed("k"))
    hanging.cancel()

    assert problem(asked) == problem(second) == (409, "/problems/key-in-flight")
    assert int(second.headers["Retry-After"]) >= 1
    assert await effects(flight) == []


async def test_a_cancellation_is_one_effect_under_any_key(flight: httpx.AsyncClient) -> None:
    booking = (await flight.post("/bookings", json=TRIP, headers=keyed("k"))).json()
    path = f"/bookings/{booking['id']}"
    first = await flight.delete(path, headers=keyed("k"))
    again = await flight.delete(path, headers=keyed("k"))
    other_key = await flight.delete(path, headers=keyed("other"))

    assert first.json() == other_key.json() == booking | {"status": "cancelled"}
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await effects(flight) == ["booked", "cancelled"]


async def test_cancelling_what_does_not_exist_leaves_the_key_free(flight: httpx.AsyncClient) -> None:
    missing = await flight.delete("/bookings/flight-9", headers=keyed("c"))
    booking = (await flight.post("/bookings", json=TRIP, headers=keyed("k"))).json()
    found = await flight.delete(f"/bookings/{booking['id']}", headers=keyed("c"))

    assert problem(missing) == (404, "/problems/no-such-booking")
    assert found.status_code == 200


async def test_a_key_tells_what_was_booked_with_it(flight: httpx.AsyncClient) -> None:
    before = await flight.get("/bookings/by-key/a%2Fb")
    booking = (await flight.post("/bookings", json=TRIP, headers=keyed("a/b"))).json()
    after = await flight.get("/bookings/by-key/a%2Fb")
    await flight.delete(f"/bookings/{booking['id']}", headers=keyed("c"))
    cancelled = await flight.get("/bookings/by-key/a%2Fb")

    assert problem(before) == (404, "/problems/not-booked")
    assert after.json() == booking
    assert cancelled.json() == booking | {"status": "cancelled"}


async def test_a_service_may_ignore_keys_and_not_tell_what_was_booked(tmp_path: Path) -> None:
    spec = ServiceSpec("hotel", keys="ignore", readback=False)
    async with travel_desk(tmp_path, [spec]) as desk, httpx.AsyncClient(base_url=desk.urls["hotel"]) as hotel:
        first = await hotel.post("/bookings", json=TRIP, headers=keyed("k"))
        again = await hotel.post("/bookings", json=TRIP, headers=keyed("k"))
        unkeyed = await hotel.post("/bookings", json=TRIP)
        asked = await hotel.get("/bookings/by-key/k")

        assert len({reply.json()["id"] for reply in (first, again, unkeyed)}) == 3
        assert await effects(hotel) == ["booked"] * 3
        assert problem(asked) == (501, "/problems/no-readback")


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b'{"city": "Busan"}', {}, (400, "/problems/no-key")),
        (b'{"city": "Busan"}', keyed("a b"), (400, "/problems/no-key")),
        (b"{", keyed("k"), (400, "/problems/invalid")),
        (b"{}", keyed("k"), (422, "/problems/invalid")),
        (b'{"city": "Busan", "price": 0}', keyed("k"), (422, "/problems/invalid")),
        (b'{"city": "Busan", "nights": "2"}', keyed("k"), (422, "/problems/invalid")),
        (b'{"city": "Bus\\u001b[2Jan"}', keyed("k"), (422, "/problems/invalid")),
        (b'{"city": "' + b"x" * 20_000 + b'"}', keyed("k"), (413, "/problems/body-too-long")),
    ],
)
async def test_a_bad_request_is_named_and_leaves_the_key_free(
    flight: httpx.AsyncClient, body: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    bad = await flight.post("/bookings", content=body, headers=headers)
    good = await flight.post("/bookings", json=TRIP, headers=keyed("k"))

    assert problem(bad) == expected
    assert good.status_code == 201
    assert await effects(flight) == ["booked"]


async def test_offers_for_a_city_are_always_the_same_and_priced_in_micros(flight: httpx.AsyncClient) -> None:
    first = await flight.get("/search", params={"city": "Busan"})
    again = await flight.get("/search", params={"city": "Busan"})
    prices = [offer["price_micros"] for offer in first.json()]
    booking = (await flight.post("/bookings", json=TRIP, headers=keyed("k"))).json()

    assert again.content == first.content
    assert prices == sorted(prices)
    assert all(isinstance(price, int) for price in prices)
    assert booking["price_micros"] == prices[0]
    assert problem(await flight.get("/search")) == (422, "/problems/invalid")
