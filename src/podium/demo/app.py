"""The demo's workflows as an application: `podium run podium.demo.app:travel wish="Lisbon, two nights" order=a1`.

`travel` needs the desk. `python -m podium.demo FOLDER` runs one and prints the three variables in which its URLs are
handed over: PODIUM_DESK_FLIGHT, PODIUM_DESK_HOTEL, PODIUM_DESK_CAR. `writing` needs nothing.
"""

import os
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from podium.demo.client import DeskClient, desk_client
from podium.demo.desk.models import KINDS, Kind
from podium.demo.travel import travel
from podium.demo.writing import writing

__all__ = ["WORKFLOWS", "resources", "travel", "urls_as_variables", "writing"]

WORKFLOWS = (travel, writing)


def resources() -> AbstractAsyncContextManager[DeskClient]:
    """Give the tools their client of the desk; a service without a URL fails when it is to be booked."""
    named = {kind: os.environ.get(_variable(kind), "").rstrip("/") for kind in KINDS}
    return desk_client({kind: url for kind, url in named.items() if url})


def urls_as_variables(urls: Mapping[Kind, str]) -> dict[str, str]:
    """Return the environment variables that `resources` reads."""
    return {_variable(kind): url for kind, url in urls.items()}


def _variable(kind: Kind) -> str:
    return f"PODIUM_DESK_{kind.upper()}"
