"""A run, as it is looked at."""

import asyncio

from starlette.responses import Response

from podium.draw import svg
from podium.engine.list_store import RunFilter
from podium.engine.ports import Status
from podium.server.requests import Fold, OfBoard, PatchQuery, Upto, Wait
from podium.server.route import Asked, NoBody, NoQuery, Told
from podium.server.service import Service
from podium.server.stories import story_of
from podium.views.answers import BoardPosts, PatchPage, RunResult
from podium.views.drawn import picture
from podium.views.failures import failure_view
from podium.views.page import RunPage
from podium.views.pages import run_page
from podium.views.picture import Picture
from podium.views.rows import run_row
from podium.views.runs import RunRow
from podium.views.standing import Patch, Standing
from podium.views.view import Value, value

Plain = Asked[NoQuery, NoBody]
_NOT_YET = 202
_FORKS_MAX = 50


async def page(service: Service, asked: Asked[Fold, NoBody]) -> RunPage:
    """Show a run."""
    run_id = asked.path["id"]
    story = await story_of(service, run_id)
    info = await service.engine.info(run_id)
    has_code = service.has_code(info.graph_hash)
    forks = await service.engine.runs(RunFilter(parent=run_id, limit=_FORKS_MAX))
    ids = tuple(one.id for one in forks)
    return run_page(info, story, fold=asked.query.fold, children=ids, has_code=has_code)


async def row(service: Service, asked: Plain) -> RunRow:
    """Say how it stands."""
    return run_row(await service.engine.info(asked.path["id"]))


async def result(service: Service, asked: Asked[Wait, NoBody]) -> Told:
    """Say how it ended, waiting a while for its end."""
    run_id = asked.path["id"]
    info = await service.engine.info(run_id)
    if not info.status.is_terminal and asked.query.wait:
        try:
            async with asyncio.timeout(asked.query.wait):
                await service.engine.end_of(run_id)
        except TimeoutError:
            pass
        info = await service.engine.info(run_id)
    if not info.status.is_terminal:
        return Told(view=RunResult(status=info.status), status=_NOT_YET)
    if info.status is Status.COMPLETED:
        text = info.output or "null"
        return Told(view=RunResult(status=info.status, output=Value(json_text=text, chars=len(text))))
    state = await service.engine.state(run_id)
    failure = None if state.failure is None else failure_view(state.failure)
    return Told(view=RunResult(status=info.status, failure=failure, skipped=tuple(state.skipped)))


async def run_picture(service: Service, asked: Asked[Fold, NoBody]) -> Picture:
    """Draw it, with no status laid over."""
    return picture((await story_of(service, asked.path["id"])).drawn, asked.query.fold)


async def picture_svg(service: Service, asked: Plain) -> Response:
    """Draw it with its status laid over."""
    return Response(await drawn_svg(service, asked.path["id"]), media_type="image/svg+xml")


async def drawn_svg(service: Service, run_id: str) -> str:
    """Return a run's graph as an SVG with its status laid over."""
    story = await story_of(service, run_id)
    return svg(story.drawn, story.overlay())


async def standing(service: Service, asked: Asked[Upto, NoBody]) -> Standing:
    """Say how each place of its picture stood after an event."""
    return (await story_of(service, asked.path["id"], upto=asked.query.upto)).standing()


async def patches(service: Service, asked: Asked[PatchQuery, NoBody]) -> PatchPage:
    """Say what each event changed."""
    run_id, after = asked.path["id"], asked.query.after
    story = await story_of(service, run_id, upto=after)
    found: list[Patch] = []
    for number, event in await service.engine.events(run_id, after=after, limit=asked.query.limit):
        story.take(number, event)
        found.append(story.patch(number - 1))
    info = await service.engine.info(run_id)
    return PatchPage(patches=tuple(found), next=story.seq if found and story.seq < info.seq else None)


async def board(service: Service, asked: Asked[OfBoard, NoBody]) -> BoardPosts:
    """Give what is on a board."""
    state = await service.engine.state(asked.path["id"])
    posts = (value(text) for text in state.boards.get(asked.query.name, ()))
    return BoardPosts(posts=tuple(post for post in posts if post is not None))
