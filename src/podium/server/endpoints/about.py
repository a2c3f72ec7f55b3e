"""What this server is, whether it lives, and whether it is ready."""

import asyncio
from importlib.metadata import version

from starlette.responses import PlainTextResponse

from podium.engine.ports import RunFilter
from podium.errors import StoreUnavailableError
from podium.server.route import Asked, NoBody, NoQuery
from podium.server.service import Service
from podium.server_errors import DrainingError
from podium.telemetry import prometheus
from podium.views.answers import About, Health

_REACHED_S = 2.0

Plain = Asked[NoQuery, NoBody]


async def about(service: Service, asked: Plain) -> About:
    """Say what this server is, and who asks."""
    return About(
        version=version("podium"),
        engine=service.kind,
        user=asked.who.name,
        scope=asked.who.scope,
        has_tokens=service.settings.gate.tokens.exists(),
        can_demo=bool(service.settings.demo),
        workflows=len(service.workflows()),
    )


async def healthz(service: Service, asked: Plain) -> Health:
    """Say that the process lives."""
    del service, asked
    return Health()


async def readyz(service: Service, asked: Plain) -> Health:
    """Say that requests are welcome; else raise why not."""
    del asked
    if service.drain.is_on:
        raise DrainingError
    try:
        async with asyncio.timeout(_REACHED_S):
            await service.engine.runs(RunFilter(limit=1))
    except TimeoutError as error:
        message = f"the store has not answered for {_REACHED_S:g} s"
        raise StoreUnavailableError(message) from error
    return Health()


async def metrics(service: Service, asked: Plain) -> PlainTextResponse:
    """Give the figures of this process as Prometheus reads them."""
    del asked
    return PlainTextResponse(await prometheus.text(service.engine), media_type=prometheus.CONTENT_TYPE)
