"""Speaks to the desk's services, and says in Podium's terms what their answers mean.

Only "no" needs words of ours: that is certain and final, whatever its status. Everything else is left as httpx raises
it: a connection that was refused never carried the request; a lost reply, a time-out, a 5xx and "this key is being
worked on" leave a write in doubt.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from podium.demo.desk.models import Booking, BookingRequest, Kind, Offer
from podium.errors import NotDone
from podium.http import client

_OFFERS: Final = TypeAdapter(list[Offer])
_TIMEOUT_S: Final = 30.0
"""Longer than any tool waits: how long a call may take is said at the tool."""

_FINAL: Final = frozenset({"refused", "invalid", "key-reused", "no-such-booking", "no-key"})
"""Problems that trying again does not mend. Nothing was done for the request that got one."""


class _Problem(BaseModel):
    """The parts of a problem+json that are read."""

    type: str = ""
    detail: str = ""


class DeskClient:
    """A client of the booking services; tools get it as a resource.

    Args:
        http: Open for as long as this is used.
        urls: Where each service answers, without a closing slash; a kind that is missing can not be booked.
    """

    def __init__(self, http: httpx.AsyncClient, urls: Mapping[Kind, str]) -> None:
        self._http = http
        self._urls = urls

    async def search(self, kind: Kind, city: str) -> list[Offer]:
        """Return what is on offer in a city, the cheapest first."""
        reply = await self._http.get(f"{self._url(kind)}/search", params={"city": city})
        return _OFFERS.validate_json(_good(reply).content)

    async def book(self, kind: Kind, asked: BookingRequest, *, key: str) -> Booking:
        """Book, or get the answer that was given under `key` before.

        Raises:
            NotDone: The service said no, for good.
        """
        headers = {"Idempotency-Key": key}
        reply = await self._http.post(f"{self._url(kind)}/bookings", json=asked.model_dump(), headers=headers)
        return Booking.model_validate_json(_good(reply).content)

    async def cancel(self, booking: Booking, *, key: str) -> Booking:
        """Cancel a booking; one that is cancelled stays so."""
        headers = {"Idempotency-Key": key}
        reply = await self._http.delete(f"{self._url(booking.kind)}/bookings/{booking.id}", headers=headers)
        return Booking.model_validate_json(_good(reply).content)

    async def find(self, kind: Kind, *, key: str) -> Booking | None:
        """Return what was booked under `key`; None when certainly nothing was."""
        reply = await self._http.get(f"{self._url(kind)}/bookings/by-key/{key}")
        if reply.status_code == httpx.codes.NOT_FOUND and _problem(reply) == "not-booked":
            return None
        return Booking.model_validate_json(_good(reply).content)

    def _url(self, kind: Kind) -> str:
        if kind not in self._urls:
            message = f"there is no {kind} service: set PODIUM_DESK_{kind.upper()} to its URL"
            raise NotDone(message)
        return self._urls[kind]


@asynccontextmanager
async def desk_client(urls: Mapping[Kind, str]) -> AsyncIterator[DeskClient]:
    """Open a client for as long as the block runs. The services are on loopback, so proxies are left out."""
    async with client(timeout=_TIMEOUT_S, trust_env=False) as http:
        yield DeskClient(http, urls)


def _good(reply: httpx.Response) -> httpx.Response:
    """Return a reply of success; raise what any other means."""
    problem = _problem(reply)
    if problem in _FINAL:
        message = f"the service said no ({reply.status_code} {problem}): {_read(reply).detail}"
        raise NotDone(message)
    return reply.raise_for_status()


def _problem(reply: httpx.Response) -> str:
    """Return the code of a problem; empty where the reply is none."""
    return "" if reply.is_success else _read(reply).type.removeprefix("/problems/")


def _read(reply: httpx.Response) -> _Problem:
    try:
        return _Problem.model_validate_json(reply.content)
    except ValidationError:
        return _Problem()
