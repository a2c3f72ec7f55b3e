"""Runs that plan keep every promise under every fault: what is planned is journaled, and undone like anything else."""

from typing import Any

import pytest

from podium.testing import simulate
from tests.simulation import plans

WORKFLOWS = (plans.desk, plans.mended)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_every_promise_holds_for_plans_under_every_single_fault(workflow: Any) -> None:
    report = simulate(workflow, plans.Trip(), runs=100, tools={"full": "real"})
    assert report.coverage.singles == report.coverage.singles_of > 40
    assert report.ends["completed"] > report.runs // 2


@pytest.mark.slow
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_every_promise_holds_for_plans_under_many_faults(workflow: Any) -> None:
    assert simulate(workflow, plans.Trip(), runs=2_000, tools={"full": "real"}).is_ok
