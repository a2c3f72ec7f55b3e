"""A few repetitions of the chaos: workers killed, frozen, upgraded, the clock jumping; nothing lost, nothing twice."""

from typing import Any

import pytest

from tests.integration.bench.benched import record_of

pytestmark = [pytest.mark.process, pytest.mark.slow]

TROUBLE = ("killed", "frozen", "replaced", "jumps", "taken over", "answers", "parked for want of code")


@pytest.fixture(scope="module")
def chaos(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Go through it in a process of its own, and return its record."""
    return record_of("chaos", "--repetitions", "5", folder=tmp_path_factory.mktemp("chaos"), limit_s=590)


def test_no_run_is_lost_and_no_act_done_twice_whatever_is_done_to_the_workers(chaos: Any) -> None:
    assert chaos["wrong"] == []


def test_chaos_has_all_the_trouble_that_it_claims(chaos: Any) -> None:
    assert {name: chaos["figures"].get(name, 0) > 0 for name in TROUBLE} == dict.fromkeys(TROUBLE, True)
