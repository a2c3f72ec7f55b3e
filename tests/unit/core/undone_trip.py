"""A trip that can not be had, and is undone: what tests of rewinding begin with."""

from typing import Any

from podium.graph.nodes import Graph
from tests.unit.core.builders import COMPENSATE, machine, state
from tests.unit.core.shell import Shell


def line(**more: Any) -> Graph:
    states = [state("look", "flight"), state("flight", "hotel"), state("hotel", "car"), state("car")]
    return machine(*states, on_failure=COMPENSATE, **more)


def compensated(graph: Graph | None = None) -> Shell:
    """Return a run that looked, booked a flight and a hotel, found no car, and undid both."""
    run = Shell(graph or line())
    run.start()
    run.done("look", n="5")
    run.write("flight")
    run.write("hotel")
    run.fail("car")
    run.undo("hotel")
    run.undo("flight")
    assert run.status == "compensated"
    return run
