"""Memory and SQLite keep the same contract."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from podium.engine.ports import Store
from podium.memory.shelf import Shelf
from podium.memory.store import MemoryStore
from podium.sqlite.store import SqliteStore
from podium.testing.conformance import STORE_EXERCISES, Exercise, Floor


class MemoryFloor:
    def __init__(self, _: Path) -> None:
        self.shelf = Shelf()
        self.stores: list[Store] = []

    def worker(self) -> Store:
        self.stores.append(MemoryStore(self.shelf))
        return self.stores[-1]

    async def kill(self, store: Store) -> None:
        self.shelf.workers[store.worker_id].is_dead = True

    async def stall(self, store: Store) -> None:
        self.shelf.workers[store.worker_id].is_stuck = True


class SqliteFloor:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "podium.db"
        self.stores: list[SqliteStore] = []

    def worker(self) -> Store:
        self.stores.append(SqliteStore(self.path))
        return self.stores[-1]

    async def kill(self, store: Store) -> None:
        assert isinstance(store, SqliteStore)
        store._lease.drop_lock()

    async def stall(self, store: Store) -> None:
        with sqlite3.connect(self.path) as connection:
            connection.execute("UPDATE workers SET lease_until = 0 WHERE id = ?", (store.worker_id,))
        connection.close()


FLOORS: dict[str, Callable[[Path], MemoryFloor | SqliteFloor]] = {"memory": MemoryFloor, "sqlite": SqliteFloor}


@pytest.fixture(params=FLOORS)
async def floor(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Floor]:
    made = FLOORS[request.param](tmp_path)
    yield made
    for store in made.stores:
        await store.close()


@pytest.mark.parametrize("exercise", STORE_EXERCISES, ids=lambda exercise: exercise.__name__)
async def test_store_keeps_the_contract(exercise: Exercise, floor: Floor) -> None:
    await exercise(floor)
