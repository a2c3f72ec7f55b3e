"""The simulation finds mistakes in authors' code, each in a short story that it can tell again."""

from typing import Any

import pytest

from podium.testing import simulate
from podium.testing.simulation import BrokenPromiseError, Finding, Options
from podium.testing.simulation.laws import Law
from tests.simulation import planted
from tests.simulation.planted import Bank, Order

REAL: Options = {"tools": "real", "resources": lambda world: (Bank(world), world)}


def found(workflow: Any, **options: Any) -> Finding:
    """Return the one thing that is wrong with a workflow, having seen it again by its seed alone."""
    with pytest.raises(BrokenPromiseError) as broken:
        simulate(workflow, Order(), runs=200, **options)
    (finding,) = broken.value.report.findings
    with pytest.raises(BrokenPromiseError) as again:
        simulate(workflow, Order(), seed=finding.seed, **options)
    assert again.value.report.findings[0] == finding
    return finding


def test_write_that_the_author_sends_twice_is_found() -> None:
    finding = found(planted.insisting, **REAL)
    assert (finding.law, finding.where) == (Law.ONCE, "bank.charge")
    assert [mishap.fault for mishap in finding.script] == ["reply-lost"]
    assert "happened 2 times" in finding.says
    assert len(finding.story) <= 10


def test_write_that_a_step_asks_for_twice_is_found() -> None:
    finding = found(planted.repeating)
    assert (finding.law, len(finding.script)) == (Law.CODE, 1)
    assert "SecondWriteError" in finding.says


def test_write_without_key_and_reconcile_is_counted_apart_where_it_parks() -> None:
    report = simulate(planted.plain, Order(), runs=200)
    (parked,) = report.parked
    assert (parked.park.tool, parked.park.reason) == ("charge", "in-doubt")
    assert parked.runs > 10
    assert "parks for a person: charge by pay, in-doubt" in report.text()


def test_compensation_that_is_not_idempotent_is_found() -> None:
    finding = found(planted.giving_back, **REAL)
    assert (finding.law, finding.where) == (Law.ONCE, "bank.refund")
    assert len(finding.script) == 1
    assert len(finding.story) <= 22


@pytest.mark.parametrize("workflow", [planted.hurried, planted.dated], ids=lambda workflow: workflow.name)
def test_step_that_depends_on_wall_time_is_found(workflow: Any) -> None:
    finding = found(workflow)
    assert (finding.law, len(finding.script)) == (Law.DIVERGED, 1)
    assert "asked for book" in finding.says


def test_forgotten_await_is_found() -> None:
    finding = found(planted.forgetful)
    assert (finding.law, finding.script) == (Law.AWAITED, ())
    assert finding.says == "forget calls notify and does not await it, so the call is never made"


def test_call_that_is_begun_and_left_is_found() -> None:
    finding = found(planted.careless)
    assert (finding.law, finding.script) == (Law.AWAITED, ())
    assert finding.says == "fire_and_forget begins a call of notify and ends without it, so the call is never made"
