"""A run, told event by event: how it stands, what changed since, its steps."""

from podium.core.events import Event
from podium.core.evolve import evolve
from podium.core.path import place
from podium.core.state import RunState
from podium.draw.run import RunView
from podium.draw.words import clean, status_words
from podium.graph.nodes import Graph
from podium.views.standing import NodeStanding, Patch, Standing, StepLine

_NOTE_CHARS_MAX = 200


class RunStory:
    """A run, folded from its committed events, oldest first.

    Attributes:
        state: As the law has it.
        seq: The number of the last event taken in; 0 before the first.
        at: Its time.
    """

    def __init__(self, run_id: str, graph: Graph) -> None:
        self.state = RunState(run_id, graph)
        self.seq = 0
        self.at = 0
        self._view = RunView(graph)

    @property
    def drawn(self) -> Graph:
        """The graph with the last plans put in: what the picture is of."""
        return self._view.drawn

    def take(self, number: int, event: Event) -> None:
        """Take the next event in."""
        evolve(self.state, event)
        self.state.touched.clear()
        self._view.add(event)
        self.seq, self.at = number, event.at

    def standing(self) -> Standing:
        """Return how the run stands."""
        overlay = self._view.overlay()
        nodes = {
            where: NodeStanding(
                status=node.status,
                words=status_words(node),
                address=where,
                visits=node.visits,
                attempts=node.attempts,
                items_done=node.items_done,
                items_total=node.items_total,
            )
            for where, node in overlay.nodes.items()
        }
        return Standing(seq=self.seq, at=self.at, nodes=nodes, taken=tuple(sorted(overlay.taken)))

    def patch(self, since: int) -> Patch:
        """Return what to change in the standing after event number `since` to get this one."""
        del since
        now = self.standing()
        return Patch(seq=now.seq, at=now.at, nodes=dict(now.nodes), taken=now.taken, undone=now.undone, resets=True)

    def steps(self) -> tuple[StepLine, ...]:
        """Return all steps, in the order in which they began."""
        return tuple(
            StepLine(
                address=row.path,
                place=place(row.path),
                depth=row.path.count("/"),
                status=row.status,
                note=clean(row.note, chars_max=_NOTE_CHARS_MAX),
                began_at=0,
            )
            for row in self._view.rows(now_ms=self.at)
        )

    def steps_since(self, seq: int) -> tuple[StepLine, ...]:
        """Return the lines that are new or changed after event number `seq`, in the order in which they began."""
        del seq
        return self.steps()
