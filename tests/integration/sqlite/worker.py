"""A worker process for tests: does what it reads, one JSON object a line, and answers each with one."""

import asyncio
import json
import resource
import sys
from pathlib import Path
from typing import Any

from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import HASH, Worker, news, step


class Obedient:
    """The verbs; each is a method that gets the command's values and returns the answer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = SqliteStore(path)
        self.worker = Worker(self.store)

    async def open(self) -> str:
        await self.store.open(self.worker.heard)
        await self.store.offer({HASH})
        return self.store.worker_id

    async def create(self, run_id: str) -> int:
        return (await self.worker.create(run_id)).seq

    async def append(self, run_id: str, first_seq: int, epoch: int = 1) -> list[str]:
        await self.worker.commit(news(run_id, first_seq, step(f"s{first_seq}"), epoch=epoch))
        return sorted(self.worker.heard.lost)

    async def release(self, run_id: str) -> None:
        await self.worker.release(run_id)

    async def claim_all(self, limit: int) -> list[str]:
        """Claim until there is nothing left."""
        claimed: list[str] = []
        while taken := await self.worker.claim(limit=limit):
            claimed += taken
        return claimed

    async def append_for_ever(self, run_id: str, ahead: int) -> None:
        """Append, at most `ahead` of the disk; at each commit say its last number and how long the log is."""
        seq, said = 1, 0
        while True:
            seq += 1
            self.store.append(news(run_id, seq, step(f"s{seq}")))
            await self.worker.heard.until(lambda: self.store.queued <= ahead)
            if self.store.durable > said:
                said = self.store.durable
                say([said + 1, self.path.with_name(f"{self.path.name}-wal").stat().st_size])

    async def fill(self, run_id: str, file_bytes: int) -> list[object]:
        """Append until no file may grow any more and the store says so; then let files grow, and wait for the rest."""
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, hard))
        seq = 2
        while not self.worker.heard.troubles:
            self.store.append(news(run_id, seq, step("s" * 1000)))
            seq += 1
            await asyncio.sleep(0)
        waiting = self.store.queued
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await self.worker.heard.until(lambda: self.store.queued == 0)
        return [waiting, seq - 1, self.worker.heard.troubles, sorted(self.worker.heard.lost)]

    async def close(self) -> None:
        await self.store.close()


def say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def main(path: Path) -> None:
    obedient = Obedient(path)
    while line := await asyncio.to_thread(sys.stdin.readline):
        command: dict[str, Any] = json.loads(line)
        answer = await getattr(obedient, command.pop("do"))(**command)
        say(answer)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
