"""Every case, on every engine: what it says is what the engine does, and all engines tell it the same way."""

import pytest

from podium.testing.conformance.engines import CASES, Case, Stage, check, known


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_engine_does_what_the_case_says(case: Case, stage: Stage) -> None:
    await check(case, stage)


def test_every_case_is_known_by_one_name_and_no_other_is() -> None:
    names = sorted(case.name for case in CASES)
    assert len(set(names)) == len(names)
    told = sorted(case.name for case in CASES if not case.varies)
    assert told == sorted(known.names()), "run: python scripts/conformance.py"
