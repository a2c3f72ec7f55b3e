"""What every engine must do, as cases: a workflow, what happens to it from outside, what goes wrong, how it ends.

    for case in CASES:
        await check(case, stage)
    for race in RACES:
        await check_race(race, stage)

A stage is one engine's ground (`Stage`); `UrlStage` is that of an engine that a URL names. `play` only plays, for
whoever compares engines with one another.
"""

from podium.testing.conformance.engines import boards, calls, people, plans, runs, sagas, walks, writes
from podium.testing.conformance.engines.canonical import canonical, out_of_order
from podium.testing.conformance.engines.case import Case, Told
from podium.testing.conformance.engines.patterns import PATTERNS
from podium.testing.conformance.engines.play import check, play
from podium.testing.conformance.engines.races import RACES, check_race
from podium.testing.conformance.engines.stage import Stage, UrlStage

__all__ = [
    "CASES",
    "RACES",
    "Case",
    "Stage",
    "Told",
    "UrlStage",
    "canonical",
    "check",
    "check_race",
    "out_of_order",
    "play",
]

CASES: tuple[Case, ...] = (
    *walks.CASES,
    *people.CASES,
    *calls.CASES,
    *writes.CASES,
    *sagas.CASES,
    *boards.CASES,
    *plans.CASES,
    *runs.CASES,
    *PATTERNS,
)
