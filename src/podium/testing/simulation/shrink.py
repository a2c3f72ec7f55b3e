"""From a run that fails to the shortest one that fails in the same way, and the words that bring it back."""

from typing import TypeAlias

from podium.testing.simulation.director import Script
from podium.testing.simulation.errors import BadSeedError
from podium.testing.simulation.lab import Lab, Verdict
from podium.testing.simulation.laws import Breach, Law

PLAYS_MAX = 300
"""So many runs are made at most to find a shorter one."""

Key: TypeAlias = tuple[Law, str]
"""Which law did not hold, and where: runs that share it fail in the same way."""


def key_of(breach: Breach) -> Key:
    """Return what makes two breaches the same finding."""
    return breach.law, breach.where


def shortest(lab: Lab, failed: Verdict, key: Key) -> Verdict:
    """Return the run with the fewest faults, then the earliest ones, that fails as `failed` does."""
    best, end = failed, lab.runs + PLAYS_MAX
    if best.seed and (plain := _still(lab, best.script, 0, key)) is not None:
        best = plain
    shorter: Verdict | None = best
    while shorter is not None and lab.runs < end:
        best = shorter
        shorter = _without_one(lab, best, key)
    earlier: Verdict | None = best
    while earlier is not None and lab.runs < end:
        best = earlier
        earlier = _one_earlier(lab, best, key, end)
    return best


def _still(lab: Lab, script: Script, seed: int, key: Key) -> Verdict | None:
    """Play a script, and return its verdict if it fails in the same way with no more faults."""
    verdict = lab.play(script, seed=seed)
    fails = any(key_of(breach) == key for breach in verdict.breaches)
    return verdict if fails and len(verdict.script) <= len(script) else None


def _without_one(lab: Lab, failed: Verdict, key: Key) -> Verdict | None:
    for at in range(len(failed.script)):
        rest = failed.script[:at] + failed.script[at + 1 :]
        found = _still(lab, rest, failed.seed, key)
        if found is not None:
            return found
    return None


def _one_earlier(lab: Lab, failed: Verdict, key: Key, end: int) -> Verdict | None:
    """Return a run that fails in the same way with one of its faults at an earlier place."""
    for at in range(len(failed.script)):
        before = lab.play(failed.script[:at], seed=failed.seed)
        for way in before.ways_on():
            if way.place == failed.script[at].place or lab.runs >= end:
                break
            if way.fault is not failed.script[at].fault:
                continue
            found = _still(lab, (*failed.script[:at], way, *failed.script[at + 1 :]), failed.seed, key)
            if found is not None and len(found.script) == len(failed.script):
                return found
    return None


# ----- the words for a run


def seed_of(lab: Lab, verdict: Verdict) -> str:
    """Return the words that bring a run back: `12.40` is the 40th way on after the 12th of the plain run."""
    numbers: list[str] = []
    for at, mishap in enumerate(verdict.script):
        before = lab.play(verdict.script[:at], seed=verdict.seed)
        numbers.append(str(before.ways_on().index(mishap) + 1))
    text = ".".join(numbers) or "0"
    return f"{verdict.seed}:{text}" if verdict.seed else text


def script_of(lab: Lab, text: str) -> tuple[int, Script]:
    """Return the seed and the script that the words mean; raise BadSeedError."""
    head, _, tail = text.rpartition(":")
    try:
        seed = int(head or 0)
        numbers = [int(number) for number in tail.split(".")]
    except ValueError:
        raise BadSeedError(text, why="it is not of the form 12, 12.40 or 7:12.40") from None
    script: Script = ()
    for number in numbers if numbers != [0] else ():
        ways = lab.play(script, seed=seed).ways_on()
        if not 0 < number <= len(ways):
            raise BadSeedError(text, why=f"there is no way {number} after {len(script)} faults, only {len(ways)}")
        script = (*script, ways[number - 1])
    return seed, script
