"""The parts of an engine that tests reach into: those of one that is embedded in this process."""

from podium import Engine
from podium.engine.embedded import Embedded


def inner(engine: Engine) -> Embedded:
    """Return what keeps the runs of an engine going: its store, its host, its recovery."""
    assert isinstance(engine.backend, Embedded)
    return engine.backend
