"""Lists of runs, and what is asked of many at once."""

import asyncio

from podium.engine.ports import RunFilter
from podium.errors import PodiumError
from podium.server.asking import ask_cancel, ask_retry
from podium.server.cursors import cursor_of, place_of
from podium.server.requests import BulkBody, RunPageQuery, RunQuery
from podium.server.route import Asked, NoBody, NoQuery
from podium.server.service import Service
from podium.views.answers import BulkResult
from podium.views.rows import run_counts, run_row
from podium.views.runs import RunCounts, RunPageOfList

_AT_ONCE = 32
"""So many runs of a bulk are asked at a time."""


async def runs(service: Service, asked: Asked[RunPageQuery, NoBody]) -> RunPageOfList:
    """List runs, newest first."""
    which, limit = _filter(asked.query), asked.query.limit
    which.limit = limit + 1
    if asked.query.cursor is not None:
        which.before = str(place_of(asked.query.cursor, str)[0])
    found = await service.engine.runs(which)
    more = cursor_of(found[limit - 1].id) if len(found) > limit else None
    return RunPageOfList(runs=tuple(map(run_row, found[:limit])), next=more)


async def counts(service: Service, asked: Asked[RunQuery, NoBody]) -> RunCounts:
    """Count runs by status."""
    return run_counts(await service.engine.counts(_filter(asked.query)))


async def bulk(service: Service, asked: Asked[NoQuery, BulkBody]) -> BulkResult:
    """Ask the same of many runs."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(run_id: str) -> str:
        async with room:
            return await _one(service, asked, run_id)

    ids = tuple(dict.fromkeys(asked.body.ids))
    said = dict(zip(ids, await asyncio.gather(*map(one, ids)), strict=True))
    done = tuple(run_id for run_id, why in said.items() if not why)
    return BulkResult(done=done, refused={run_id: why for run_id, why in said.items() if why})


async def _one(service: Service, asked: Asked[NoQuery, BulkBody], run_id: str) -> str:
    """Ask it of one run; return "" when it was done, else why not."""
    try:
        if asked.body.act == "cancel":
            is_done = await ask_cancel(service, asked, run_id, asked.body.reason)
        else:
            is_done = await ask_retry(service, asked, run_id)
    except PodiumError as error:
        return str(error)
    return "" if is_done else "asked, and not decided yet: it stays asked"


def _filter(asked: RunQuery) -> RunFilter:
    return RunFilter(statuses=asked.status, workflow=asked.workflow, tenant=asked.tenant, text=asked.text)
