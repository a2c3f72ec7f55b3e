"""Who decides what goes wrong: by a script, or by lot; and who writes down where something could have."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from podium.testing.simulation.faults import Fault

Place: TypeAlias = str
"""Where something may go wrong, the same in each run that went the same way so far: `flight book_flight 2`."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """One fault at one place."""

    place: Place
    fault: Fault


Script: TypeAlias = tuple[Mishap, ...]
"""What goes wrong in a run, in the order in which it happens."""


class Director:
    """Decides at each place of one run.

    Args:
        script: What goes wrong where.
        lot: Draws what else goes wrong; None for nothing else.
        rate: The share of places at which something is drawn.

    Attributes:
        places: Where something could have gone wrong, and what, in order.
        done: What went wrong.
    """

    def __init__(self, script: Sequence[Mishap] = (), *, lot: random.Random | None = None, rate: float = 0.0) -> None:
        self._script = {mishap.place: mishap.fault for mishap in script}
        self._lot, self._rate = lot, rate
        self._met: Counter[str] = Counter()
        self.places: list[tuple[Place, tuple[Fault, ...]]] = []
        self.done: list[Mishap] = []

    def choose(self, where: str, options: tuple[Fault, ...]) -> Fault | None:
        """Return what goes wrong here; mostly nothing."""
        self._met[where] += 1
        place = f"{where} {self._met[where]}"
        self.places.append((place, options))
        fault = self._script.get(place)
        if fault is None and self._lot is not None and self._lot.random() < self._rate:
            fault = self._lot.choice(options)
        if fault is None or fault not in options:
            return None
        self.done.append(Mishap(place, fault))
        return fault
