"""`podium worker`: a process that keeps runs going, whoever started them."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.database import Database, database, engine
from podium.cli.follow import story_in
from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.interrupt import either, interruptible
from podium.cli.leash import hold
from podium.cli.observed import observed
from podium.cli.say import note, tell
from podium.cli.supervise import Crew, supervise
from podium.cli.target import Target, load_all
from podium.cli.verb import Verb
from podium.draw.words import clean
from podium.engine.engine import Engine
from podium.engine.ports import RunFilter, RunInfo, Status
from podium.errors import BadEngineUrlError
from podium.telemetry.logs import begin_logging
from podium.views.tree_rows import waits_for_people_only

GRACE_S = 30
_LOOK_S = 0.2
_PAGE = 500
_MOVES = (Status.RUNNING, Status.COMPENSATING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Take runs over and keep them going, until SIGTERM or Ctrl-C.

    Every run in the database that nobody holds and whose workflow is in TARGET is taken. Asked to stop, a worker takes
    nothing more, lets steps that are under way end, and gives its runs up to others. With --workers, one that dies is
    started again.
    """

    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET...", help="module, module:name or file.py[:name]; all its workflows.")
    ]
    db: Db = DEFAULT_DB
    grace: Annotated[
        float, typer.Option("--grace", min=0, metavar="SECONDS", help="How long steps may take to end when stopping.")
    ] = GRACE_S
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Stop when every run is over, parked, or waits for people or signals.")
    ] = False
    workers: Annotated[
        int, typer.Option("--workers", min=1, metavar="N", help="How many processes work on the database.")
    ] = 1
    leashed: Annotated[bool, typer.Option("--leashed", hidden=True)] = False


async def _work(asked: Worker) -> int:
    if asked.leashed:
        hold(grace_s=asked.grace)
    at = database(asked.db)
    if asked.workers > 1:
        return await supervise(Crew(command=_one(asked, at), count=asked.workers, until_idle=asked.until_idle))
    begin_logging()
    targets = [target for text in asked.targets for target in load_all(text)]
    with interruptible() as stop:
        async with observed(engine(at, targets, recovers=True)) as opened:
            names = ", ".join(sorted({target.workflow.name for target in targets}))
            note(f"worker on {at.url}: {names}")
            log = _Log(opened)
            telling = asyncio.get_running_loop().create_task(log.go_on())
            await _until_idle(opened, targets, stop) if asked.until_idle else await stop.wait()
            if stop.is_set():
                note(f"stopping: steps under way may end, for {asked.grace:g} s at most; again to kill")
            await opened.drain(grace_ms=int(asked.grace * 1000))
            await asyncio.wait(
                {telling, asyncio.get_running_loop().create_task(log.all_said())}, return_when=asyncio.FIRST_COMPLETED
            )
            telling.cancel()
    return 0


def _one(asked: Worker, at: Database) -> list[str]:
    """Return the command that starts one of several workers."""
    if not at.is_kept:
        message = "runs in memory belong to one process: --workers wants a database in a file"
        raise BadEngineUrlError(message)
    idle = ["--until-idle"] if asked.until_idle else []
    words = [*asked.targets, "--db", asked.db, "--grace", f"{asked.grace:g}", *idle, "--leashed"]
    return [sys.executable, "-m", "podium.cli", "worker", *words]


class _Log:
    """Prints a line each time a run of this process stands differently."""

    def __init__(self, opened: Engine) -> None:
        self._opened, self._statuses = opened, opened.statuses()
        self._known: dict[str, Status] = {}

    async def go_on(self) -> None:
        """Print lines for ever."""
        while True:
            run_id, status = await self._statuses.get()
            await self._say(run_id, status)
            self._statuses.task_done()

    async def all_said(self) -> None:
        """Wait until everything that is known has been printed; a line that is being made is not cut off."""
        await self._statuses.join()

    async def _say(self, run_id: str, status: Status) -> None:
        if self._known.get(run_id) is status:
            return
        self._known[run_id] = status
        if status not in _MOVES:
            del self._known[run_id]  # it may be another process's next
        tell(_line(await self._opened.info(run_id), status))
        sys.stdout.flush()


def _line(info: RunInfo, status: Status) -> str:
    why = info.error or "" if status is info.status and status is not Status.RUNNING else ""
    return f"{time.strftime('%H:%M:%S')}  {status:<10} {clean(f'{info.workflow} {info.id}  {why}', chars_max=400)}"


async def _until_idle(opened: Engine, targets: Sequence[Target], stop: asyncio.Event) -> None:
    """Wait until no run of these workflows can move by itself, or somebody asks to stop."""
    names = {target.workflow.name for target in targets}
    with opened.news() as news:
        while not stop.is_set() and await _moves(opened, names):
            news.clear()
            timer = asyncio.get_running_loop().call_later(_LOOK_S, news.set)  # another process's is not told at once
            await either(news, stop)
            timer.cancel()


async def _moves(opened: Engine, names: set[str]) -> bool:
    for name in names:
        if await opened.runs(RunFilter(statuses=_MOVES, workflow=name, limit=1)):
            return True
        if await _waits_for_time(opened, name):
            return True
    return False


async def _waits_for_time(opened: Engine, name: str) -> bool:
    """Claim that a waiting run of a workflow goes on by itself, when a time comes."""
    before: str | None = None
    while page := await opened.runs(RunFilter(statuses=(Status.WAITING,), workflow=name, limit=_PAGE, before=before)):
        for info in page:
            if info.wake_at is not None and not waits_for_people_only(
                (await story_in(opened, info.id, events=True)).state
            ):
                return True
        before = page[-1].id
    return False


VERB = Verb(
    Worker, _work, ("podium worker app.py", "podium worker flows.travel flows.desk --db /srv/podium.db --workers 4")
)
