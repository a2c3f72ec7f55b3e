"""Random workflows with random faults come out the same on every engine."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.testing.conformance.engines import canonical, out_of_order
from tests.conformance.growing import grow
from tests.conformance.stages import RigStage
from tests.conformance.telling import Outcome, tell
from tests.simulation.graphs import Dice

SHAPES = st.binary(min_size=20, max_size=60)
SEEDS = st.integers(0, 2**16)


@given(shape=SHAPES, seed=SEEDS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_workflows_come_out_the_same_over_memory_and_sqlite(shape: bytes, seed: int, file: Path) -> None:
    workflow = grow(Dice(shape))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        told = asyncio.run(tell(workflow, seed, RigStage(Path(one), file=None)))
        again = asyncio.run(tell(workflow, seed, RigStage(Path(other), file=file)))
    agree(workflow, told, again)


def agree(workflow: object, one: Outcome, other: Outcome) -> None:
    """Hold two outcomes against one another."""
    assert canonical(one.events) == canonical(other.events)
    assert (one.status, one.result, one.failure) == (other.status, other.result, other.failure)
    assert one.effects == other.effects
    for told in (one, other):
        assert out_of_order(workflow.graph, told.events) == []  # type: ignore[attr-defined]  # a workflow


async def test_difference_is_found(tmp_path: Path) -> None:
    workflow = grow(Dice(bytes(60)))
    told = await tell(workflow, 1, RigStage(tmp_path, file=None))
    others = [await tell(workflow, seed, RigStage(tmp_path, file=None)) for seed in range(2, 12)]
    different = [other for other in others if canonical(other.events) != canonical(told.events)]
    assert different
    with pytest.raises(AssertionError):
        agree(workflow, told, different[0])
