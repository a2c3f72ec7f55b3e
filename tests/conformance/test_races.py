"""Signal, answer, timer and cancel at the same moment: one winner, the other told so, nothing half done."""

from pathlib import Path

import pytest

from podium.core import events as ev
from podium.testing.conformance.engines import RACES, Case, Stage, Told, check_race
from podium.testing.conformance.engines.races import dishonest
from tests.conformance.stages import RigStage

ANSWER_FIRST = [race for race in RACES if race.name.startswith("answer-timer")]


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
async def test_one_wins_and_the_other_is_told(race: Case, stage: Stage) -> None:
    await check_race(race, stage)


@pytest.mark.parametrize("pair", ["answer-timer", "signal-timer", "cancel-timer"])
async def test_either_may_win(pair: str, tmp_path: Path) -> None:
    """So the races are races: whoever comes first by a few turns."""
    races = [race for race in RACES if race.name.startswith((pair, "-".join(reversed(pair.split("-")))))]
    told = [await check_race(race, RigStage(tmp_path, file=None)) for race in races]
    assert {bool(one.refusals) or _timed_out(one) for one in told} == {True, False}


def _timed_out(told: Told) -> bool:
    return any(isinstance(event, ev.StepFailed) for event in told.events)


async def test_lie_about_a_race_is_found(tmp_path: Path) -> None:
    race = next(race for race in RACES if race.name == "answer-answer-0")
    told = await check_race(race, RigStage(tmp_path, file=None))
    (refused,) = told.refusals
    assert dishonest(race, _with(told, refusals=[])) == [
        "an answer that was taken counts, one that was refused does not"
    ]
    assert refused in {"0.0", "0.1"}
    twice = _with(told, events=[*told.events, next(e for e in told.events if isinstance(e, ev.StepAnswered))])
    assert "a question is answered once" in dishonest(race, twice)


def _with(told: Told, **more: object) -> Told:
    known = {name: getattr(told, name) for name in told.__slots__}
    return Told(**{**known, **more})
