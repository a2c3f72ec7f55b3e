"""Workers learn from each other when a breaker opens, what people ordered of it, and what is left of a budget."""

import asyncio

from podium.engine.guard_store import BreakerRow, BreakerSwitch, BudgetRow, Override, Reservation
from podium.testing.conformance.floor import Exercise, Floor, Worker, enter


def _open(until: int, *, at: int = 1) -> BreakerRow:
    return BreakerRow(name="airline", state="open", until=until, why="5 in a row", at=at)


def _closed(*, at: int) -> BreakerRow:
    return BreakerRow(name="airline", at=at)


async def _told(worker: Worker, *rows: BreakerRow) -> tuple[str, int, int]:
    """Put rows one after another; return state, until and version as another look shows them."""
    for row in rows:
        await worker.store.put_breaker(row)
    (found,) = await worker.store.breakers()
    return found.state, found.until, found.version


async def opening_is_seen_by_other_workers(floor: Floor) -> None:
    """With its time and its cause, and as something that changed."""
    one, other = await enter(floor), await enter(floor)
    await other.store.changed()
    await one.store.put_breaker(_open(500))
    assert await other.store.changed()
    assert await other.store.breakers() == [
        BreakerRow(name="airline", state="open", until=500, why="5 in a row", version=1, at=1)
    ]


async def of_two_openings_the_later_end_counts(floor: Floor) -> None:
    """Whichever comes first; the other changes nothing, not even the version."""
    worker = await enter(floor)
    assert await _told(worker, _open(500), _open(400)) == ("open", 500, 1)
    assert await _told(worker, _open(600)) == ("open", 600, 2)


async def open_for_another_is_not_closed(floor: Floor) -> None:
    """Not before its time: who closes it has not seen that it opened again."""
    worker = await enter(floor)
    assert await _told(worker, _open(500), _closed(at=499)) == ("open", 500, 1)
    assert await _told(worker, _closed(at=500)) == ("closed", 0, 2)
    assert await _told(worker, _open(600, at=501)) == ("open", 600, 3)


async def breakers_are_known_before_they_open(floor: Floor) -> None:
    """And being made known again changes nothing."""
    worker = await enter(floor)
    await worker.store.add_breakers({"airline", "hotel"})
    await worker.store.put_breaker(_open(500))
    await worker.store.add_breakers({"airline", "car"})
    found = await worker.store.breakers()
    assert [(row.name, row.state, row.version) for row in found] == [
        ("airline", "open", 1),
        ("car", "closed", 0),
        ("hotel", "closed", 0),
    ]


async def order_of_a_person_is_kept_with_who_gave_it(floor: Floor) -> None:
    """The last one counts, and none is forgotten."""
    one, other = await enter(floor), await enter(floor)
    await one.store.add_breakers({"airline"})
    first = Override(name="airline", switch=BreakerSwitch.OPEN, until=900, by="ada", reason="maintenance", at=5)
    last = Override(name="airline", switch=BreakerSwitch.AUTO, by="bob", at=6)
    assert await other.store.override(first)
    assert await other.store.override(last)
    await one.store.put_breaker(_open(500))
    (found,) = await one.store.breakers()
    assert found.override == last
    assert await one.store.overrides("airline") == [first, last]
    assert await one.store.overrides("hotel") == []


async def breaker_that_decides_by_itself_again_begins_closed(floor: Floor) -> None:
    """That it opened is forgotten, for those who begin later too."""
    worker = await enter(floor)
    await worker.store.put_breaker(_open(500))
    await worker.store.override(Override(name="airline", switch=BreakerSwitch.OPEN, at=2))
    assert await _told(worker) == ("open", 500, 1)
    await worker.store.override(Override(name="airline", switch=BreakerSwitch.AUTO, at=3))
    assert await _told(worker) == ("closed", 0, 2)


async def order_for_a_breaker_that_nobody_has_is_refused(floor: Floor) -> None:
    """A slip of the pen opens nothing."""
    worker = await enter(floor)
    assert not await worker.store.override(Override(name="airlin", switch=BreakerSwitch.OPEN))
    assert await worker.store.breakers() == []
    assert await worker.store.overrides("airlin") == []


def _wanted(call: str, money: int = 10, tokens: int = 0, **limits: int) -> Reservation:
    return Reservation(id=call, budget="trips", money=money, tokens=tokens, **{"money_max": 100, "at": 1, **limits})


async def _standing(worker: Worker) -> tuple[int, int, int, int]:
    (row,) = await worker.store.budgets()
    return row.money_spent, row.money_reserved, row.tokens_spent, row.tokens_reserved


async def budget_refuses_what_goes_beyond_it(floor: Floor) -> None:
    """Of money and of tokens; what is refused reserves nothing."""
    worker = await enter(floor)
    assert await worker.store.reserve(_wanted("a", 60, 5, tokens_max=9)) is None
    refused = await worker.store.reserve(_wanted("b", 41, 0, tokens_max=9))
    assert refused == BudgetRow(name="trips", money_max=100, tokens_max=9, money_reserved=60, tokens_reserved=5, at=1)
    assert await worker.store.reserve(_wanted("c", 0, 5, tokens_max=9)) is not None
    assert await worker.store.reserve(_wanted("d", 40, 4, tokens_max=9)) is None
    assert await _standing(worker) == (0, 100, 0, 9)


async def what_was_spent_takes_the_place_of_what_was_reserved(floor: Floor) -> None:
    """Once: a second settling, or one of a call that nobody knows, changes nothing."""
    one, other = await enter(floor), await enter(floor)
    await one.store.reserve(_wanted("a", 60, 7))
    for _ in range(2):
        await other.store.settle("a", spent=(20, 3), at=2)
    await one.store.settle("nobody's", spent=(20, 3), at=2)
    assert await _standing(one) == (20, 0, 3, 0)


async def what_nobody_says_the_cost_of_is_spent_as_reserved(floor: Floor) -> None:
    """And nothing of it stays reserved."""
    worker = await enter(floor)
    await worker.store.reserve(_wanted("a", 60, 7))
    await worker.store.settle("a", spent=None, at=2)
    assert await _standing(worker) == (60, 0, 7, 0)


async def call_is_reserved_once(floor: Floor) -> None:
    """The same call again, by whoever took it over, is not another one."""
    one, other = await enter(floor), await enter(floor)
    await one.store.reserve(_wanted("a", 60))
    assert await other.store.reserve(_wanted("a", 60)) is None
    assert await _standing(one) == (0, 60, 0, 0)


async def reservation_of_the_dead_stays(floor: Floor) -> None:
    """Its call may have been made, and paid."""
    dying, other = await enter(floor), await enter(floor)
    await dying.store.reserve(_wanted("a", 60))
    await floor.kill(dying.store)
    await other.store.claim(hashes=set(), now_ms=1000, limit=1)
    assert await other.store.reserve(_wanted("b", 41)) is not None


async def budget_is_exact_under_fifty_calls_at_once(floor: Floor) -> None:
    """Of two workers: as many are let through as fit, and not one more."""
    workers = [await enter(floor), await enter(floor)]
    answers = await asyncio.gather(*(workers[n % 2].store.reserve(_wanted(f"{n}", 3)) for n in range(50)))
    assert [answer is None for answer in answers].count(True) == 99 // 3
    assert await _standing(workers[0]) == (0, 99, 0, 0)


EXERCISES: tuple[Exercise, ...] = (
    opening_is_seen_by_other_workers,
    of_two_openings_the_later_end_counts,
    open_for_another_is_not_closed,
    breakers_are_known_before_they_open,
    order_of_a_person_is_kept_with_who_gave_it,
    breaker_that_decides_by_itself_again_begins_closed,
    order_for_a_breaker_that_nobody_has_is_refused,
    budget_refuses_what_goes_beyond_it,
    what_was_spent_takes_the_place_of_what_was_reserved,
    what_nobody_says_the_cost_of_is_spent_as_reserved,
    call_is_reserved_once,
    reservation_of_the_dead_stays,
    budget_is_exact_under_fifty_calls_at_once,
)
