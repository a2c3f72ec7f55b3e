"""What guards are for, and what they cost, beside the libraries that most take for it.

The herd: a breaker is open, its time is up, and a thousand callers come at once. One of them has to try the dependency;
whoever else reaches it is the reason why it does not get well. And callers who leave are no failures of a dependency.

The cost is that of one successful call, all guards on, beside the least that others do: a retry. The sides take turns
in one process.
"""

from __future__ import annotations

from bench.harness import Goal, Options, Plan, Probe, Row, probe
from bench.ours.herd import ALL_ON, CALLERS, CANCELLED, CANCELS, COST, NOTHING, OURS, REACHED

BREAKERS = ("aiobreaker", "circuitbreaker", "hyx", "purgatory")
RETRIES = ("tenacity", "stamina", "tenacity + aiobreaker + asyncio.timeout")

_ONE = Goal("≤", 1)
_ALL = Goal("≥", CANCELS)
_CHEAP = Goal("≤", 5)
_NOTES = ("pybreaker: its breaker around an `async def` counts the making of the coroutine, and never opens",)


def plan(options: Options) -> Plan:
    """Return the rows: the herd and the cancels beside each breaker, the cost beside each retry."""
    rows = []
    for name in BREAKERS:
        work = f"{CALLERS} callers, one probe due"
        rows.append(Row(work, REACHED, _herd(OURS), _herd(name), goals=(_ONE,)))
    for name in BREAKERS:
        work = f"{CANCELS} callers leave, one after the other"
        rows.append(Row(work, CANCELLED, _herd(OURS), _herd(name), goals=(_ALL,), more_is_better=True))
    for name in RETRIES:
        ours, peer, floor = (_cost(options, each) for each in (ALL_ON, name, NOTHING))
        rows.append(Row("one call that succeeds", COST, ours, peer, floor, goals=(_CHEAP,)))
    return Plan(tuple(rows), _NOTES)


def _herd(side: str) -> Probe:
    return probe("Podium" if side == OURS else side, "ours.herd:herd", once=True, of=side)


def _cost(options: Options, side: str) -> Probe:
    return probe("Podium" if side == ALL_ON else side, "ours.herd:cost", of=side, slices=options.size(200))
