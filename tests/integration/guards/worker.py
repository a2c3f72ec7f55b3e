"""An engine in a process of its own, that does what it reads: one JSON object a line, and answers each with one."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Breaker, Budget, Engine, Retry, StateMachine, tool
from podium.errors import RunFailedError

PRICE, LIMIT = 3, 100
OUTCOMES = ("BreakerOpen", "OverBudget", "HTTPStatusError")


class Trip(BaseModel):
    city: str = "Busan"
    seats: int = 0


@tool.read(retry=Retry(attempts=1), breaker=Breaker("airline", consecutive=3, open_for=60))
async def seats(city: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> int:
    return int((await client.get("/seats")).raise_for_status().text)


@tool.read(
    retry=Retry(attempts=1),
    budget=Budget("trips", money=LIMIT, cost=lambda _: (PRICE, 0), spent=lambda found: (found, 0)),
)
async def paid(city: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> int:
    return int((await client.get("/paid")).raise_for_status().text)


TAKE: Any = {"take": {"city": "city"}, "give": "seats"}
WORKFLOWS = {
    "asking": StateMachine("asking", Trip, START >> seats.state("asking", **TAKE) >> END),
    "paying": StateMachine("paying", Trip, START >> paid.state("paying", **TAKE) >> END),
}


@asynccontextmanager
async def resources() -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=os.environ["SERVICE"], limits=limits, timeout=60) as client:
        yield client


class Obedient:
    """The verbs; each is a method that gets the command's values and returns the answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def run(self, workflow: str, times: int = 1) -> list[str]:
        """Run it so often at once; return what each came to."""
        return await asyncio.gather(*(self._outcome(WORKFLOWS[workflow]) for _ in range(times)))

    async def _outcome(self, workflow: Any) -> str:
        try:
            await (await self._engine.start(workflow, Trip())).result()
        except RunFailedError as failed:
            return next(name for name in OUTCOMES if name in str(failed))
        return "done"

    async def state(self) -> str:
        """Return what the airline's breaker does here."""
        return next(info.state for info in await self._engine.breakers() if info.name == "airline")

    async def ended(self) -> bool:
        """Claim that no run is open any more."""
        return all(info.status.is_terminal for info in await self._engine.runs())


async def main(url: str) -> None:
    async with Engine(url, workflows=WORKFLOWS.values(), resources=resources) as engine:
        obedient = Obedient(engine)
        while line := await asyncio.to_thread(sys.stdin.readline):
            command: dict[str, Any] = json.loads(line)
            answer = await getattr(obedient, command.pop("do"))(**command)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
