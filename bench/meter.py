"""What a probe measures with: CPU and wall of a stretch, a database to write, many runs at once."""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench import trace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from types import TracebackType

# Not the system's temporary folder: that is often kept in memory, where fsync costs nothing.
SCRATCH = Path(__file__).parent.parent / "build" / "bench"


class Meter:
    """CPU time (all threads of this process) and wall time of a `with` block, in seconds."""

    cpu_s = 0.0
    wall_s = 0.0

    def __enter__(self) -> Self:
        """Begin, and mark it for whoever traces this process."""
        trace.mark(trace.BEGIN)
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End; the figures are ready whether or not the block failed."""
        self.cpu_s = time.process_time() - self._cpu
        self.wall_s = time.perf_counter() - self._wall
        trace.mark(trace.END)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give an empty folder on the project's disk, and remove it after."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        yield Path(folder)


async def drive(one: Callable[[int], Awaitable[object]], *, runs: int, concurrency: int) -> None:
    """Do `one(number)` for 0 … runs - 1, `concurrency` of them at any time."""
    numbers = iter(range(runs))

    async def worker() -> None:
        for number in numbers:
            await one(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(worker())


def bytes_in(folder: Path) -> int:
    """Return the size of all files below `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def per_step_ms(stamps: Sequence[float], *, over: int = 100) -> tuple[float, float]:
    """Return CPU ms per step over the first and over the last `over` steps.

    Args:
        stamps: `time.process_time()` taken once in each step, in order; more than `over`.
        over: How many steps to take the mean of.
    """
    first = (stamps[over] - stamps[0]) / over
    last = (stamps[-1] - stamps[-1 - over]) / over
    return first * 1000, last * 1000
