"""Deciding about a run from outside: at once where no process holds it, else by the one that does."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

from podium.cli.database import Database, engine, existing
from podium.cli.ending import GOES_ON
from podium.cli.say import note, tell
from podium.cli.target import Target, load
from podium.core import stimuli as st
from podium.engine import inbox
from podium.engine.engine import Engine
from podium.engine.ports import RunInfo
from podium.errors import BadTargetError, PodiumError, RefusedError

_OTHERS_S = 2.0
"""How long to wait for another process to decide about what can not be checked here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a run.

    Attributes:
        run: Its id.
        kind: One of those of `engine.inbox`.
        body: What goes with it.
        done: What to say when it was decided.
    """

    run: str
    kind: str
    body: dict[str, Any]
    done: str


async def decide(db: str, asked: Asked) -> int:
    """Have something decided that needs none of the workflow's code.

    Raises:
        RefusedError: The run is in no state for it. DamagedError, UnknownEventError: The run can not be read.
    """
    at = existing(db)
    async with engine(at) as opened:
        await opened.state(asked.run)  # a run that can not be read says so, where asking would wait for ever
        _check(await opened.ask(asked.run, asked.kind, secrets.token_hex(8), **asked.body))
        await _say_done(opened, asked, at)
    return 0


async def decide_checked(db: str, asked: Asked) -> int:
    """Have something decided whose `answer` is to be checked by the workflow's code.

    Where the code can not be loaded, it is left to a worker that has it.

    Raises:
        InvalidAnswerError: The answer does not fit; nothing has changed. Otherwise as `decide`.
    """
    at = existing(db)
    async with engine(at) as opened:
        state = await opened.state(asked.run)
        info = await opened.info(asked.run)
        try:
            code = code_of(info)
        except PodiumError as why:
            await _leave(opened, info, asked, at=at, why=str(why))
            return 0
        checked = inbox.stimulus(inbox.row("", asked.run, asked.kind, 0, **asked.body), state, code.workflow)
        assert isinstance(checked, st.AnswerGiven | st.Resolution), asked.kind
        body = {**asked.body, "answer": checked.answer}
        _check(await opened.ask(asked.run, asked.kind, secrets.token_hex(8), **body))
        await _say_done(opened, asked, at)
    return 0


def code_of(info: RunInfo) -> Target:
    """Return the code that a run was started with.

    Raises:
        BadTargetError: It is not known where that is, it can not be imported, or has another structure now.
        DefinitionErrors: It is wrong now.
    """
    if not info.target:
        message = f"run {info.id} was started by a program, not by TARGET; resume it there, or with `podium worker`"
        raise BadTargetError(message)
    found = load(info.target)
    if found.workflow.hash != info.graph_hash:
        message = (
            f"{info.target} has another structure now than run {info.id} was started with"
            f" (graph {found.workflow.hash}, not {info.graph_hash}): bring that code back, or fork the run"
        )
        raise BadTargetError(message)
    return found


def _check(reason: str) -> None:
    if reason:
        raise RefusedError(reason)


async def _leave(opened: Engine, info: RunInfo, asked: Asked, *, at: Database, why: str) -> None:
    waiting = opened.leave(asked.run, asked.kind, secrets.token_hex(8), **asked.body)
    try:
        reason = await asyncio.wait_for(waiting, _OTHERS_S)
    except TimeoutError:
        target = info.target or "TARGET"
        tell(f"accepted; it is decided when a worker runs: {at.command('worker', target)}")
        note(f"(it can not be decided here: {why})")
        return
    _check(reason)
    await _say_done(opened, asked, at)


async def _say_done(opened: Engine, asked: Asked, at: Database) -> None:
    info = await opened.info(asked.run)
    tell(f"{asked.done}; run {info.id} is {info.status}")
    if info.status in GOES_ON and info.owner in (None, opened.worker_id):
        target = info.target or "TARGET"
        note(f"it goes on in a worker: {at.command('worker', target)}")
        note(f"or in this terminal:    {at.command('runs', 'resume', info.id)}")
