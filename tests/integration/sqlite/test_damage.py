"""What can not be read is an error with a name, for that run alone."""

import sqlite3
from pathlib import Path

import pytest

from podium.core.events import StepDone
from podium.errors import DamagedError, PodiumError, StoreUnavailableError, UnknownEventError
from podium.testing.conformance.floor import Worker, news, step, stored

LARGE = StepDone(at=2, path="a", output='"' + "x" * 200_000 + '"')


@pytest.mark.parametrize(
    ("damage", "error", "says"),
    [
        (
            "UPDATE journal SET kind = 'StepTeleported', crc = NULL WHERE run = 1 AND seq = 2",
            UnknownEventError,
            "event 2: .*StepTel",
        ),
        ("UPDATE journal SET at = at + 1 WHERE run = 1 AND seq = 2", DamagedError, "event 2: .*checksum"),
        ("UPDATE journal SET path = 'b' WHERE run = 1 AND seq = 2", DamagedError, "event 2: .*checksum"),
        ("UPDATE journal SET body = '{\"chan' WHERE run = 1 AND seq = 2", DamagedError, "run bad, event 2: "),
        ("UPDATE journal SET body = 5 WHERE run = 1 AND seq = 2", DamagedError, "run bad, event 2: "),
        ("UPDATE journal SET body = NULL WHERE run = 1 AND seq = 2", DamagedError, "run bad, event 2: "),
        ("UPDATE journal SET body = x'80' WHERE run = 1 AND seq = 2", DamagedError, "run bad, event 2: "),
        ("UPDATE journal SET body = CAST(x'ff' AS TEXT) WHERE run = 1 AND seq = 2", DamagedError, "run bad: "),
        ("UPDATE journal SET at = 'noon' WHERE run = 1 AND seq = 2", DamagedError, "run bad, event 2: "),
        ("DELETE FROM journal WHERE run = 1 AND seq = 2", DamagedError, "event 2 is missing"),
        ("DELETE FROM journal WHERE run = 1 AND seq = 3", DamagedError, "event 3 is missing"),
        ("DELETE FROM blobs", DamagedError, "event 3: .*is not there"),
        ("UPDATE blobs SET body = replace(body, 'xx', 'y')", DamagedError, "event 3: .*has been changed"),
        ("UPDATE runs SET graph_hash = 'lost' WHERE id = 'bad'", DamagedError, "graph lost is not there"),
        ("UPDATE runs SET status = 'odd' WHERE id = 'bad'", DamagedError, "run bad: 'odd' is not a valid Status"),
    ],
)
async def test_damage_is_named_and_concerns_one_run(
    here: Worker, beside: sqlite3.Connection, damage: str, error: type[PodiumError], says: str
) -> None:
    for run_id in ("bad", "good"):
        await here.create(run_id)
    await here.commit(news("bad", 2, step("a"), LARGE), news("good", 2, step("a")))
    assert beside.execute(damage).rowcount == 1
    with pytest.raises(error, match=says):
        await here.store.load("bad")
    assert len(await stored(here, "good")) == 2


async def test_file_that_is_no_database_is_unavailable(here: Worker, path: Path) -> None:
    await here.create("r")
    await here.store.close()
    _scribble(path)
    with pytest.raises(StoreUnavailableError, match="not a database"):
        await here.store.open(here.heard)


def _scribble(path: Path) -> None:
    path.write_bytes(b"SQLite was here" * 1000)
