"""What a worker process of these tests does, and the store that kills it at a commit of its choice."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock

from podium import Engine, Verb
from podium.core.events import Event
from podium.engine.live import LiveRun
from podium.engine.ports import Append, Clock, Commits, Status
from podium.errors import RefusedError, RunEndedError
from podium.sqlite.connection import Place, connect
from podium.sqlite.lease import Terms
from podium.sqlite.store import SqliteStore
from tests.inside import inner
from tests.integration.crash.outside import Outside, die
from tests.integration.crash.plans import planning
from tests.integration.crash.sagas import SAGAS
from tests.integration.crash.waiting import Ahead
from tests.integration.crash.workflows import ALL, Trip, touring
from tests.integration.telemetry.kept import spans_kept_in

WORKFLOWS: dict[str, Any] = {**ALL, **SAGAS, touring.name: touring, planning.name: planning}


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is to do.

    Attributes:
        verb: A function of this module.
        outside: The other side; the database lies in its folder too.
        workflow: Which.
        runs: The ids of the runs concerned.
        dies_after: Die once so many appends are on disk, and nothing after them: 0 once the run was made; None: never.
        dies_in: Die inside the transaction of so many commits later instead.
        ahead_ms: How far its clock is ahead of the others.
        is_eager: Append what each piece of news leads to at once, rather than what a few turns of the loop do.
        rest: For the verb.
    """

    verb: str
    outside: Outside
    workflow: str = "ten"
    runs: tuple[str, ...] = ("one",)
    dies_after: int | None = None
    dies_in: int | None = None
    ahead_ms: int = 0
    is_eager: bool = False
    rest: dict[str, Any] = field(default_factory=dict)


def main(job: Job, told: Connection) -> None:
    """Do a job in a process of its own, and tell what came of it."""
    told.send(asyncio.run(_VERBS[job.verb](job)))


class Mortal(SqliteStore):
    """Kills its process right after the n-th append is on disk, and lets nothing go there that came later.

    Attributes:
        appends: How many there were.
    """

    def __init__(self, path: Path, *, dies_after: int | None, clock: Clock) -> None:
        super().__init__(path, terms=Terms(now_ms=clock.now_ms, mono_ms=clock.mono_ms))
        self.appends = self._last = 0
        self._dies_after = sys.maxsize if dies_after is None else dies_after
        self._engine: Commits

    async def open(self, commits: Commits) -> None:
        self._engine = commits
        await super().open(self)

    async def create(self, *args: Any, **kwargs: Any) -> Any:
        made = await super().create(*args, **kwargs)
        if self._dies_after == 0:
            die()
        return made

    def append(self, news: Append) -> int:
        self.appends += 1
        if self.appends > self._dies_after:
            return self._last + self.appends  # never on disk
        self._last = super().append(news)
        return self._last

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        if self.appends >= self._dies_after and ticket >= self._last:
            die()
        self._engine.committed(ticket, lost)

    def store_failed(self, error: Exception) -> None:
        self._engine.store_failed(error)

    def store_stalled(self, reason: str | None) -> None:
        self._engine.store_stalled(reason)


class _Commits:
    """Counts the transactions of a connection, and dies when the last of them is about to be committed."""

    def __init__(self, count: int) -> None:
        self.left = count

    def connect(self, place: Place) -> sqlite3.Connection:
        connection = connect(place)
        connection.set_trace_callback(self.trace)
        return connection

    def trace(self, statement: str) -> None:
        if statement.startswith("INSERT INTO journal") or "INTO runs" in statement:
            self.left -= 1
            if self.left == 0:
                die()


def _note_and_flush(run: LiveRun, events: list[Event], *, note: Any = LiveRun._note) -> None:
    note(run, events)
    run.flush()


@asynccontextmanager
async def engine_of(job: Job, *names: str) -> AsyncIterator[Engine]:
    """Open an engine as a worker with the code of some workflows."""

    @asynccontextmanager
    async def resources() -> AsyncIterator[Outside]:
        yield job.outside

    path, clock = job.outside.folder / "podium.db", Ahead(job.ahead_ms)
    store: Callable[..., Mortal] = lambda *_: Mortal(path, dies_after=job.dies_after, clock=clock)  # noqa: E731
    commits = _Commits(job.dies_in or -1)
    workflows = [WORKFLOWS[name] for name in names]
    engine = Engine("sqlite:///x", workflows=workflows, resources=resources, clock=clock)
    note = _note_and_flush if job.is_eager else LiveRun._note
    if "sends_after_s" in job.rest:
        engine.observe(spans_kept_in(job.outside.folder, sends_after_s=job.rest["sends_after_s"]))
    with (
        mock.patch("podium.engine.url.store_of", store),
        mock.patch("podium.sqlite.writer.connect", commits.connect),
        mock.patch.object(LiveRun, "_note", note),
    ):
        async with engine:
            yield engine


def _mortal(engine: Engine) -> Mortal:
    store = inner(engine).store
    assert isinstance(store, Mortal)
    return store


async def _run(job: Job) -> dict[str, Any]:
    """Start the runs, or find them, and wait for their ends."""
    async with engine_of(job, job.workflow) as engine:
        runs = [await engine.start(ALL[job.workflow], Trip(), id=name) for name in job.runs]
        results = [(await run.result()).model_dump_json() for run in runs]
        infos = [await run.status() for run in runs]
        return {
            "results": results,
            "appends": _mortal(engine).appends,
            "statuses": [info.status.value for info in infos],
            "journal": [type(event).__name__ for _, event in await engine.events(job.runs[0])],
        }


async def _until_parked(job: Job) -> dict[str, Any]:
    """Take the run over, and wait until it parks."""
    async with engine_of(job, job.workflow) as engine:
        run = await engine.get(job.runs[0])
        await _shown(engine, job.runs[0], Status.PARKED)
        (step,) = await engine.parked(run_id=run.id)
        return {"reason": step.reason, "detail": step.detail, "tool": step.tool, "path": step.path}


async def _resolve(job: Job) -> dict[str, Any]:
    """Decide about the parked step with no code at hand, then, with it, wait for the end of the run."""
    async with engine_of(job, job.workflow) as engine:
        run = await engine.get(job.runs[0])
        await run.resolve("pay", Verb(job.rest["verb"]), answer=job.rest.get("answer"))
        try:
            return {"paid": (await run.result()).paid}
        except RunEndedError as error:
            return {"error": type(error).__name__}


async def _serve(job: Job) -> dict[str, Any]:
    """Keep all runs going until each is over or parked."""
    names = tuple(job.rest["workflows"])
    async with engine_of(job, *names) as engine:
        for run_id, name in job.rest.get("starts", {}).items():
            await engine.start(WORKFLOWS[name], Trip(), id=run_id)
        ends = [_settled(engine, run_id) for run_id in job.runs]
        return dict(zip(job.runs, await asyncio.gather(*ends), strict=True))


async def _shown(engine: Engine, run_id: str, status: Status) -> None:
    news = inner(engine).host.watchers.news()
    while (await engine.info(run_id)).status is not status:
        news.clear()
        await news.wait()


async def _settled(engine: Engine, run_id: str) -> str:
    news = inner(engine).host.watchers.news()
    while not ((info := await engine.info(run_id)).status.is_terminal or info.status is Status.PARKED):
        news.clear()
        await news.wait()
    return f"{info.status.value} {info.error or ''}".strip()


async def _end(job: Job) -> dict[str, Any]:
    """Start the run, or find it, and wait for its end, however it ends."""
    async with engine_of(job, job.workflow) as engine:
        run = await engine.start(WORKFLOWS[job.workflow], Trip(), id=job.runs[0])
        how = ""
        try:
            await run.result()
        except RunEndedError as error:
            how = type(error).__name__
        info = await run.status()
        left = [*await engine.parked(), *(info for info in [info] if info.owner or info.undoing_since)]
        told = {"status": info.status.value, "ended": how, "error": info.error or "", "left": left}
        return {**told, "appends": _mortal(engine).appends}


async def _again(job: Job) -> dict[str, Any]:
    """Send the compensated run on, unless that was done, and wait for its end."""
    async with engine_of(job, job.workflow) as engine:
        run = await engine.get(job.runs[0])
        if (await run.status()).status is Status.COMPENSATED:
            await run.retry(by="ann")
        await run.result()
        return {"status": (await run.status()).status.value, "appends": _mortal(engine).appends}


async def _park(job: Job) -> dict[str, Any]:
    """Start the run, or find it, and wait until it shows as parked; tell what there is to decide."""
    async with engine_of(job, job.workflow) as engine:
        inner(engine).host.around = replace(inner(engine).host.around, share=lambda: job.rest["share"])
        run = await engine.start(WORKFLOWS[job.workflow], Trip(), id=job.runs[0])
        await _shown(engine, job.runs[0], Status.PARKED)
        if "dies" in job.rest:
            die()
        (record,) = await run.parked()
        step, tried = record.step, [one.failure.message for one in record.tried]
        told = {"path": step.path, "reason": step.reason, "version": step.version, "tried": tried}
        return {**told, "waiting": list(record.waiting)}


async def _decide(job: Job) -> list[str]:
    """Decide twice about the parked step, as it was seen, with no code at hand."""
    async with engine_of(job) as engine:
        run = await engine.get(job.runs[0])
        path, verb, version = job.rest["path"], Verb(job.rest.get("verb", "done")), job.rest["version"]
        verdicts = []
        for _ in range(2):
            try:
                await run.resolve(path, verb, by="ann", version=version)
                verdicts.append("")
            except RefusedError as refused:
                verdicts.append(type(refused).__name__)
        return verdicts


_VERBS: dict[str, Callable[[Job], Any]] = {
    "run": _run,
    "end": _end,
    "again": _again,
    "park": _park,
    "decide": _decide,
    "until_parked": _until_parked,
    "resolve": _resolve,
    "serve": _serve,
}
