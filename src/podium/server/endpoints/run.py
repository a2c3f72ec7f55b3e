"""A run, as it is looked at."""

import asyncio
from collections.abc import Sequence

from starlette.responses import Response

from podium.core.events import Event
from podium.draw import svg
from podium.draw.png import png
from podium.engine.list_store import RunFilter
from podium.engine.ports import Status
from podium.server.requests import Fold, OfBoard, PatchQuery, Upto, Wait
from podium.server.route import Asked, NoBody, NoQuery, Told
from podium.server.service import Service
from podium.server_errors import DrainingError
from podium.views.answers import BoardPosts, PatchPage, RunResult
from podium.views.drawn import picture
from podium.views.failures import failure_view
from podium.views.page import RunPage
from podium.views.pages import run_page
from podium.views.picture import Picture
from podium.views.rows import run_row
from podium.views.runs import RunRow
from podium.views.standing import Patch, Standing
from podium.views.story import RunStory
from podium.views.view import Value, value

Plain = Asked[NoQuery, NoBody]
_NOT_YET = 202
_FORKS_MAX = 50


async def page(service: Service, asked: Asked[Fold, NoBody]) -> RunPage:
    """Show a run."""
    run_id = asked.path["id"]
    await service.engine.info(run_id)
    forks = await service.engine.runs(RunFilter(parent=run_id, limit=_FORKS_MAX))
    ids = tuple(one.id for one in forks)
    async with service.stories.told(run_id) as (info, story):
        has_code = service.has_code(info.graph_hash)
        return await asyncio.to_thread(run_page, info, story, fold=asked.query.fold, children=ids, has_code=has_code)


async def row(service: Service, asked: Plain) -> RunRow:
    """Say how it stands."""
    return run_row(await service.engine.info(asked.path["id"]))


async def result(service: Service, asked: Asked[Wait, NoBody]) -> Told:
    """Say how it ended, waiting a while for its end; raise DrainingError where that is not to be waited for here."""
    run_id = asked.path["id"]
    info = await service.engine.info(run_id)
    if not info.status.is_terminal and asked.query.wait:
        if service.drain.is_on:
            raise DrainingError  # "not yet" would be asked again at once, over and over
        await _end_or_drain(service, run_id, seconds=asked.query.wait)
        info = await service.engine.info(run_id)
    if not info.status.is_terminal:
        return Told(view=RunResult(status=info.status), status=_NOT_YET)
    if info.status is Status.COMPLETED:
        text = info.output or "null"
        return Told(view=RunResult(status=info.status, output=Value(json_text=text, chars=len(text))))
    state = await service.engine.state(run_id)
    failure = None if state.failure is None else failure_view(state.failure)
    return Told(view=RunResult(status=info.status, failure=failure, skipped=tuple(state.skipped)))


async def _end_or_drain(service: Service, run_id: str, *, seconds: float) -> None:
    """Wait for a run to be over, or for the server to stop, for at most so long."""
    ending = asyncio.ensure_future(service.engine.end_of(run_id))
    draining = asyncio.ensure_future(service.drain.begun())
    try:
        await asyncio.wait((ending, draining), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if ending.done():
            ending.result()
    finally:
        ending.cancel()
        draining.cancel()


async def run_picture(service: Service, asked: Asked[Fold, NoBody]) -> Picture:
    """Draw it, with no status laid over."""
    async with service.stories.told(asked.path["id"]) as (_, story):
        return await asyncio.to_thread(picture, story.drawn, asked.query.fold)


async def picture_svg(service: Service, asked: Plain) -> Response:
    """Draw it with its status laid over."""
    async with service.stories.told(asked.path["id"]) as (_, story):
        drawn = await asyncio.to_thread(svg, story.drawn, story.overlay())
    return Response(drawn, media_type="image/svg+xml")


async def picture_png(service: Service, asked: Plain) -> Response:
    """Draw it in pixels, with its status laid over."""
    async with service.stories.told(asked.path["id"]) as (_, story):
        drawn = await asyncio.to_thread(png, story.drawn, story.overlay())
    return Response(drawn, media_type="image/png")


async def standing(service: Service, asked: Asked[Upto, NoBody]) -> Standing:
    """Say how each place of its picture stood after an event."""
    run_id, upto = asked.path["id"], asked.query.upto
    if upto is not None:
        return (await service.stories.upto(run_id, upto)).standing()
    async with service.stories.told(run_id) as (_, story):
        return story.standing()


async def patches(service: Service, asked: Asked[PatchQuery, NoBody]) -> PatchPage:
    """Say what each event changed."""
    run_id, after = asked.path["id"], asked.query.after
    story = await service.stories.upto(run_id, after)
    events = await service.engine.events(run_id, after=after, limit=asked.query.limit)
    found = await asyncio.to_thread(_patches, story, events)
    info = await service.engine.info(run_id)
    return PatchPage(patches=tuple(found), next=story.seq if found and story.seq < info.seq else None)


def _patches(story: RunStory, events: Sequence[tuple[int, Event]]) -> list[Patch]:
    found: list[Patch] = []
    for number, event in events:
        story.take(number, event)
        found.append(story.patch(number - 1))
    return found


async def board(service: Service, asked: Asked[OfBoard, NoBody]) -> BoardPosts:
    """Give what is on a board."""
    state = await service.engine.state(asked.path["id"])
    posts = (value(text) for text in state.boards.get(asked.query.name, ()))
    return BoardPosts(posts=tuple(post for post in posts if post is not None))
