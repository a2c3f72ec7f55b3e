"""The demo's workflows as an application: `podium run podium.demo.app:front text="Lisbon, two nights"`.

`front` takes any sentence; `travel`, to which it may send it, needs the desk. `python -m podium.demo FOLDER` runs one
and prints the three variables in which its URLs are handed over: PODIUM_DESK_FLIGHT, PODIUM_DESK_HOTEL,
PODIUM_DESK_CAR. `writing` needs nothing.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from podium.demo.client import DeskClient, desk_client
from podium.demo.desk.models import KINDS, Kind
from podium.demo.front import Shelf, front
from podium.demo.travel import travel
from podium.demo.writing import writing

__all__ = ["WORKFLOWS", "front", "resources", "travel", "urls_as_variables", "writing"]

WORKFLOWS = (front, travel, writing)

SHELF = "PODIUM_DESK_SHELF"
"""The variable that names the folder for articles; without it they go where the process was started."""


@asynccontextmanager
async def resources() -> AsyncIterator[tuple[DeskClient, Shelf]]:
    """Give the tools their client of the desk, and a shelf; a service without a URL fails when it is to be booked."""
    named = {kind: os.environ.get(_variable(kind), "").rstrip("/") for kind in KINDS}
    async with desk_client({kind: url for kind, url in named.items() if url}) as desk:
        yield desk, Shelf(Path(os.environ.get(SHELF) or Path.cwd()))


def urls_as_variables(urls: Mapping[Kind, str]) -> dict[str, str]:
    """Return the environment variables that `resources` reads."""
    return {_variable(kind): url for kind, url in urls.items()}


def _variable(kind: Kind) -> str:
    return f"PODIUM_DESK_{kind.upper()}"
