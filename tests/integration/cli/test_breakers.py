"""`podium breakers` and `podium budgets`: what workers told, and orders that they obey."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from podium import Engine
from podium.engine.guard_store import BreakerRow, Reservation
from tests.inside import inner
from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.process


def with_engine(terminal: Terminal, act: Callable[[Engine], Awaitable[Any]]) -> Any:
    """Do something in an engine of this process over the folder's database."""

    async def opened() -> Any:
        async with Engine(f"sqlite:///{terminal.folder / 'podium.db'}", recovers=False) as engine:
            return await act(engine)

    return asyncio.run(opened())


@pytest.fixture
def guarded(terminal: Terminal) -> Terminal:
    """Return a folder where a worker told of two breakers, one of which is open."""

    async def tell(engine: Engine) -> None:
        await inner(engine).store.add_breakers({"airline", "hotel"})
        row = BreakerRow(name="hotel", state="open", until=2**45, why="5 in a row \x1b[31m", at=1)
        await inner(engine).store.put_breaker(row)

    with_engine(terminal, tell)
    return terminal


def states(terminal: Terminal) -> dict[str, str]:
    return {row["name"]: row["state"] for row in terminal.podium("breakers", "ls", "--json").json}


def test_breakers_are_listed_with_what_opened_them(guarded: Terminal) -> None:
    assert states(guarded) == {"airline": "closed", "hotel": "open"}
    ended = guarded.podium("breakers", "ls")
    assert "hotel" in ended.out
    assert "5 in a row" in ended.out
    assert "\x1b" not in ended.out
    assert "podium breakers auto hotel" in ended.err


def test_order_is_kept_with_who_gave_it_and_why(guarded: Terminal) -> None:
    words = ("open", "airline", "--for", "10m", "--by", "ada", "--reason", "maintenance")
    ended = guarded.podium("breakers", *words)
    assert ended.code == 0
    assert "airline is forced open until 20" in ended.out
    assert guarded.podium("breakers", "disable", "airline", "--by", "bob").code == 0
    airline = next(row for row in guarded.podium("breakers", "ls", "--json").json if row["name"] == "airline")
    assert (airline["state"], airline["until"], airline["override"]["by"]) == ("disabled", None, "bob")
    first, last = airline["orders"]
    assert (first["switch"], first["by"], first["reason"]) == ("open", "ada", "maintenance")
    assert first["until"] - first["at"] == 600_000
    assert (last["switch"], last["by"], last["until"]) == ("disabled", "bob", None)
    assert "bob" in guarded.podium("breakers", "ls").out


def test_auto_lets_a_breaker_begin_closed(guarded: Terminal) -> None:
    assert guarded.podium("breakers", "auto", "hotel").code == 0
    assert states(guarded) == {"airline": "closed", "hotel": "closed"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["open", "airlin"], "did you mean 'airline'?"),
        (["open", "train"], "known: airline, hotel"),
        (["open", "airline", "--for", "10"], "10m"),
        (["open", "airline", "--for", "0m"], "10m"),
    ],
)
def test_order_that_can_not_be_meant_changes_nothing(guarded: Terminal, words: list[str], says: str) -> None:
    ended = guarded.podium("breakers", *words)
    assert ended.code == 2
    assert says in ended.err
    assert states(guarded) == {"airline": "closed", "hotel": "open"}


def test_database_without_guards_says_so(terminal: Terminal) -> None:
    async def nothing(engine: Engine) -> None:
        assert await engine.breakers() == []

    with_engine(terminal, nothing)
    assert "no worker has told of a breaker" in terminal.podium("breakers", "ls").out
    assert "no call has used a budget" in terminal.podium("budgets").out


def test_budgets_show_what_was_spent_and_what_is_reserved(terminal: Terminal) -> None:
    async def spend(engine: Engine) -> None:
        for call, money in (("a", 1_500_000), ("b", 500_000)):
            wanted = Reservation(id=call, budget="trips", money=money, tokens=7, money_max=20_000_000, at=1)
            assert await inner(engine).store.reserve(wanted) is None
        await inner(engine).store.settle("a", spent=(1_250_000, 5), at=2)

    with_engine(terminal, spend)
    (row,) = terminal.podium("budgets", "--json").json
    assert (row["money_spent"], row["money_reserved"], row["tokens_spent"]) == (1_250_000, 500_000, 5)
    cells = terminal.podium("budgets").out.splitlines()[1].split()
    assert cells[:6] == ["trips", "1.25", "0.5", "20", "5", "7"]


def test_run_shows_its_guards_and_how_their_breakers_stand(terminal: Terminal) -> None:
    Path(terminal.folder / "guarded.py").write_text(GUARDED, "utf-8")
    assert terminal.podium("run", "guarded.py:travel", "--id", "one").code == 0
    assert terminal.podium("breakers", "open", "airline", "--by", "ada").code == 0
    shown = terminal.podium("runs", "show", "one").out
    rows = [line.split() for line in shown.splitlines()]
    assert ["look", "timeout", "60", "s,", "calls:", "retry", "2"] in rows
    assert any(row[:2] == ["look", "seats"] and "airline forced-open by ada" in " ".join(row) for row in rows)
    assert any(row[:2] == ["again", "meals"] and row[-2:] == ["meals", "closed"] for row in rows)


GUARDED = """
from pydantic import BaseModel
from podium import END, START, Breaker, Guards, Retry, StateMachine, step, tool

class Trip(BaseModel):
    city: str = "Busan"

@tool.read(breaker=Breaker("airline"))
async def seats(city: str) -> int:
    return 3

@tool.read(breaker=Breaker())
async def meals(city: str) -> str:
    return city

@step(timeout=60, calls=Guards(retry=Retry(attempts=2)))
async def look(trip: Trip) -> None:
    await seats(trip.city)

travel = StateMachine("travel", Trip, START >> look >> meals.state("again") >> END)
"""
