"""What an append costs in the SQLite store: CPU and wall time per event, for batches of several sizes.

    python -m bench.append

One batch is what the loop appends before it waits for the commit: half as many runs as events, two events each, as a
node of a workflow makes them. CPU is that of the whole process: encoding, queue, writer, SQLite, telling.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from podium.core.events import RunStarted, StepDone, StepStarted
from podium.engine.ports import Append, Projection, RunInfo, Status, Store
from podium.memory.store import MemoryStore
from podium.sqlite.store import SqliteStore

BATCHES = {1: 300, 10: 300, 100: 100, 1000: 20}
RUNNING = Projection(status=Status.RUNNING)
CHANGES = {"text": '"' + "x" * 100 + '"'}


class Told:
    """Resolves when everything up to a ticket is committed."""

    def __init__(self) -> None:
        self.commits = 0
        self._ticket = 0
        self._future: asyncio.Future[None] | None = None

    def until(self, ticket: int) -> asyncio.Future[None]:
        """Return what resolves at the commit of `ticket`."""
        self._ticket = ticket
        self._future = asyncio.get_running_loop().create_future()
        return self._future

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """See `Commits.committed`."""
        assert not lost, lost
        self.commits += 1
        if self._future and ticket >= self._ticket and not self._future.done():
            self._future.set_result(None)

    def store_failed(self, error: Exception) -> None:
        """See `Commits.store_failed`."""
        raise error

    def store_stalled(self, reason: str | None) -> None:
        """See `Commits.store_stalled`."""
        print("stalled:", reason)


async def measure(store: Store, size: int, rounds: int) -> str:
    """Append `rounds` batches of `size` events and return a line about it."""
    told = Told()
    await store.open(told)
    runs = max(1, size // 2)
    per_run = size // runs
    await asyncio.gather(*(_create(store, f"run-{index}") for index in range(runs)))
    told.commits, seq = 0, 2
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        ticket = 0
        for index in range(runs):
            ticket = store.append(_node(f"run-{index}", seq, per_run))
        seq += per_run
        await told.until(ticket)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await store.close()
    count = rounds * runs * per_run
    return (
        f"{type(store).__name__:12} batch {size:5}: {cpu / count * 1e6:7.1f} µs CPU an event,"
        f" {count / wall:8.0f} events/s, {told.commits / rounds:.1f} commits a batch"
    )


def _node(run_id: str, seq: int, count: int) -> Append:
    """Return the news of one node, or of half of one."""
    events = (StepStarted(at=1, path="draft#7"), StepDone(at=2, path="draft#7", changes=CHANGES))
    return Append(run_id=run_id, epoch=1, first_seq=seq, events=events[:count], projection=RUNNING)


async def _create(store: Store, run_id: str) -> None:
    info = RunInfo(id=run_id, workflow="bench", graph_hash="h")
    await store.create(info, "{}", [RunStarted(at=1, run_id=run_id, data={})], RUNNING)


def main() -> None:
    """Print a line per store and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", help="where the databases go: a disk that syncs, not memory")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory(dir=folder) as place:
        for size, rounds in BATCHES.items():
            print(asyncio.run(measure(SqliteStore(Path(place) / f"{size}.db"), size, rounds)))
        for size, rounds in BATCHES.items():
            print(asyncio.run(measure(MemoryStore(), size, rounds)))


if __name__ == "__main__":
    main()
