"""Keeps its own account of what a run has written and undone, from the events alone, and holds it against the promises.

It shares no line with the law that it checks: who depends on whom is asked pair by pair, of the graph.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.core import events as ev
from podium.core.evolve import evolve
from podium.core.path import ROOT, is_undo, parse, undone_path
from podium.core.state import RunState, RunStatus, StepStatus, WriteStatus
from podium.failure import Failure
from podium.graph.nodes import Graph, GraphKind, OnFailure

OVER = (ev.RunCompleted, ev.RunFailed, ev.RunCancelled, ev.RunCompensated)
PASSED = (ev.RunTakenOver, ev.CompensationStarted, ev.RunCompensated, ev.UndoStarted, ev.UndoDone, ev.UndoSkipped)
ENDS_STEP = (ev.StepDone, ev.StepFailed, ev.StepCancelled)


@dataclass
class Ledger:
    """What a run owes.

    Attributes:
        state: The run up to here.
        owed: Addresses of writes that are done, or given up in doubt, and not undone, in that order.
        open: What is being undone: the scope, by the state that is held for it, or ROOT.
        final: Addresses of writes that are irreversible.
        undoing: Writes whose undoing has begun.
        keys: Those under which anything was sent.
        begun, undone: Number of the event with which a step began, and with which its write was last undone.
        taken: States whose error edge was taken once all was undone for it.
        cause: Why the run ends, as far as it is known.
        is_cancelled: It was called off.
    """

    state: RunState
    owed: list[str] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)
    final: set[str] = field(default_factory=set)
    undoing: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    begun: dict[str, int] = field(default_factory=dict)
    undone: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    cause: Failure | None = None
    is_cancelled: bool = False

    @property
    def graph(self) -> Graph:
        return self.state.graph

    def take(self, append: Sequence[ev.Event]) -> None:
        """Look at what followed from one piece of news, and at where the run stood before."""
        if self._goes_forward_only() and not _gives_up(append[0]):
            ended = [event for event in append if isinstance(event, ev.ScopeFailing) and event.path == ROOT]
            assert not ended, "a run that can only go forward does not end but by a person's word"
        for event in append:
            self._take_one(event)

    def _goes_forward_only(self) -> bool:
        """Claim that a write is done that can not be undone, and that nothing was failing before that."""
        state = self.state
        if self.graph.on_failure is not OnFailure.COMPENSATE or state.status is not RunStatus.OPEN:
            return False
        fails = [s for s in state.scopes.values() if s.failure or s.closing] + [
            m for m in state.maps.values() if m.failure
        ]
        return bool(self.final & {*self.owed}) and not fails

    def _take_one(self, event: ev.Event) -> None:
        self._judge(self.state, event)
        evolve(self.state, event)
        if isinstance(event, ev.RunForked | ev.RunRewound):
            self._takes_over_a_copy(self.state)
        if isinstance(event, ev.RunRewound):
            self._goes_back_far_enough(json.loads(event.snapshot)["seq"])
        if isinstance(event, ev.DeadlinePassed) and self.state.root.closing:
            self.cause = self.cause or self.state.root.failure

    def _takes_over_a_copy(self, state: RunState) -> None:
        """Nothing is owed; what ends already does, and states held for their error edges wait for nothing more."""
        self.cause, self.is_cancelled = state.root.failure, state.is_cancelled
        held = [step for step in state.steps.values() if step.status is StepStatus.UNDOING]
        self.open = {step.path: step.scope for step in held}
        self.taken -= {*state.steps}
        assert not state.writes

    def _goes_back_far_enough(self, place: int) -> None:
        """What is undone by now is not taken for done: where it was not undone yet, its step has yet to end."""
        for path, seq in self.undone.items():
            has_begun = seq > place and self.begun.get(path, 0) <= place
            assert not has_begun or path in self.state.steps, f"{path} is undone, and counts as done"

    def _judge(self, state: RunState, event: ev.Event) -> None:
        if ROOT in self.open and not isinstance(event, OVER):
            assert isinstance(event, PASSED) or is_undo(getattr(event, "path", "")), f"{event} goes forward"
        if isinstance(event, ENDS_STEP):
            self._step_ends(state, event.path)
        elif isinstance(event, ev.StepStarted | ev.StepRestarted):
            self._step_begins(state, event)
        elif isinstance(event, ev.WriteIntended):
            self._sent(state, event)
        elif isinstance(event, OVER):
            self._run_ends(event)
        else:
            self._about_saga(state, event)
            self._about_cause(event)

    def _step_begins(self, state: RunState, event: ev.StepStarted | ev.StepRestarted) -> None:
        self.begun[event.path] = state.seq + 1
        if isinstance(event, ev.StepStarted):
            self.taken.discard(event.path)
        else:
            assert event.path not in self.taken, "what it built upon is undone"
            if event.path in self.owed:
                self.owed.remove(event.path)

    def _step_ends(self, state: RunState, path: str) -> None:
        write = state.steps[path].write
        if write is None or write.is_inherited or not (write.undo or write.irreversible):
            return
        if write.status in (WriteStatus.DONE, WriteStatus.DOUBT):
            assert path not in self.owed
            self.owed.append(path)
            (self.final.add if write.irreversible else self.final.discard)(path)

    def _sent(self, state: RunState, event: ev.WriteIntended) -> None:
        write = state.steps[event.path].write
        if write is not None and write.key == event.key:
            may_be = write.status is WriteStatus.RELEASED or write.send_again
            assert may_be, f"{event.key} is sent again while it is {write.status}"
        else:
            assert event.key not in self.keys, f"{event.key} was used for something else"
        self.keys.add(event.key)

    def _about_saga(self, state: RunState, event: ev.Event) -> None:
        match event:
            case ev.CompensationStarted(path=path):
                self._saga_begins(state, event, ROOT if path == ROOT else state.steps[path].scope)
            case ev.UndoStarted(path=path):
                self._turn_comes(undone_path(path))
            case ev.UndoDone(path=path) | ev.UndoSkipped(path=path):
                self.owed.remove(undone_path(path))
                self.undoing.remove(undone_path(path))
                if isinstance(event, ev.UndoDone):
                    self.undone[undone_path(path)] = state.seq + 1
            case ev.CompensationEnded(path=path):
                assert not self._owed_in(self.open.pop(path)), "not all is undone before the error edge is taken"
                self.taken.add(path)
            case _:
                pass

    def _saga_begins(self, state: RunState, event: ev.CompensationStarted, scope: str) -> None:
        self.open[event.path] = scope
        assert self._owed_in(scope), "there is something to undo"
        if event.path != ROOT:
            step = state.steps[event.path]
            assert step.status is StepStatus.FAILED
            edge = next(each for each in step.node.handlers if {*each.types} & {*event.failure.types})  # type: ignore[union-attr]  # it failed
            assert edge.undo, "an error that was handled compensates nothing, unless its edge says so"
            is_final = self.final & {*self._owed_in(scope)} and self.graph.on_failure is OnFailure.COMPENSATE
            assert not is_final, "what can not be undone is not undone for an edge"
        else:
            assert self.graph.on_failure is OnFailure.COMPENSATE
            assert not any(step.status not in _SETTLED for step in state.steps.values()), "all in flight has settled"
            assert event.failure == (None if self.is_cancelled else self.cause), "the original cause is kept"

    def _turn_comes(self, path: str) -> None:
        assert path in self.owed, "what is undone was written"
        assert path not in self.undoing, "each is undone once"
        scopes = [scope for scope in self.open.values() if _is_in(path, scope)]
        assert len(scopes) == 1, "it is undone for one reason"
        later = [other for other in self._owed_in(scopes[0]) if other != path and self.depends(other, path)]
        assert not later, f"{later} depend on {path}"
        self.undoing.add(path)

    def _owed_in(self, scope: str) -> list[str]:
        return [path for path in self.owed if _is_in(path, scope)]

    def _run_ends(self, event: ev.Event) -> None:
        if isinstance(event, ev.RunCompensated):
            assert self.open.pop(ROOT) == ROOT
            assert not self.owed, "none is lost"
            assert event.failure == (None if self.is_cancelled else self.cause)
        elif not isinstance(event, ev.RunCompleted) and self.graph.on_failure is OnFailure.COMPENSATE:
            assert not self.owed, "none is lost"
        if isinstance(event, ev.RunFailed):
            assert event.failure == self.cause
        assert not self.open
        assert not self.undoing

    def _about_cause(self, event: ev.Event) -> None:
        match event:
            case ev.ScopeFailing(path=path) if path == ROOT:
                self.cause = self.cause or event.failure
            case ev.CancelAsked():
                self.is_cancelled = True
            case ev.RunRetried():
                self.cause = None
            case _:
                pass

    def depends(self, later: str, earlier: str) -> bool:
        """Claim that the step at `later` may have built upon what the one at `earlier` did."""
        graph, ones, others = self.graph, later.split("/"), earlier.split("/")
        scope = ""
        for one, other in zip(ones, others, strict=False):
            if one != other:
                if graph.kind is GraphKind.MACHINE:
                    return self._first(f"{scope}{other}") < self._first(f"{scope}{one}")
                return _needs(graph, parse(one).name, parse(other).name)
            child = self.state.plans.get(f"{scope}{one}", graph.nodes[parse(one).name].child)
            assert child is not None
            graph, scope = child, f"{scope}{one}/"
        raise AssertionError((later, earlier))

    def _first(self, part: str) -> int:
        return min(index for index, path in enumerate(self.owed) if path == part or path.startswith(f"{part}/"))


_SETTLED = (StepStatus.FAILED, StepStatus.CANCELLED)


def _gives_up(event: ev.Event) -> bool:
    return isinstance(event, ev.StepResolved) and event.verb == "abort"


def _is_in(path: str, scope: str) -> bool:
    return not scope or path.startswith(f"{scope}/")


def _needs(graph: Graph, later: str, earlier: str) -> bool:
    sources = [source for source in graph.nodes[later].sources() if source in graph.nodes]
    return earlier in sources or any(_needs(graph, source, earlier) for source in sources)
