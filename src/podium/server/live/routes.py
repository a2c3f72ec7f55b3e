"""The streams, as routes."""

from collections.abc import Iterator

from podium.engine.list_store import RunFilter
from podium.server.gate import Scope
from podium.server.live.sse import EventStream
from podium.server.requests import After, RunQuery
from podium.server.route import EVENTS, Asked, NoBody, NoQuery, Route
from podium.server.service import Service

_LAST_SEEN = b"last-event-id"
_DIGITS_MAX = 15


async def run_stream(service: Service, asked: Asked[After, NoBody]) -> EventStream:
    """Send what is new of a run, from the last event that the client says it has seen."""
    return await service.live.run_stream(asked.path["id"], _last_seen(asked) or asked.query.after)


async def list_stream(service: Service, asked: Asked[RunQuery, NoBody]) -> EventStream:
    """Send which runs of a list moved."""
    query = asked.query
    return await service.live.list_stream(RunFilter(workflow=query.workflow, tenant=query.tenant, text=query.text))


async def token_stream(service: Service, asked: Asked[NoQuery, NoBody]) -> EventStream:
    """Send what models answer to the steps of a run, while they do."""
    return await service.live.token_stream(asked.path["id"])


def routes() -> Iterator[Route]:
    """Return the routes of the streams."""
    yield Route(
        method="GET",
        path="/runs/stream",
        scope=Scope.READ,
        says="Which runs of a list move, as they do.",
        handler=list_stream,
        query=RunQuery,
        gives=EVENTS,
    )
    yield Route(
        method="GET",
        path="/runs/{id}/stream",
        scope=Scope.READ,
        says="What happens in a run, as it does, behind the last event seen.",
        handler=run_stream,
        query=After,
        gives=EVENTS,
        refuses=(404,),
    )
    yield Route(
        method="GET",
        path="/runs/{id}/tokens",
        scope=Scope.READ,
        says="What models answer to the steps of a run, while they do: provisional, and kept nowhere.",
        handler=token_stream,
        gives=EVENTS,
        refuses=(404,),
    )


def _last_seen(asked: Asked[After, NoBody]) -> int:
    """Return the number of the last event that a client that comes back has seen; 0 where it says none."""
    said = [value for name, value in asked.scope.get("headers", ()) if name == _LAST_SEEN]
    text = said[-1].decode("latin-1") if said else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else 0
