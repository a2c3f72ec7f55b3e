"""What people do with a run."""

import asyncio
import hashlib
import secrets
from typing import Any
from urllib.parse import quote

from podium.core.events import RunForked
from podium.engine import inbox
from podium.engine.loading import load_to_go_on
from podium.errors import DuplicateRunError, InvalidInputError, RunNotFoundError
from podium.server.asking import DONE, ask, ask_cancel, ask_retry, json_text, row_of
from podium.server.requests import ForkBody, ReasonBody, SignalBody, StartBody
from podium.server.route import API, Asked, NoBody, NoQuery, Told
from podium.server.service import Service
from podium.server_errors import DrainingError, NothingThereError
from podium.views.rows import run_row
from podium.workflow.binding import Compiled
from podium.workflow.sentence import sentence_input
from podium.workflow.workflow import Workflow

MADE = 201
Plain = Asked[NoQuery, NoBody]


async def start(service: Service, asked: Asked[NoQuery, StartBody]) -> Told:
    """Start a run."""
    body = asked.body
    workflow = service.workflow(body.workflow)
    data = workflow.parse_input(_input(workflow, body))
    return await begin(service, workflow, data, run_id=body.id or _made_up(asked), tenant=body.tenant)


async def begin(service: Service, workflow: Compiled, data: dict[str, str], *, run_id: str, tenant: str = "") -> Told:
    """Start a run of that id, unless the same one is there; return it."""
    if service.drain.is_on:
        raise DrainingError
    is_there = await _is_there(service, run_id)
    target = service.settings.targets.get(workflow.name, "")
    run = await service.engine.start_fields(workflow, data, id=run_id, target=target, tenant=tenant)
    return await _made(service, run.id, is_new=not is_there)


async def demo(service: Service, asked: Plain) -> Told:
    """Start the demo's workflow."""
    if not service.settings.demo:
        message = "this server has no demo; `podium serve` without TARGET has one"
        raise NothingThereError(message)
    workflow = service.workflow(service.settings.demo)
    return await begin(service, workflow, workflow.parse_input("{}"), run_id=f"trip-{_made_up(asked)[:10]}")


async def fork(service: Service, asked: Asked[NoQuery, ForkBody]) -> Told:
    """Begin a new run as a copy."""
    if service.drain.is_on:
        raise DrainingError
    origin, body = asked.path["id"], asked.body
    run_id = body.id or f"{origin[:180]}-{_made_up(asked)[:10]}"
    handle = await service.engine.get(origin)
    try:
        await handle.fork(at=body.at, id=run_id, writes=body.writes)
    except DuplicateRunError:
        if not asked.key or not await _is_that_fork(service, asked, run_id):
            raise
        return await _made(service, run_id, is_new=False)
    return await _made(service, run_id, is_new=True)


async def _is_that_fork(service: Service, asked: Asked[NoQuery, ForkBody], run_id: str) -> bool:
    """Claim that a run is what is asked for: a copy of that run, after that event, with that leave to write."""
    first = await service.stories.event(run_id, 1)
    if not isinstance(first, RunForked) or (first.parent, first.may_write) != (asked.path["id"], asked.body.writes):
        return False
    if asked.body.at is None:
        return True
    _, copied = await load_to_go_on(service.engine.backend, first.parent, at=asked.body.at)
    return copied.seq == first.parent_seq


async def cancel(service: Service, asked: Asked[NoQuery, ReasonBody]) -> Told:
    """Call it off."""
    run_id = asked.path["id"]
    return await row_of(service, run_id, is_done=await ask_cancel(service, asked, run_id, asked.body.reason))


async def retry(service: Service, asked: Plain) -> Told:
    """Send it on from where it failed."""
    run_id = asked.path["id"]
    return await row_of(service, run_id, is_done=await ask_retry(service, asked, run_id))


async def resume(service: Service, asked: Plain) -> Told:
    """Hold it here, if nobody does."""
    if service.drain.is_on:
        raise DrainingError
    run_id = asked.path["id"]
    try:
        async with asyncio.timeout(service.settings.act_s):
            await service.engine.resume(run_id)
    except TimeoutError:
        return await row_of(service, run_id, is_done=False)
    return await row_of(service, run_id)


async def signal(service: Service, asked: Asked[NoQuery, SignalBody]) -> Told:
    """Send it a signal."""
    run_id, body = asked.path["id"], asked.body
    named = asked if body.id is None else _named(asked, body.id)
    payload = json_text(body.payload)
    is_done = await ask(service, named, run_id, inbox.SIGNAL, name=body.name, payload=payload)
    return await row_of(service, run_id, is_done=is_done)


def _named(asked: Asked[Any, Any], name: str) -> Asked[Any, Any]:
    """Return a request whose key is what its sender calls it."""
    return Asked(who=asked.who, path=asked.path, query=asked.query, body=asked.body, key=f"signal\n{name}")


def _input(workflow: Compiled, body: StartBody) -> str:
    if body.text is None:
        return json_text({} if body.input is None else body.input)
    if body.input is not None:
        message = "give `input` or `text`, not both"
        raise InvalidInputError(message)
    text = sentence_input(workflow, body.text) if isinstance(workflow, Workflow) else None
    if text is None:
        message = f"{workflow.name} takes no single text; give `input`"
        raise InvalidInputError(message)
    return text


def _made_up(asked: Asked[Any, Any]) -> str:
    """Return an id for a new run: the same for every try of a request."""
    return hashlib.sha256(asked.key.encode()).hexdigest()[:16] if asked.key else secrets.token_hex(8)


async def _is_there(service: Service, run_id: str) -> bool:
    try:
        await service.engine.info(run_id)
    except RunNotFoundError:
        return False
    return True


async def _made(service: Service, run_id: str, *, is_new: bool) -> Told:
    row = run_row(await service.engine.info(run_id))
    return Told(view=row, status=MADE if is_new else DONE, headers={"location": f"{API}/runs/{quote(run_id, safe='')}"})
