"""A running flight service and a client of it: a real process, on a disk of its own, for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from podium.demo.desk.models import ServiceSpec
from podium.demo.desk.process import Desk, travel_desk


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Run a flight service that honours keys; the other kinds differ in their prices only."""
    async with travel_desk(tmp_path / "desk", [ServiceSpec("flight")]) as desk:
        yield desk


@pytest_asyncio.fixture
async def flight(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to the flight service."""
    async with httpx.AsyncClient(base_url=desk.urls["flight"], timeout=30) as client:
        yield client
