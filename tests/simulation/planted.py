"""Workflows with one mistake each, for the simulation to find."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, IdempotencyKey, NotDone, Retry, StateMachine, ToolFailed, step, tool
from podium.testing.simulation import World

ANY_ERROR = Exception
AT_ONCE = Retry(attempts=3, base=0, cap=0)


class Order(BaseModel):
    """The record of all machines here."""

    item: str = "tea"
    receipt: str = ""
    note: str = ""


class Bank:
    """A service that keeps no keys: what it is told to do, it does, each time."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def charge(self, item: str) -> str:
        return await self.world.act("bank.charge", lambda: f"receipt for {item}")

    async def refund(self, receipt: str) -> str:
        return await self.world.act("bank.refund", lambda: f"refund of {receipt}")

    async def refuse(self) -> None:
        await self.world.act("bank.refuse", _no)


def _no() -> None:
    raise NotDone("sold out")


# ----- (1) a write that is not idempotent is sent twice by the author's own code


@tool.write
async def charge_until_it_works(item: str, *, bank: Bank = FROM_ENGINE) -> str:
    for _ in range(3):
        try:
            return await bank.charge(item)
        except ConnectionError:
            continue
    raise ConnectionError("three times")


insisting = StateMachine("insisting", Order, START >> charge_until_it_works.state("pay", give="receipt") >> END)


@tool.write
async def charge(item: str, *, bank: Bank = FROM_ENGINE) -> str:
    return await bank.charge(item)


@step
async def pay_twice(order: Order) -> None:
    try:
        order.receipt = await charge(order.item)
    except ToolFailed:
        order.receipt = await charge(order.item)


repeating = StateMachine("repeating", Order, START >> pay_twice >> END)
plain = StateMachine("plain", Order, START >> charge.state("pay", give="receipt") >> END)

# ----- (2) a compensation that is not idempotent, and says that it is


@tool.write(idempotent=True)
async def reserve(item: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("reserve", lambda: f"reservation of {item}", key=key)


@reserve.compensate
async def refund(receipt: str, *, bank: Bank = FROM_ENGINE) -> None:
    await bank.refund(receipt)


@tool.read
async def is_there(item: str, *, bank: Bank = FROM_ENGINE) -> bool:
    await bank.refuse()
    return True


@step
async def check(order: Order) -> None:
    await is_there(order.item)


giving_back = StateMachine("giving_back", Order, START >> reserve.state("reserve", give="receipt") >> check >> END)

# ----- (3) a step that depends on wall time


@tool.write(idempotent=True)
async def book(item: str, when: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{item} {when} {key}"


@step
async def book_now(order: Order) -> None:
    order.receipt = await book(order.item, datetime.now(UTC).isoformat())


@step
async def book_today(order: Order) -> None:
    order.receipt = await book(order.item, datetime.now(UTC).date().isoformat())


hurried = StateMachine("hurried", Order, START >> book_now >> END)
dated = StateMachine("dated", Order, START >> book_today >> END)

# ----- (4) a forgotten await

LEFT = set[Any]()


@tool.write(idempotent=True)
async def notify(text: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{text} {key}"


@step
async def forget(order: Order) -> None:
    notify(order.item)  # type: ignore[unused-coroutine]  # this is the mistake
    order.note = "notified"


@step
async def fire_and_forget(order: Order) -> None:
    LEFT.add(asyncio.create_task(notify(order.item)))
    order.note = "notified"


forgetful = StateMachine("forgetful", Order, START >> forget >> END)
careless = StateMachine("careless", Order, START >> fire_and_forget >> END)
