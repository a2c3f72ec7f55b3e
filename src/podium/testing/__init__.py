"""For the tests of those who build on Podium: what they may rely on, checked, and parts to check with."""

from podium.testing.clock import FakeClock
from podium.testing.rehearsal import DiffersError, rehearse
from podium.testing.simulation import simulate

__all__ = ["DiffersError", "FakeClock", "rehearse", "simulate"]
