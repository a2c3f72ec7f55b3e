"""An order: a state machine with a loop. A card that is refused leads to the next one, three times at most.

$ podium run examples/order.py item=tea
"""

from typing import Literal

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, IdempotencyKey, Retry, StateMachine, step, tool

PAID: dict[str, str] = {}
"""Stands in for a payment service that remembers its keys: key to receipt."""


class Order(BaseModel):
    """What the run works on; each step gets a private copy of it."""

    item: str
    cards: list[str] = ["empty", "gold"]
    cents: int = 0
    receipt: str = ""


@tool.read(retry=Retry(attempts=3), timeout=5)
async def price_of(item: str) -> int:
    """Look a price up. A read: it may be asked again."""
    return 100 * len(item)


@tool.write(idempotent=True, retry=Retry(attempts=4))
async def charge(card: str, cents: int, *, key: IdempotencyKey = FROM_ENGINE) -> str | None:
    """Charge a card; None where it is refused. A write: the service charges once per key, so sending again is safe."""
    if card == "empty":
        return None
    return PAID.setdefault(key, f"receipt {len(PAID) + 1} over {cents} cents")


@step
async def price(order: Order) -> None:
    """Find out what it costs."""
    order.cents = await price_of(order.item)


@step
async def pay(order: Order) -> Literal["paid", "refused"]:
    """Try the next card."""
    receipt = await charge(order.cards.pop(0), order.cents)
    if receipt is None:
        return "refused"
    order.receipt = receipt
    return "paid"


@step
async def next_card(order: Order) -> Literal["try", "give up"]:
    """See whether there is a card left."""
    return "try" if order.cards else "give up"


again = next_card.choose({"try": pay, "give up": END})
order = StateMachine("order", Order, START >> price >> pay.choose({"paid": END, "refused": again}), max_visits=3)
