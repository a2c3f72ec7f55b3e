"""Workflows for the tests of the client's side, and the world that their tools act on: a file of lines."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Breaker,
    Budget,
    IdempotencyKey,
    NotDone,
    OnFailure,
    Reject,
    Retry,
    StateMachine,
    human,
    sleep,
    step,
    tool,
    wait,
)

WORLD = "PODIUM_TEST_WORLD"


class World:
    """A file: each act is a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, line: str) -> None:
        """Act."""
        with self.path.open("a") as file:
            file.write(f"{line}\n")

    def refuse(self, item: str) -> None:
        """Take no more orders of that item."""
        self._refused.write_text(item)

    def accept(self) -> None:
        """Take all orders again."""
        self._refused.unlink()

    def refuses(self, item: str) -> bool:
        """Claim that no orders of that item are taken."""
        return self._refused.exists() and self._refused.read_text() == item

    @property
    def _refused(self) -> Path:
        return self.path.with_name("refused")

    @property
    def lines(self) -> list[str]:
        """All that was done."""
        return self.path.read_text().splitlines() if self.path.exists() else []


class Order(BaseModel):
    """What the workflows work on."""

    item: str = "book"
    seen: int = 0
    booked: str = ""
    paid: str = ""


@step
async def look(order: Order) -> None:
    order.seen += 1


@tool.write(idempotent=True, breaker=Breaker("till"))
async def book(item: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    world.note(f"book {item} {key}")
    return f"{item}!"


@book.compensate
async def give_back(booking: str, *, world: World = FROM_ENGINE) -> None:
    world.note(f"give back {booking}")


@human()
async def clerk(order: Order, answer: Approve | Reject) -> Literal["yes", "no"]:
    return "yes" if isinstance(answer, Approve) else "no"


@tool.write(idempotent=True)
async def charge(item: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    if world.refuses(item):
        raise NotDone("refused")
    world.note(f"charge {item} {key}")
    return f"{item}!"


@tool.read(budget=Budget("house", tokens=10, cost=lambda _: (0, 1)))
async def ponder(item: str) -> str:
    return item


@tool.read(retry=Retry(attempts=1), breaker=Breaker("shop", consecutive=1, open_for=600, open_for_max=600))
async def price(item: str, *, world: World = FROM_ENGINE) -> str:
    world.note(f"price {item}")
    if world.refuses(item):
        raise ConnectionError("down")
    return item


booked = book.state("booked", take={"item": "item"}, give="booked")
quick = StateMachine("quick", Order, START >> look >> booked >> END)
paid = StateMachine(
    "paid", Order, START >> booked >> wait("payment", str, give="paid") >> END, on_failure=OnFailure.COMPENSATE
)
asked = StateMachine("asked", Order, START >> look >> clerk.choose({"yes": END, "no": look}))
paying = StateMachine(
    "paying",
    Order,
    START >> charge.state("charged", take={"item": "item"}, give="booked") >> END,
    on_failure=OnFailure.STOP,
)
costly = StateMachine("costly", Order, START >> ponder.state("pondered", take={"item": "item"}, give="booked") >> END)
asking_price = StateMachine(
    "asking_price", Order, START >> price.state("priced", take={"item": "item"}, give="booked") >> END
)
napping = StateMachine("napping", Order, START >> sleep("nap", 0.2) >> look >> END)


@asynccontextmanager
async def resources() -> AsyncIterator[World]:
    """Give tools the world whose file the environment names."""
    yield World(Path(os.environ[WORLD]))
