"""Whole runs retold: along time, beside another one, as a page to keep, from an exported journal.

It takes a while for long runs, so it is done in a thread.
"""

import asyncio
from typing import Any
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response

from podium.engine.clock import SystemClock
from podium.server.requests import CopyQuery, OfStep, Pair
from podium.server.route import Asked, NoBody, NoQuery
from podium.server.service import Service
from podium.server_errors import NothingThereError
from podium.views.answers import OpenedJournal
from podium.views.compare import Comparison
from podium.views.comparing import comparison
from podium.views.copying import copied
from podium.views.detail import StepDetail
from podium.views.details import step_detail
from podium.views.exported import from_outside, read_export
from podium.views.journal_rows import journal_row
from podium.views.pages import run_page
from podium.views.record import Record, record_of
from podium.views.report import report as drawn_report
from podium.views.standing import Patch
from podium.views.story import RunStory
from podium.views.timeline import Timeline
from podium.views.timelines import timeline as drawn_timeline

Plain = Asked[NoQuery, NoBody]
_PATCHES_MAX = 20_000
"""Of a longer journal, the last so many events are told as patches."""


async def timeline(service: Service, asked: Plain) -> Timeline:
    """Tell a run along time."""
    run = await record_of(service.engine, asked.path["id"])
    return await asyncio.to_thread(drawn_timeline, run.graph, run.events, _now_ms())


async def compare(service: Service, asked: Asked[Pair, NoBody]) -> Comparison:
    """Tell what differs between two runs."""
    left = await record_of(service.engine, asked.query.left)
    right = await record_of(service.engine, asked.query.right)
    return await asyncio.to_thread(comparison, left, right)


async def report(service: Service, asked: Plain) -> Response:
    """Give a run as an HTML page that needs nothing else."""
    run_id = asked.path["id"]
    run = await record_of(service.engine, run_id)
    page = await asyncio.to_thread(lambda: drawn_report(run, now_ms=_now_ms()))
    named = f"attachment; filename*=UTF-8''{quote(run_id, safe='')}.html"
    return Response(page, media_type="text/html", headers={"content-disposition": named})


async def copy(service: Service, asked: Asked[CopyQuery, NoBody]) -> Response:
    """Give a run, or what happened from a step on, as text to paste."""
    run, query = await record_of(service.engine, asked.path["id"]), asked.query
    found = await asyncio.to_thread(lambda: copied(run, query.form, address=query.address, base=_base(asked)))
    return PlainTextResponse(found)


def _base(asked: Asked[Any, Any]) -> str:
    """Return where whoever asks reaches this server; the gate has looked at the name."""
    host = next((value for name, value in asked.scope["headers"] if name == b"host"), b"127.0.0.1")
    return f"{asked.scope['scheme']}://{host.decode('latin-1')}"


async def step(service: Service, asked: Asked[OfStep, NoBody]) -> StepDetail:
    """Tell all that is known of a step."""
    run = await record_of(service.engine, asked.path["id"])
    return _found(await asyncio.to_thread(step_detail, run, asked.query.address), asked.query.address)


async def read_step(service: Service, asked: Asked[OfStep, bytes]) -> StepDetail:
    """Tell all that is known of a step of an exported journal; nothing of it is kept."""
    del service
    return _found(await asyncio.to_thread(_step_of, asked.body, asked.query.address), asked.query.address)


def _step_of(body: bytes, address: str) -> StepDetail | None:
    run = read_export(body)
    with from_outside():
        return step_detail(run, address)


def _found(detail: StepDetail | None, address: str) -> StepDetail:
    if detail is None:
        message = f"the run has no step at {address[:200]!r}, or it has not begun"
        raise NothingThereError(message)
    return detail


async def read_journal(service: Service, asked: Asked[NoQuery, bytes]) -> OpenedJournal:
    """Show an exported journal; nothing of it is kept."""
    del service
    return await asyncio.to_thread(_opened, asked.body)


def _opened(body: bytes) -> OpenedJournal:
    run = read_export(body)
    with from_outside():
        return _told(run)


def _told(run: Record) -> OpenedJournal:
    story = RunStory(run.info.id, run.graph)
    patches: list[Patch] = []
    first = max(1, len(run.events) - _PATCHES_MAX)
    for number, event in enumerate(run.events, 1):
        story.take(number, event)
        if number >= first:
            patches.append(story.patch(number - 1 if number > first else 0))
    page = run_page(run.info, story, has_code=False).model_copy(update={"can": ()})
    return OpenedJournal(
        page=page,
        timeline=drawn_timeline(run.graph, run.events, story.at),
        patches=tuple(patches),
        journal=tuple(journal_row(number, event) for number, event in enumerate(run.events, 1)),
    )


def _now_ms() -> int:
    return SystemClock().now_ms()
