"""A team keeps every promise under every single fault: crashes around each commit, replies lost, late or doubled."""

from pydantic import BaseModel

from podium import Board, Dag, node, tool
from podium.agents import Assignment, Coordinator, HandOff, Role, Team
from podium.testing import simulate


class Goal(BaseModel):
    """What is to be sold, and to be packed."""

    items: list[str] = ["tea"]


class Item(BaseModel):
    """What a worker gets."""

    item: str


sold = Board("sold", str)


@tool.write(idempotent=True)
async def sell(item: str) -> str:
    """Sell it."""
    return item


@sell.compensate
async def refund(item: str) -> None:
    """Take it back."""


@tool.write(idempotent=True, irreversible=True)
async def ship(item: str) -> str:
    """Ship it."""
    return item


@node
async def selling(item: str) -> HandOff:
    """Sell, say so, and let it be shipped."""
    sold.post(item)
    await sell(item)
    return shipper.hand_off(Item(item=item))


@node
async def shipping(item: str) -> str:
    """Ship what was sold."""
    return await ship(item)


seller = Role("seller", Dag("seller_work", Item, selling, gives=selling))
shipper = Role("shipper", Dag("shipper_work", Item, shipping, gives=shipping))


def plan(team: Team[Goal]) -> list[Assignment]:
    """Give out what is not sold."""
    return [seller.assign(Item(item=item)) for item in team.goal.items[len(team.results) :]]


def all_sold(team: Team[Goal]) -> bool:
    """Compare the board with the results."""
    return len(team.results) == len(team.goal.items) == len(sold.read())


shop = Coordinator("shop", Goal, plan, workers=[seller, shipper], until=all_sold, rounds=2)


def test_team_keeps_its_promises_under_every_single_fault() -> None:
    report = simulate(shop, Goal(), runs=200)
    assert report.coverage.singles == report.coverage.singles_of
