"""Which things changed after an event, without looking at those that did not."""

from collections.abc import Iterator
from itertools import takewhile


class Changes:
    """Keys by the number of the event that last changed them, in that order."""

    def __init__(self) -> None:
        self._seq: dict[str, int] = {}

    def mark(self, key: str, seq: int) -> None:
        """Note that event number `seq`, none before the last, changed something."""
        self._seq.pop(key, None)
        self._seq[key] = seq

    def since(self, seq: int) -> Iterator[str]:
        """Return what changed after event number `seq`, last first."""
        return (key for key, _ in takewhile(lambda item: item[1] > seq, reversed(self._seq.items())))

    def forget(self, key: str) -> None:
        """Forget a key."""
        self._seq.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._seq.clear()
