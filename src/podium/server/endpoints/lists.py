"""Lists of runs, and what is asked of many at once."""

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
    done, refused = list[str](), dict[str, str]()
    for run_id in dict.fromkeys(asked.body.ids):
        try:
            if asked.body.act == "cancel":
                await ask_cancel(service, asked, run_id, asked.body.reason)
            else:
                await ask_retry(service, asked, run_id)
            done.append(run_id)
        except PodiumError as error:
            refused[run_id] = str(error)
    return BulkResult(done=tuple(done), refused=refused)


def _filter(asked: RunQuery) -> RunFilter:
    return RunFilter(statuses=asked.status, workflow=asked.workflow, tenant=asked.tenant, text=asked.text)
