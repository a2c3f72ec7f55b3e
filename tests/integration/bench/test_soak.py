"""Two minutes of the soak: workers killed, every kind of trouble, and at the end everything right to the act."""

from typing import Any

import pytest

from tests.integration.bench.benched import record_of

pytestmark = [pytest.mark.process, pytest.mark.slow]

FAULTS = ("error before", "429", "slow", "late", "error after", "reply lost")
MB = 1e6


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Soak in a process of its own, and return its record."""
    return record_of("soak", "--minutes", "2", folder=tmp_path_factory.mktemp("soak"), limit_s=290)


def test_every_act_is_there_once_or_given_back_after_two_minutes_of_trouble(soaked: Any) -> None:
    assert soaked["wrong"] == []


def test_soak_has_all_the_trouble_that_it_claims(soaked: Any) -> None:
    figures = soaked["figures"]
    happened = [*(f"faults: {kind}" for kind in FAULTS), "kills", "cancels", "answers", "signals"]
    happened += ["runs completed", "runs compensated"]
    assert {name: figures.get(name, 0) > 0 for name in happened} == dict.fromkeys(happened, True)


def test_what_is_left_parked_is_listed(soaked: Any) -> None:
    assert len(soaked["parked"]) == soaked["figures"].get("runs parked", 0)
    assert all(line.endswith("in-doubt") for line in soaked["parked"])


def test_memory_log_and_bytes_per_run_stay_bounded(soaked: Any) -> None:
    figures, samples = soaked["figures"], soaked["samples"]
    half = samples[len(samples) // 2]
    assert samples[-1]["rss_bytes"] - half["rss_bytes"] < 8 * MB
    assert figures["WAL, MB, most"] < 64
    assert 0 < figures["file, bytes per run"] < 20_000
