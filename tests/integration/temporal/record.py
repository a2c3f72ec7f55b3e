"""Record histories for `tests/golden/temporal`: `python -m tests.integration.temporal.record FOLDER`.

To be done for a new feature only. What is there was written by a Podium that somebody may have runs of: a change that
can not replay it would break those runs.
"""

import asyncio
import base64
import json
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from temporalio.client import Client

from podium.temporal.wire import Limits
from tests.integration.crash.outside import Outside
from tests.integration.temporal.bare import BEATS, BareClient, Run
from tests.integration.temporal.flows import ALL
from tests.integration.temporal.processes import ROOT, processes
from tests.integration.temporal.server import Server
from tests.integration.temporal.worker import worker_of

Play = Callable[[BareClient], Awaitable[Run]]


async def plain(bare: BareClient) -> Run:
    """Reads and writes, alone and inside steps."""
    return await bare.start(ALL["ten"])


async def wide(bare: BareClient) -> Run:
    """Nodes side by side."""
    return await bare.start(ALL["wide"])


async def nested(bare: BareClient) -> Run:
    """A nested workflow whose error edge undoes what it wrote."""
    return await bare.start(ALL["edge"])


async def saga(bare: BareClient) -> Run:
    """What was written is undone."""
    return await bare.start(ALL["five"])


async def waits(bare: BareClient) -> Run:
    """Retries, and a timer."""
    return await bare.start(ALL["napping"])


async def people(bare: BareClient) -> Run:
    """A question, a refused and an accepted answer."""
    run = await bare.start(ALL["asking"])
    await run.until("waiting")
    await run.answer("judge", "perhaps")
    await run.answer("judge", "yes")
    return run


async def consent(bare: BareClient) -> Run:
    """A write that a person consents to."""
    run = await bare.start(ALL["spending"])
    await run.until("waiting")
    await run.answer("spend", answer=True)
    return run


async def cancel(bare: BareClient) -> Run:
    """A run that is called off."""
    run = await bare.start(ALL["hearing"])
    await run.until("waiting")
    await run.cancel()
    return run


async def long(bare: BareClient) -> Run:
    """A run that goes on in new executions."""
    run = await bare.start(ALL["counting"], until=20, limits=Limits(history_max=60))
    await run.signal("hark", "a")
    await run.signal("hark", "b")
    return run


async def plans(bare: BareClient) -> Run:
    """A plan that fails, and another one."""
    return await bare.start(ALL["planning"])


_PLACE = re.compile(rf"{re.escape(str(ROOT))}/|/[^\s\"\\]*/site-packages/|/[^\s\"\\]*/lib/python[\d.]+/")
"""Where code lies on a machine."""

_PROCESS = re.compile(r"\d+@\S+$|\d+@\S+[-:]\w+")
"""How the SDK names a process of a machine."""

PLAYS: tuple[Play, ...] = (plain, wide, nested, saga, waits, people, consent, cancel, long, plans)


async def lost(address: str, client: Client, folder: Path) -> Run:
    """A worker that dies with a keyed write on its way."""
    outside = Outside(Path(tempfile.mkdtemp()))
    bare = BareClient(client, "lost")
    with processes(address, bare) as workers:
        mortal = workers.start(outside.deadly("after", "Busan"))
        run = await bare.start(ALL["ten"], limits=BEATS)
        mortal.until_dead()
        workers.start(outside)
        await run.over()
    await _keep(run, folder / "lost.json")
    return run


async def _keep(run: Run, path: Path) -> None:
    history = json.loads((await run.handle.fetch_history()).to_json())
    path.write_text(json.dumps(_nameless(history), separators=(",", ":")) + "\n")


def _nameless(value: Any) -> Any:
    """Leave out which process of which machine it was."""
    if isinstance(value, dict):
        return {name: _of_data(inner) if name == "data" else _nameless(inner) for name, inner in value.items()}
    if isinstance(value, str):
        return "worker" if _PROCESS.match(value) else _placeless(value)
    return [_nameless(inner) for inner in value] if isinstance(value, list) else value


def _of_data(data: str) -> str:
    """Return a payload without where the code lay."""
    return base64.b64encode(_placeless(base64.b64decode(data).decode()).encode()).decode()


def _placeless(text: str) -> str:
    return _PLACE.sub("", text)


async def _record(folder: Path) -> None:
    server = Server(Path(tempfile.mkdtemp()) / "temporal.db")
    await asyncio.to_thread(server.start)
    try:
        client = await server.connect()
        for play in PLAYS:
            mode = "sold-out" if play in (saga, nested) else "first"
            queue, outside = play.__name__, Outside(Path(tempfile.mkdtemp()), mode=mode)
            async with worker_of(client, queue, outside):
                run = await play(BareClient(client, queue))
                await run.over()
                await _keep(run, folder / f"{play.__name__}.json")
        await lost(server.address, client, folder)
    finally:
        server.kill()


if __name__ == "__main__":
    asyncio.run(_record(Path(sys.argv[1])))
