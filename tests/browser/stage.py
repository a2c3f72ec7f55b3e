"""A real server for the browser tests: uvicorn on loopback over SQLite, in a thread with a loop of its own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from podium import Engine
from podium.engine.status import Status
from podium.server.app import application
from podium.server.gate import GateSettings
from podium.server.serving import Listening, serve
from podium.server.settings import Settings
from tests.browser.flows import GATES, WORKFLOWS

T = TypeVar("T")

_WAIT_S = 120


class Stage:
    """The server, and what a test does behind its back.

    Attributes:
        url: Where it is.
        engine: What it stands on; used by `call` alone.
    """

    def __init__(self, url: str, engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.engine = engine
        self._loop = loop

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_WAIT_S)

    def start(self, workflow: Any, given: BaseModel, run_id: str) -> str:
        """Start a run and return its id."""
        return self.call(self.engine.start(workflow, given, id=run_id)).id

    def run_until(self, run_id: str, *statuses: Status) -> None:
        """Wait until a run stands one of these ways."""
        self.call(self._until(run_id, statuses))

    def close(self, name: str) -> None:
        """Put a closed door into a step."""
        self._loop.call_soon_threadsafe(GATES.close, name)

    def open(self, name: str) -> None:
        """Let whoever waits at it go on."""
        self._loop.call_soon_threadsafe(GATES.open, name)

    async def _until(self, run_id: str, statuses: tuple[Status, ...]) -> None:
        with self.engine.news(run_id) as news:
            while (await self.engine.info(run_id)).status not in statuses:
                news.clear()
                if (await self.engine.info(run_id)).status not in statuses:
                    await news.wait()


@contextmanager
def stage(folder: Path, *, port: int = 0, workflows: Sequence[Any] = WORKFLOWS) -> Iterator[Stage]:
    """Serve from a folder until the block ends."""
    ready: Future[tuple[Stage, asyncio.Event]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(folder, port, workflows, ready)), name="stage")
    thread.start()
    there, stop = ready.result(_WAIT_S)
    try:
        yield there
    finally:
        there.call(_set(stop))
        thread.join(_WAIT_S)


async def _set(stop: asyncio.Event) -> None:
    stop.set()


async def _serve(
    folder: Path, port: int, workflows: Sequence[Any], ready: "Future[tuple[Stage, asyncio.Event]]"
) -> None:
    listening = Listening("127.0.0.1", port)
    stop = asyncio.Event()
    settings = Settings(
        gate=GateSettings(host="127.0.0.1", tokens=folder / "tokens.json", audit=folder / "audit.jsonl"),
        port=port,
        targets={workflow.name: "flows.py" for workflow in workflows},
        keys=folder / "keys.db",
        demo=workflows[0].name,
        grace_s=0.2,
    )
    try:
        async with Engine(f"sqlite:///{folder / 'runs.db'}", workflows=list(workflows), recovers=True) as engine:
            there = Stage(listening.url, engine, asyncio.get_running_loop())
            app = application(engine, settings)
            await serve(app, listening, stop=stop, told=lambda: ready.set_result((there, stop)))
    except BaseException as error:
        if not ready.done():
            ready.set_exception(error)
        raise
