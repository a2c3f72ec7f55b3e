"""The wheel tells everybody in time, once, with one timer."""

import random
from dataclasses import dataclass, field

import pytest

from podium.guard.wheel import TICK_MS, Wheel
from podium.testing.clock import FakeClock


@dataclass(eq=False)
class Waiting:
    clock: FakeClock
    at_ms: int
    tick: int = 0
    told: list[int] = field(default_factory=list)

    def expire(self) -> None:
        self.told.append(self.clock.mono_ms())


def waiting(clock: FakeClock, wheel: Wheel, ms: int) -> Waiting:
    entry = Waiting(clock, clock.mono_ms() + ms)
    wheel.add(entry, clock.mono_ms())
    return entry


@pytest.mark.parametrize("ms", [0, 1, 10, 15, 999, 60_000, 60_001, 61_007, 3_600_000])
async def test_each_is_told_once_at_most_a_tick_late(ms: int, clock: FakeClock, wheel: Wheel) -> None:
    await clock.advance(3)
    entry = waiting(clock, wheel, ms)
    await clock.advance(ms + TICK_MS)
    await clock.advance(100_000)
    assert len(entry.told) == 1
    assert 0 <= entry.told[0] - entry.at_ms < TICK_MS


async def test_many_of_all_lengths_are_told_in_time_and_those_taken_back_are_not(
    clock: FakeClock, wheel: Wheel
) -> None:
    chance = random.Random(7)
    entries = []
    for _ in range(300):
        entries.append(waiting(clock, wheel, chance.randrange(200_000)))
        if chance.random() < 0.5:
            wheel.discard(chance.choice(entries))
        if chance.random() < 0.2:
            await clock.advance(chance.randrange(500))
    left = [entry for entry in entries if any(entry in slot for slot in wheel._slots.values())]
    told = [entry for entry in entries if entry.told]
    assert len(wheel) == len(left)
    await clock.advance(200_000)
    assert {id(entry) for entry in entries if entry.told} == {id(entry) for entry in told + left}
    assert all(len(entry.told) == 1 and 0 <= entry.told[0] - entry.at_ms < TICK_MS for entry in told + left)
    assert len(wheel) == 0


async def test_earlier_one_is_told_before_a_later_one_that_was_there_first(clock: FakeClock, wheel: Wheel) -> None:
    late, early = waiting(clock, wheel, 500), waiting(clock, wheel, 100)
    await clock.advance(100)
    assert (len(early.told), len(late.told)) == (1, 0)
    await clock.advance(400)
    assert len(late.told) == 1


async def test_one_that_was_told_may_be_taken_back_without_effect(clock: FakeClock, wheel: Wheel) -> None:
    entry = waiting(clock, wheel, 10)
    await clock.advance(10)
    wheel.discard(entry)
    assert len(entry.told) == 1


async def test_who_is_told_may_wait_again_for_less_than_the_next(clock: FakeClock, wheel: Wheel) -> None:
    @dataclass(eq=False)
    class Again(Waiting):
        def expire(self) -> None:
            super().expire()
            if len(self.told) == 1:
                self.at_ms = self.clock.mono_ms() + 20
                wheel.add(self, self.clock.mono_ms())

    other = waiting(clock, wheel, 300)
    again = Again(clock, clock.mono_ms() + 100)
    wheel.add(again, clock.mono_ms())
    later = waiting(clock, wheel, 100)
    await clock.advance(120)
    assert (len(again.told), len(later.told), len(other.told)) == (2, 1, 0)
    await clock.advance(180)
    assert len(other.told) == 1


async def test_who_is_told_may_wait_for_longer_than_the_next(clock: FakeClock, wheel: Wheel) -> None:
    @dataclass(eq=False)
    class Longer(Waiting):
        def expire(self) -> None:
            super().expire()
            waits.append(waiting(clock, wheel, 1_000))

    waits: list[Waiting] = []
    longer = Longer(clock, clock.mono_ms() + 100)
    wheel.add(longer, clock.mono_ms())
    soon = waiting(clock, wheel, 200)
    await clock.advance(200)
    assert len(soon.told) == 1, "the timer is set for the first of them"
    await clock.advance(900)
    assert len(waits[0].told) == 1


async def test_wheel_keeps_nothing_of_what_was_taken_back(clock: FakeClock, wheel: Wheel) -> None:
    for _ in range(1_000):
        wheel.discard(waiting(clock, wheel, 30_000))
        await clock.advance(1)
    assert len(wheel._slots) <= 101 + 1, "one slot for each tick in which somebody began to wait"
    await clock.advance(40_000)
    assert not wheel._slots
    assert not wheel._due
