"""Two runs side by side: what they were given, which way they went, what they gave, how long it took."""

from podium.views.compare import Comparison
from podium.views.record import Record


def comparison(left: Record, right: Record) -> Comparison:
    """Return what differs between two runs; see `Comparison`.

    Raises:
        InvariantError: The events of one do not fit each other.
    """
    raise NotImplementedError
