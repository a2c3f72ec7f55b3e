"""A run's journal: read, searched, exported."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from podium.core.codec import Row, encode
from podium.core.events import Event
from podium.server.requests import SEQ_MAX, EventQuery, JournalQuery
from podium.server.route import Asked, NoBody, NoQuery
from podium.server.service import Service
from podium.server_errors import BadRequestError
from podium.views.answers import EventPage, EventRow
from podium.views.journal import JournalPage, JournalRow
from podium.views.journal_rows import journal_row
from podium.views.lines import event_line, header_line

Batch = Sequence[tuple[int, Event]]

NDJSON = "application/x-ndjson"
_BATCH = 1000
_LOOKED_AT_MAX = 20_000
"""So many events are looked through for one page; what comes after is behind the page's `next`."""


async def journal(service: Service, asked: Asked[JournalQuery, NoBody]) -> JournalPage:
    """Give a page of it, of what is looked for."""
    run_id, query = asked.path["id"], asked.query
    info = await service.engine.info(run_id)
    rows: list[JournalRow] = []
    at, looked_at = query.after, 0
    while len(rows) < query.limit and looked_at < _LOOKED_AT_MAX:
        batch = await service.engine.events(run_id, after=at, limit=_BATCH if _is_choosy(query) else query.limit)
        if not batch:
            break
        looked_at += len(batch)
        found = await asyncio.to_thread(_wanted, batch, query)
        rows += found[: query.limit - len(rows)]
        at = rows[-1].seq if len(rows) == query.limit else batch[-1][0]
    return JournalPage(rows=tuple(rows), next=at if at < info.seq else None, total=info.seq)


async def journal_event(service: Service, asked: Asked[NoQuery, NoBody]) -> JournalRow:
    """Give an event, whole."""
    text = asked.path["seq"]
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= SEQ_MAX):
        message = f"{text[:40]!r} is no number of an event"
        raise BadRequestError(message, faults=(("path.seq", f"a number up to {SEQ_MAX}"),))
    seq = int(text)
    return journal_row(seq, await service.stories.event(asked.path["id"], seq), chars_max=None)


async def events(service: Service, asked: Asked[EventQuery, NoBody]) -> EventPage:
    """Give events as they are stored."""
    run_id, query = asked.path["id"], asked.query
    info = await service.engine.info(run_id)
    found = await service.engine.events(run_id, after=query.after, limit=query.limit)
    rows = [EventRow(seq=seq, kind=kind, path=path, at=at, body=body) for seq, (kind, path, at, body) in _rows(found)]
    last = rows[-1].seq if rows else query.after
    return EventPage(events=tuple(rows), next=last if rows and last < info.seq else None, status=info.status)


def _rows(found: Batch) -> Iterator[tuple[int, Row]]:
    return ((seq, encode(event)) for seq, event in found)


async def export(service: Service, asked: Asked[NoQuery, NoBody]) -> Response:
    """Give it as JSON lines: the run and its graph, then its events."""
    run_id = asked.path["id"]
    loaded = await service.engine.load(run_id, upto=0)
    head = header_line(loaded.info, loaded.graph)
    named = f"attachment; filename*=UTF-8''{quote(run_id, safe='')}.jsonl"
    lines = _lines(service, run_id, head, await service.engine.events(run_id, limit=_BATCH))
    return StreamingResponse(lines, media_type=NDJSON, headers={"content-disposition": named})


async def _lines(service: Service, run_id: str, head: str, batch: Batch) -> AsyncIterator[str]:
    """Yield it from its first batch on: what can not be read there is a problem, later it breaks the answer off."""
    yield f"{head}\n"
    while batch:
        yield await asyncio.to_thread(_text, batch)
        batch = await service.engine.events(run_id, after=batch[-1][0], limit=_BATCH)


def _text(batch: Batch) -> str:
    return "".join(f"{event_line(number, event)}\n" for number, event in batch)


def _wanted(batch: Batch, query: JournalQuery) -> list[JournalRow]:
    rows = (journal_row(number, event) for number, event in batch)
    return [row for row in rows if _is_wanted(row, query)]


def _is_choosy(query: JournalQuery) -> bool:
    return bool(query.kind or query.address or query.text)


def _is_wanted(row: JournalRow, query: JournalQuery) -> bool:
    if query.kind and row.kind not in query.kind:
        return False
    if query.address is not None and row.address != query.address:
        return False
    return query.text is None or query.text.casefold() in f"{row.kind} {row.address} {row.body}".casefold()
