"""A workflow of the user's own, run on a virtual clock under every fault; see `docs/simulate.md`."""

from podium.testing.simulation.faults import Fault
from podium.testing.simulation.judge import End
from podium.testing.simulation.ledger import Effect, Ledger
from podium.testing.simulation.parts import Call
from podium.testing.simulation.report import BrokenPromiseError, Finding, Report
from podium.testing.simulation.simulate import Options, simulate
from podium.testing.simulation.world import World

__all__ = [
    "BrokenPromiseError",
    "Call",
    "Effect",
    "End",
    "Fault",
    "Finding",
    "Ledger",
    "Options",
    "Report",
    "World",
    "simulate",
]
