"""Power fails: the log is cut at every sector, whole or torn. What was told is there, and what is there is a beginning.

A disk writes sectors of 512 bytes. What was synced is there; of what was not, any part may be: up to some sector, with
zeros or what lay there before behind it, or all but one.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from podium import Approve
from podium.core.events import Event
from podium.engine.loading import restored
from podium.errors import RunNotFoundError
from podium.sqlite import queries
from podium.sqlite.connection import connect_reader
from tests.inside import inner
from tests.integration.crash.outside import Outside
from tests.integration.disk.children import in_process
from tests.integration.disk.flows import Log, Trip, engine_on, touring
from tests.integration.disk.recording import AFTER, PARTS, Recording, record

pytestmark = [pytest.mark.process, pytest.mark.slow]

SECTOR = 512

TORN_STEP = 3 * SECTOR
"""Of the torn logs a third is tried, at every place within a frame of the log (4120 bytes); of the cut ones, all."""


@dataclass(slots=True)
class Recorded:
    """A run that was recorded, as files."""

    folder: Path
    recording: Recording

    def file(self, part: int) -> bytes:
        return (self.folder / PARTS[part]).read_bytes()

    def log(self, part: int) -> bytes:
        return (self.folder / f"{PARTS[part]}-wal").read_bytes()

    def told(self, part: int, end: int) -> int:
        """Return how many events somebody had been told of when the log of that part ended there."""
        before = max((seq for of, _, seq in self.recording.told if of < part), default=0)
        return max((seq for of, at, seq in self.recording.told if of == part and at <= end), default=before)

    def keys(self, part: int, end: int) -> list[str]:
        """Return the keys of the writes that had been sent by then."""
        return [key for of, at, key in self.recording.sent if (of, at) <= (part, end)]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("recorded")
    return Recorded(folder, in_process(record, folder))


Tear = Callable[[bytes, int, bytes], bytes]


def cut(log: bytes, end: int, _: bytes) -> bytes:
    """Nothing behind it."""
    return log[:end]


def zeros(log: bytes, end: int, _: bytes) -> bytes:
    """The file has grown already, and there is nothing in it."""
    return log[:end].ljust(len(log), b"\0")


def stale(log: bytes, end: int, before: bytes) -> bytes:
    """What the log held before it was begun anew."""
    return log[:end] + before[end:]


def hole(log: bytes, end: int, before: bytes) -> bytes:
    """All of it is there but this one sector, which was to be written before the others."""
    return log[:end] + before[end : end + SECTOR].ljust(SECTOR, b"\0") + log[end + SECTOR :]


@pytest.mark.parametrize("tear", [cut, zeros, stale, hole], ids=lambda tear: str(tear.__name__))
@pytest.mark.parametrize("part", [0, 1])
def test_log_torn_at_any_sector_holds_what_was_told_and_a_beginning_of_the_run(
    recorded: Recorded, tmp_path: Path, part: int, tear: Tear
) -> None:
    log, before = recorded.log(part), recorded.log(1 - part)
    path = tmp_path / "torn.db"
    path.write_bytes(recorded.file(part))
    whole = load(path, log)
    lengths = set()
    for end in range(0, len(log), SECTOR if tear is cut else TORN_STEP):
        events = load(path, tear(log, end, before))
        assert events == whole[: len(events)], end
        assert len(events) >= recorded.told(part, end), end
        intended = [event.key for event in events if hasattr(event, "key")]
        assert set(recorded.keys(part, end)) <= set(intended), end
        lengths.add(len(events))
    assert len(lengths) >= 3, "it was cut in the run, and not only around it"


def test_checkpoint_that_was_broken_off_loses_nothing(recorded: Recorded, tmp_path: Path) -> None:
    """Any sector of the file is the new one or the old one, as the disk came to write them; the log is whole."""
    old, new = recorded.file(0), (recorded.folder / AFTER).read_bytes()
    path = tmp_path / "mixed.db"
    path.write_bytes(old)
    whole = load(path, recorded.log(0))
    draw = random.Random(0)
    for share in (0, 0.1, 0.5, 0.9, 1):
        length = len(old) if share == 0 else len(new)
        pieces = [(new if draw.random() < share else old)[at : at + SECTOR] for at in range(0, length, SECTOR)]
        path.write_bytes(b"".join(piece.ljust(SECTOR, b"\0") for piece in pieces))
        assert load(path, recorded.log(0)) == whole


def test_run_goes_on_from_every_cut_to_the_same_end_with_each_write_once(recorded: Recorded, tmp_path: Path) -> None:
    """A sample: around everything that was told, and at random."""
    draw = random.Random(1)
    cuts = []
    for part in (0, 1):
        length = len(recorded.log(part))
        told = {max(0, end + aside) for of, end, _ in recorded.recording.told if of == part for aside in (-SECTOR, 0)}
        told |= {draw.randrange(0, length) for _ in range(10)}
        cuts += [_left(recorded, tmp_path / f"{part}-{end}", part, end) for end in sorted(told)]
    assert len(cuts) > 20
    for folder, (result, done) in zip(cuts, in_process(go_on, cuts), strict=True):
        assert result == recorded.recording.result, folder.name
        assert done == ["Busan", "Busan!", "approve"], folder.name


def _left(recorded: Recorded, folder: Path, part: int, end: int) -> Path:
    """Return a folder with what a loss of power at that moment would have left, here and on the other side."""
    folder.mkdir()
    (folder / "podium.db").write_bytes(recorded.file(part))
    (folder / "podium.db-wal").write_bytes(recorded.log(part)[:end])
    keys = recorded.keys(part, end)
    done = [line for line in Outside(recorded.folder).lines("done") if line.rpartition(" ")[2] in keys]
    (folder / "done").write_text("".join(f"{line}\n" for line in done))
    return folder


def go_on(folders: list[Path]) -> list[tuple[str, list[str]]]:
    """Let the run of each folder go on to its end; return its result and what happened on the other side."""
    return [asyncio.run(_go_on(folder)) for folder in folders]


async def _go_on(folder: Path) -> tuple[str, list[str]]:
    log, outside = Log(folder / "podium.db"), Outside(folder)
    async with engine_on(log.path, log, outside) as engine:
        run = await engine.start(touring, Trip(), id="one")
        ended = asyncio.create_task(run.result())
        news = inner(engine).host.watchers.news()
        while not ended.done():
            news.clear()
            if await engine.tasks():
                await run.answer("editor", Approve(), by="ann")
            ended.add_done_callback(lambda _: news.set())
            await news.wait()
        return ended.result().model_dump_json(), outside.done()


def load(path: Path, log: bytes) -> list[Event]:
    """Return the journal that a file has with such a log, folded and found lawful; empty where the run is not there."""
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    path.with_name(f"{path.name}-wal").write_bytes(log)
    with closing(connect_reader(path)) as connection:
        try:
            restored(queries.load(connection, "one", None), incarnation=1)
            return [event for _, event in queries.events(connection, "one", 0, -1)]
        except RunNotFoundError:
            return []
