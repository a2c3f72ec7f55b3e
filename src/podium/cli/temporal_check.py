"""`podium doctor` on a Temporal URL: are server, namespace and search attributes there, and do workers serve it?"""

from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from podium.cli.finding import Finding, State
from podium.draw.words import clean
from podium.errors import PodiumError
from podium.temporal.address import Address, address_of
from podium.temporal.connect import connect
from podium.temporal.readiness import alive, how_to_register, missing_attributes, namespace

_DAY_MS = 86_400_000


async def temporal_findings(url: str) -> list[Finding]:
    """Return what there is to say about a server and its namespace."""
    try:
        at = address_of(url)
        client = await connect(at)
        found = await namespace(client, at)
    except PodiumError as error:
        return [Finding("server", State.WRONG, str(error))]
    info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    days = found.retention_ms / _DAY_MS
    return [
        Finding("server", State.OK, f"Temporal {info.server_version} at {at.server}"),
        Finding("namespace", State.OK, f"{at.namespace}; runs that are over can be read for {days:g} days"),
        await _attributes(client, at),
        await _workers(client, at),
        _blobs(at),
    ]


async def _attributes(client: Client, at: Address) -> Finding:
    try:
        missing = await missing_attributes(client, at)
    except RPCError as error:
        says = f"can not be looked at ({error.status.name}); they have to be there: {how_to_register(at)}"
        return Finding("search", State.NOTE, says)
    if missing:
        return Finding("search", State.WRONG, f"without {', '.join(missing)}: {how_to_register(at)}")
    return Finding("search", State.OK, "search attributes are registered")


async def _workers(client: Client, at: Address) -> Finding:
    found = await alive(client, at)
    if not found:
        says = f"none serves the task queue {at.queue!r}, so no run goes on: podium worker TARGET --db ..."
        return Finding("workers", State.NOTE, says)
    return Finding("workers", State.OK, clean(f"{len(found)} on task queue {at.queue!r}: {', '.join(found)}"))


def _blobs(at: Address) -> Finding:
    if at.blobs is None:
        return Finding("blobs", State.NOTE, "no blobs=FOLDER in the URL: values over 2 MB are refused by the server")
    if not at.blobs.is_dir():
        return Finding("blobs", State.WRONG, f"{at.blobs} is no folder; it has to be one that all workers share")
    return Finding("blobs", State.OK, f"{at.blobs}")
