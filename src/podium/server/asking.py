"""Asking something of a run, once per Idempotency-Key, and waiting a while for the verdict."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from podium.engine import inbox
from podium.engine.inbox import INVALID
from podium.errors import InvalidAnswerError, RefusedError, StoreUnavailableError
from podium.server.route import Asked, Told
from podium.server.service import Service
from podium.server_errors import BadRequestError, DrainingError
from podium.views.rows import run_row

DONE, NOT_YET = 200, 202
_STORED_S = 2
"""What is written down later than so long after the wait for a verdict is not said to be."""

Act = Asked[Any, Any]


async def ask(service: Service, asked: Act, run_id: str, kind: str, **body: Any) -> bool:
    """Ask something of a run; say whether it is decided, and done: else it stays asked.

    What it carries is checked by the code of the run's workflow. Where that is not here, it is left to whoever has it.

    Raises:
        RefusedError, InvalidAnswerError: It can not be done; nothing has changed.
        RunNotFoundError: There is no such run. DamagedError, UnknownEventError: It can not be read.
        StoreUnavailableError: It may not be on disk yet.
    """
    if service.drain.is_on:
        raise DrainingError
    info = await service.engine.info(run_id)
    await service.engine.state(run_id)  # a run that can not be read says so, where asking would wait for ever
    is_free = kind in (inbox.CANCEL, inbox.RETRY) or body.get("answer", "") is None
    put = service.engine.ask if is_free or service.has_code(info.graph_hash) else service.engine.leave
    name = inbox_id(asked, run_id)
    try:
        async with asyncio.timeout(service.settings.act_s):
            verdict = await put(run_id, kind, name, **body)
    except TimeoutError:
        await _stays_asked(service, run_id, kind, name, body)
        return False
    if verdict.startswith(INVALID):
        raise InvalidAnswerError(verdict.removeprefix(INVALID))
    if verdict:
        raise RefusedError(verdict)
    return True


async def _stays_asked(service: Service, run_id: str, kind: str, name: str, body: Mapping[str, Any]) -> None:
    """Return once it is on disk that something is asked, which counts once; raise StoreUnavailableError."""
    try:
        async with asyncio.timeout(min(_STORED_S, service.settings.act_s)):
            await service.engine.post(run_id, kind, name, **body)
    except TimeoutError as error:
        message = (
            "the store does not take what is asked, and nobody knows yet whether it will; ask again with the same"
            " Idempotency-Key, and it counts once"
        )
        raise StoreUnavailableError(message) from error


async def ask_cancel(service: Service, asked: Act, run_id: str, reason: str) -> bool:
    """Call a run off; as `ask`."""
    return await ask(service, asked, run_id, inbox.CANCEL, reason=reason, by=asked.who.name)


async def ask_retry(service: Service, asked: Act, run_id: str) -> bool:
    """Send a run on from where it failed; as `ask`."""
    return await ask(service, asked, run_id, inbox.RETRY, by=asked.who.name)


async def row_of(service: Service, run_id: str, *, is_done: bool = True) -> Told:
    """Return how a run stands now, for whoever asked something of it."""
    return Told(view=run_row(await service.engine.info(run_id)), status=DONE if is_done else NOT_YET)


def inbox_id(asked: Act, run_id: str) -> str:
    """Return the name under which what is asked counts once: the same for every try of a request."""
    if not asked.key:
        return secrets.token_hex(8)
    return hashlib.sha256(f"{asked.key}\n{run_id}".encode()).hexdigest()[:32]


def json_text(value: JsonValue) -> str:
    """Return a value that came in a body as JSON text; raise BadRequestError where it holds a NaN or an infinity."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        message = "the body holds a number that JSON does not have; expected finite ones"
        raise BadRequestError(message, faults=(("body", "finite numbers"),)) from error
