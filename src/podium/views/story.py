"""A run, told event by event: how it stands, what changed since, its steps. Everybody who shows a run folds it here."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic_core import from_json

from podium.core import events as ev
from podium.core.events import Event
from podium.core.evolve import evolve
from podium.core.path import ROOT, Element, is_undo, parse, place, step_path, undone_path
from podium.core.state import RunState, StepStatus
from podium.draw.overlay import Overlay, Status, place_in
from podium.draw.plans import graph_at, with_plans
from podium.draw.words import status_words
from podium.graph.encode import graph_from_json
from podium.graph.nodes import START, Graph, GraphKind, OnFailure
from podium.views.copied import UNKNOWN, last_places, reached
from podium.views.places import Places
from podium.views.spending import Cost, cost_of
from podium.views.standing import NodeStanding, Patch, Standing, StepLine, Way
from podium.views.steps import STATUS_OF, Seen, Steps
from podium.views.ways import WayBack, Ways, certain_ways, end_of
from podium.views.wording import told

_BEGINS = (ev.StepStarted, ev.StepRestarted)
_MOVES = frozenset({Status.RUNNING, Status.RETRYING, Status.WAITING})
_SETTLES_WRITES = (ev.StepDone, ev.StepFailed, ev.StepCancelled, ev.StepRestarted, ev.UndoDone, ev.UndoSkipped)


class RunStory:
    """A run, folded from its committed events, oldest first.

    What `standing`, `patch` and `steps` give is a snapshot; they cost what they tell, never what the run is long.

    Attributes:
        state: As the law has it.
        seq: The number of the last event taken in; 0 before the first.
        at: Its time.
        given: The fields of its input as JSON texts; None for a copy, whose input is another run's.
        spent: What requests to models have cost.
        plans: Graphs that came with the data, by the address of the step that carries them out; the last ones.
        steps_seen: All steps.
    """

    def __init__(self, run_id: str, graph: Graph) -> None:
        self.state = RunState(run_id, graph)
        self.seq = 0
        self.at = 0
        self.given: Mapping[str, str] | None = None
        self.spent = Cost()
        self.plans: dict[str, Graph] = {}
        self.steps_seen = Steps()
        self._places = Places()
        self._taken = Ways()
        self._back = WayBack(self._taken, compensates=graph.on_failure is OnFailure.COMPENSATE)
        self._last: dict[str, str] = {}
        self._reset_at = 0
        self._drawn_at = 0

    @property
    def drawn(self) -> Graph:
        """The graph with the last plans put in: what the picture is of."""
        return with_plans(self.state.graph, self.plans)

    def take(self, number: int, event: Event) -> Status | None:
        """Take the next event in; return how the step that it concerns stands now, None where it concerns none.

        Raises:
            InvariantError: The event does not follow from those before. The story is then not to be used any more.
        """
        evolve(self.state, event)
        self.state.touched.clear()
        self.seq, self.at = number, event.at
        if isinstance(event, ev.RunForked | ev.RunRewound):
            self._copied(event)
        path: str = getattr(event, "path", ROOT)
        status = self._step(event, path) if path else None
        match event:
            case ev.RunStarted():
                self.given = event.data
            case ev.ScopeOpened():
                self._opened(event)
            case ev.ScopeClosed() | ev.RunCompleted():
                self._ended(path)
            case ev.UndoStarted():
                self._turn(undone_path(path))
            case ev.ReadDone():
                self.spent = self.spent.plus(cost_of(event) or Cost())
            case ev.RunRetried():
                self._reopened(event)
            case ev.CompensationStarted():
                self._back.begin(parse(path).scope if path else ROOT)
            case _:
                pass
        return status

    # ----- what it tells

    def standing(self) -> Standing:
        """Return how the run stands."""
        nodes = {where: self._standing(where) for where in self._places.names()}
        return Standing(seq=self.seq, at=self.at, nodes=nodes, taken=self._taken.all(), undone=self.undone)

    def patch(self, since: int) -> Patch:
        """Return what makes the standing after event number `since`, or an empty one for 0, this one."""
        if since < self._reset_at:
            now = self.standing()
            whole = {"nodes": dict(now.nodes), "taken": now.taken, "undone": now.undone}
            return Patch(seq=self.seq, at=self.at, resets=True, redraws=since < self._drawn_at, **whole)
        nodes = {where: self._standing(where) for where in self._places.changes.since(since)}
        return Patch(
            seq=self.seq,
            at=self.at,
            nodes=dict(reversed(nodes.items())),
            taken=self._taken.since(since) or None,
            undone=self._back.ways.since(since) or None,
            redraws=since < self._drawn_at,
        )

    def steps(self) -> tuple[StepLine, ...]:
        """Return all steps, in the order in which they began."""
        return tuple(seen.line() for seen in self.steps_seen)

    def steps_since(self, seq: int) -> tuple[StepLine, ...]:
        """Return the lines that are new or changed after event number `seq`, in the order in which they began.

        All of them where the patch since then resets: lines may have gone.
        """
        if seq < self._reset_at:
            return self.steps()
        return tuple(seen.line() for seen in self.steps_seen.since(seq))

    @property
    def undone(self) -> tuple[Way, ...]:
        """The ways that compensation has gone, in order; see `Standing`."""
        return self._back.ways.all()

    def overlay(self) -> Overlay:
        """Return what is laid over the picture as a file."""
        nodes = {where: self._places.node(where, self.steps_seen)[0] for where in self._places.names()}
        return Overlay(nodes=nodes, taken=frozenset(self._taken.all()), undone=self.undone)

    def _standing(self, where: str) -> NodeStanding:
        node, address = self._places.node(where, self.steps_seen)
        return NodeStanding(
            status=node.status,
            words=status_words(node),
            address=address,
            visits=node.visits,
            attempts=node.attempts,
            items_done=node.items_done,
            items_total=node.items_total,
        )

    # ----- how it is folded

    def _graph_at(self, scope: str) -> Graph:
        return graph_at(self.state.graph, self.plans, scope)

    def _step(self, event: Event, path: str) -> Status | None:
        """Note what an event says of its step, and of the one whose write that undoes."""
        said = told(event)
        step = self.state.steps.get(path)
        status = said.status if step is None else STATUS_OF[step.status]
        if is_undo(path):
            status = Status.UNDOING if status in _MOVES else status
            self._undo(event, path, status)
            return status
        if isinstance(event, _BEGINS):
            self.steps_seen.begin(path, status or Status.RUNNING, seq=self.seq, at=self.at)
            self._came(path)
        note = said.note if said.note or said.status is not None else None
        seen = self.steps_seen.stand(path, status, note=note, seq=self.seq, at=self.at)
        if isinstance(event, ev.AttemptFailed):
            self.steps_seen.try_again(path, event.attempt + 1)
        self._put(event, seen)
        return status

    def _undo(self, event: Event, path: str, status: Status | None) -> None:
        note = told(event).note
        left = Status.SKIPPED if isinstance(event, ev.UndoSkipped) else status
        self.steps_seen.stand(path, left, note=note, seq=self.seq, at=self.at)
        if isinstance(event, ev.AttemptFailed):
            self.steps_seen.try_again(path, event.attempt + 1)
        self._put(event, self.steps_seen.is_undone(undone_path(path), status, note=note, seq=self.seq))

    def _put(self, event: Event, seen: Seen) -> None:
        """Show a step at its place."""
        items = self.state.maps.get(seen.address)
        if items is not None and isinstance(event, _BEGINS):
            self._places.has_length(seen.address, len(items.items))
        if isinstance(event, _SETTLES_WRITES):
            self._places.owes(seen.address, is_owed=seen.address in self.state.writes)
        self._places.put(seen)
        if isinstance(event, ev.UndoDone | ev.UndoSkipped):
            self._places.turn(seen.place, self.seq)

    def _came(self, path: str) -> None:
        """Remember the ways that led to a step."""
        where, spot = parse(path), place(path)
        if where.item is not None:
            return
        graph, scope = self._graph_at(where.scope), place(where.scope)
        if graph.kind is GraphKind.MACHINE:
            before = self._last.get(where.scope, place_in(scope, START))
            if before != UNKNOWN:
                self._taken.add(before, spot, seq=self.seq)
            self._last[where.scope] = spot
            return
        for name in self._sources(graph, where):
            self._taken.add(place_in(scope, name), spot, seq=self.seq)

    def _sources(self, graph: Graph, where: Element) -> Iterator[str]:
        """Return what a DAG's node got something from."""
        inside = [name for name in graph.nodes[where.name].sources() if name in graph.nodes]
        for name in inside or [START]:
            seen = self.steps_seen.get(step_path(where.scope, name))
            if name == START or (seen is not None and seen.now.status is Status.DONE):
                yield name

    def _opened(self, event: ev.ScopeOpened) -> None:
        """Draw what came with the data; a plan that took the place of another one begins with nothing gone."""
        if not event.graph:
            return
        spot = place(event.path)
        self._drawn_at = self.seq
        if "[" not in event.path and any(place(path) == spot for path in self.plans):
            self._taken.forget_inside(spot)
            self._back.ways.forget_inside(spot)
            self._places.forget_inside(spot)
            self._reset_at = self.seq
        self.plans.pop(event.path, None)
        self.plans[event.path] = graph_from_json(event.graph)

    def _ended(self, scope: str) -> None:
        graph = self._graph_at(scope)
        is_machine = graph.kind is GraphKind.MACHINE
        last = self._last.get(scope) if is_machine else place_in(place(scope), graph.gives or "")
        if last:
            self._taken.add(last, end_of(scope), seq=self.seq)

    def _reopened(self, event: ev.RunRetried) -> None:
        """Be inside those steps again that hold what had failed."""
        for path, step in self.state.steps.items():
            if step.status is StepStatus.INSIDE:
                seen = self.steps_seen.stand(path, Status.RUNNING, note=told(event).note, seq=self.seq, at=self.at)
                self._places.put(seen)

    def _turn(self, path: str) -> None:
        """Go back to a step whose write is undone next, and to what it is in, from outside to inside."""
        turns = [path]
        while (scope := parse(turns[-1]).scope) != ROOT and scope not in self.state.sagas:
            turns.append(scope)
        for address in reversed(turns):
            self._back.go(address, self._graph_at(parse(address).scope), seq=self.seq)

    def _copied(self, event: ev.RunForked | ev.RunRewound) -> None:
        """Stand as the run did that was copied, or as this one did where it is sent on from."""
        if isinstance(event, ev.RunRewound):
            then: int = from_json(event.snapshot)["seq"]
            for gone in (self.steps_seen, self._taken, self._back.ways):
                gone.rewind(then)
            self._back.begin(ROOT)
            self._reset_at = self.seq
        self.plans.update(self.state.plans)
        for address, status in reached(self.state):
            seen = self.steps_seen.get(address)
            if seen is None or (seen.now.status is not status and address in self.state.steps):
                self.steps_seen.stand(address, status, note="", seq=self.seq, at=self.at)
        self._last = last_places(self.state)
        self._places.again(self.steps_seen)
        for path, items in self.state.maps.items():
            self._places.has_length(path, len(items.items))
        if isinstance(event, ev.RunForked):
            for way in (way for scope in self.state.scopes.values() for way in certain_ways(scope)):
                self._taken.add(*way, seq=self.seq)


def story_of(graph: Graph, events: Iterable[Event], *, run_id: str = "") -> RunStory:
    """Return the story of a run after its first events, oldest first."""
    story = RunStory(run_id, graph)
    for number, event in enumerate(events, 1):
        story.take(number, event)
    return story
