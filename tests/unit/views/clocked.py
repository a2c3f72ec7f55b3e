"""Random runs whose clock moves: journals for laws about time."""

from hypothesis import strategies as st

from podium.core.stimuli import Stimulus
from tests.simulation.graphs import Dice, any_graph, any_saga
from tests.simulation.player import Player
from tests.simulation.spender import Spender

SHAPES = st.binary(min_size=60, max_size=90)
THROWS = st.binary(min_size=200, max_size=300)
PACES = st.lists(st.sampled_from((0, 0, 1, 7, 400, 90_000)), min_size=5, max_size=25)


class Clocked(Player):
    """A player that lets time pass before each piece of news."""

    paces: tuple[int, ...] = (1,)
    told_of = 0

    def tell(self, news: Stimulus, *, check_flights: bool = True) -> list[str]:
        self.now_ms += self.paces[self.told_of % len(self.paces)]
        self.told_of += 1
        return super().tell(news, check_flights=check_flights)


class ClockedSpender(Clocked, Spender):
    """The same, for runs that undo what they wrote."""


def played(shape: bytes, throws: bytes, paces: list[int], *, saga: bool = False) -> Clocked:
    """Return a run that was played to its end."""
    graph = any_saga(Dice(shape)) if saga else any_graph(Dice(shape))
    player = (ClockedSpender if saga else Clocked)(graph, Dice(throws))
    player.paces = tuple(paces)
    player.play(moves=60)
    return player
