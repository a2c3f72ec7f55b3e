"""The lives of a run's steps: when each began and ended, what made it begin, and what it was doing in between.

The journal tells exactly when a step became due, waited, was to be tried again, and ended. It does not tell when a
worker first entered a step that was due: that stretch counts as running. What it can tell of queueing is told: an item
that waited for room in its map, and a time that was over before anybody noticed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from podium.core import events as ev
from podium.core.evolve import evolve
from podium.core.path import ROOT, is_undo, map_path, parse, step_path, undone_path
from podium.core.state import RunState, Step, StepStatus
from podium.draw.overlay import Status
from podium.graph.nodes import Graph, GraphKind, NodeKind
from podium.views.timeline import Span

_SPANS = {
    StepStatus.CHECKING: Span.RUNNING,
    StepStatus.CHECKED: Span.RUNNING,
    StepStatus.RUNNING: Span.RUNNING,
    StepStatus.INSIDE: Span.RUNNING,
    StepStatus.WAITING: Span.WAITING,
    StepStatus.PARKED: Span.WAITING,
    StepStatus.BACKOFF: Span.BACKING_OFF,
    StepStatus.POSTPONED: Span.BACKING_OFF,
}
_STANDS = {
    StepStatus.WAITING: Status.WAITING,
    StepStatus.PARKED: Status.PARKED,
    StepStatus.BACKOFF: Status.RETRYING,
    StepStatus.POSTPONED: Status.RETRYING,
}
_FIRST = (Span.RUNNING, Span.BACKING_OFF, Span.WAITING)
"""What is said of a step that holds others: the first of these that any of them does."""


@dataclass(slots=True)
class Turn:
    """From `at` on a step does something else; `span` None: nothing, it is over or holds nothing."""

    at: int
    span: Span | None
    attempt: int = 1


@dataclass(slots=True, eq=False)
class Life:
    """A step from when it begins to when it ends; one that is begun again has another one.

    Attributes:
        path: Its address; ROOT for the run, and for a time in which it was over.
        began_seq, began_at, ended_seq, ended_at: Numbers and times of its first and last events.
        cause: What ended, or began around it, so that it could begin; None: the run began.
        closer: Of what holds others: the last of them to end.
        status: How it ended, or stands.
        turns: What it did, in order.
        due: When what it waits for is over; None where that is not by time alone.
        is_held_open: It does what those that it holds do.
        inside: How many of them do what.
        counted: As what it is counted in what holds it.
    """

    path: str
    began_seq: int
    began_at: int
    cause: "Life | None" = None
    ended_seq: int | None = None
    ended_at: int | None = None
    closer: "Life | None" = None
    status: Status = Status.RUNNING
    turns: list[Turn] = field(default_factory=list)
    due: int | None = None
    is_held_open: bool = False
    inside: Counter[Span] = field(default_factory=Counter)
    counted: Span | None = None

    @property
    def known_at(self) -> int:
        """The number from which on it can have made something begin: of its end, or of its begin while it goes on."""
        return self.began_seq if self.ended_seq is None else self.ended_seq

    @property
    def held(self) -> Span | None:
        """What is said of it for those that it holds; None where it holds none."""
        return next((span for span in _FIRST if self.inside[span]), None)

    def ran_ms(self, upto: int) -> int:
        """Return for how long it ran, up to its end or a time."""
        turns = [*self.turns, Turn(upto if self.ended_at is None else self.ended_at, None)]
        return sum(after.at - turn.at for turn, after in pairwise(turns) if turn.span is Span.RUNNING)


class Lives:
    """The lives of a run's steps, event by event.

    Attributes:
        all: In the order in which they began.
        run: The run itself, as what holds all others.
        state: The run, folded.
    """

    def __init__(self, graph: Graph) -> None:
        self.all: list[Life] = []
        self.run = Life(ROOT, 0, 0, is_held_open=True)
        self.state = RunState("", graph)
        self._open: dict[str, Life] = {}
        self._settled: dict[str, Life] = {}
        self._last: dict[str, Life] = {}
        self._sagas: dict[str, Life | None] = {}
        self._pause: Life | None = None

    def take(self, event: ev.Event) -> None:
        """Take the next event in; raise as `evolve` does."""
        evolve(self.state, event)
        self.state.touched.clear()
        told = _TOLD.get(type(event))
        if told is not None:
            told(self, event)
        else:
            self._follows(getattr(event, "path", ROOT))

    def _follows(self, path: str) -> None:
        """Note what a step does after an event that concerns it."""
        life, step = self._open.get(path), self.state.steps.get(path)
        if life is not None and step is not None:
            self._does(life, step)

    # ----- begin and end

    def _begins(self, path: str) -> Life:
        seq, at = self.state.seq, self.state.at
        life = Life(path, seq, at, self._cause(path))
        self._open[path] = life
        self.all.append(life)
        step = self.state.steps.get(path)
        of = self._open.get(_holder(path)) if step is not None and step.item is not None else None
        if of is not None and of.began_at < at:
            life.turns.append(Turn(of.began_at, Span.QUEUED))
        if step is not None:
            self._does(life, step)
        return life

    def _started(self, path: str) -> None:
        if path in self._open:  # its condition was evaluated
            self._follows(path)
        else:
            self._begins(path)

    def _ends(self, path: str, status: Status) -> None:
        life = self._open.get(path) or self._begins(path)
        self._wakes(life, self.state.at)
        self._turn(life, None, attempt=life.turns[-1].attempt if life.turns else 1)
        del self._open[path]
        life.status, life.ended_seq, life.ended_at = status, self.state.seq, self.state.at
        last = self._last.get(path)
        life.closer = last if last is not None and last.known_at > life.began_seq else None
        self._settled[path] = life
        if is_undo(path):
            self._sagas[self._saga_of(path)] = life
        else:
            self._last[_holder(path)] = life

    def _cause(self, path: str) -> Life | None:
        """Return what came last of all that a step had to wait for."""
        holder = _holder(path)
        found = [self._pause, self._open.get(holder), *self._before(path, holder)]
        return max((life for life in found if life is not None), key=lambda life: life.known_at, default=None)

    def _before(self, path: str, holder: str) -> Sequence[Life | None]:
        """Return the steps beside one that it may have waited for."""
        if is_undo(path):
            saga = self._saga_of(path)
            return (self._sagas.get(saga) or self._last.get(saga),)
        where = parse(path)
        graph = self.state.scopes[where.scope].graph
        if where.item is not None or graph.kind is GraphKind.MACHINE:
            return (self._last.get(holder),)
        return [self._settled.get(step_path(where.scope, name)) for name in graph.nodes[where.name].sources()]

    def _saga_of(self, path: str) -> str:
        """Return the scope whose writes are being undone, the step at `path` among them."""
        scope = parse(undone_path(path)).scope
        while scope and scope not in self._sagas:
            scope = parse(scope).scope
        return scope

    # ----- what is done in between

    def _does(self, life: Life, step: Step) -> None:
        status = step.status
        if status not in _SPANS:
            return
        self._wakes(life, self.state.at)
        life.status = _STANDS.get(status, Status.RUNNING)
        if step.undoes is not None and status is not StepStatus.PARKED:
            life.status = Status.UNDOING
        life.is_held_open = status is StepStatus.INSIDE
        span = life.held if life.is_held_open else None
        self._turn(life, span or _SPANS[status], attempt=step.attempt - (status is StepStatus.BACKOFF))
        life.due = step.until if _goes_by_time(step) else None

    def _wakes(self, life: Life, at: int) -> None:
        """Tell the time that a step waited for from the time in which nobody noticed that this was over."""
        if life.due is not None and life.due < at:
            last = life.turns[-1]
            is_next = last.span is Span.BACKING_OFF and self._tries_anew(life)
            life.turns.append(Turn(max(life.due, last.at), Span.QUEUED, last.attempt + is_next))
        life.due = None

    def _tries_anew(self, life: Life) -> bool:
        step = self.state.steps.get(life.path)
        return step is not None and step.attempt > life.turns[-1].attempt

    def _turn(self, life: Life, span: Span | None, *, attempt: int = 1) -> None:
        """Let a step do something else from now on, and what holds it."""
        last = life.turns[-1] if life.turns else None
        if last is None or (last.span, last.attempt) != (span, attempt):
            life.turns.append(Turn(self.state.at, span, attempt))
        if life is self.run or life.counted is span:
            return
        holder = self._holding(life)
        if life.counted is not None:
            holder.inside[life.counted] -= 1
        if span is not None:
            holder.inside[span] += 1
        life.counted = span
        if holder.is_held_open:
            self._turn(holder, holder.held or (None if holder is self.run else Span.RUNNING))

    def _holding(self, life: Life) -> Life:
        path = _holder(life.path)
        while path and path not in self._open:
            path = _holder(path)
        return self._open.get(path, self.run)

    # ----- the run

    def _is_over(self) -> None:
        self.run.ended_seq, self.run.ended_at = self.state.seq, self.state.at
        self.run.closer = self._sagas.pop(ROOT, None) or self._last.get(ROOT) or self._pause

    def _goes_on(self) -> None:
        """Let a run that was over begin again."""
        run, state = self.run, self.state
        self._sagas.clear()
        if run.ended_seq is not None and run.ended_at is not None:
            pause = Life(ROOT, run.ended_seq, run.ended_at, run.closer, state.seq, state.at)
            self._pause, run.ended_seq, run.ended_at, run.closer = pause, None, None, None

    def _copied(self) -> None:
        self._goes_on()
        self._last.clear()
        self._settled.clear()
        if not self.all:
            self.run.began_at = self.state.at
        for path, step in list(self.state.steps.items()):
            if step.status in _SPANS:
                self._begins(path)

    def _retried(self) -> None:
        self._goes_on()
        for path, step in list(self.state.steps.items()):
            if step.status is StepStatus.INSIDE:
                self._begins(path)

    def _begun(self) -> None:
        self.run.began_at = self.state.at

    def _undoes(self, path: str) -> None:
        self._sagas[parse(path).scope if path else ROOT] = None

    def _undone(self, path: str) -> None:
        scope = parse(path).scope
        last = self._sagas.pop(scope, None)
        if last is not None:
            self._last[scope] = last


def _holder(path: str) -> str:
    """Return the address of what a step is inside of: the map of an item, the step of a scope; ROOT for the run."""
    if is_undo(path):
        return parse(undone_path(path)).scope
    return map_path(path) if path.endswith("]") else parse(path).scope


def _goes_by_time(step: Step) -> bool:
    """Claim that nothing but time ends what the step waits for."""
    if step.status in (StepStatus.BACKOFF, StepStatus.POSTPONED):
        return True
    return step.status is StepStatus.WAITING and step.node.kind is NodeKind.SLEEP


def _ending(status: Status) -> Callable[[Lives, Any], None]:
    return lambda lives, event: lives._ends(event.path, status)  # noqa: SLF001


def _over(lives: Lives, _: Any) -> None:
    lives._is_over()  # noqa: SLF001


_TOLD: Mapping[type[ev.Event], Callable[[Lives, Any], None]] = {
    ev.RunStarted: lambda lives, _: lives._begun(),  # noqa: SLF001
    ev.RunForked: lambda lives, _: lives._copied(),  # noqa: SLF001
    ev.RunRewound: lambda lives, _: lives._copied(),  # noqa: SLF001
    ev.RunRetried: lambda lives, _: lives._retried(),  # noqa: SLF001
    ev.RunCompleted: _over,
    ev.RunFailed: _over,
    ev.RunCancelled: _over,
    ev.RunCompensated: _over,
    ev.ConditionAsked: lambda lives, event: lives._started(event.path),  # noqa: SLF001
    ev.StepStarted: lambda lives, event: lives._started(event.path),  # noqa: SLF001
    ev.StepRestarted: lambda lives, event: lives._started(event.path),  # noqa: SLF001
    ev.UndoStarted: lambda lives, event: lives._started(event.path),  # noqa: SLF001
    ev.StepDone: _ending(Status.DONE),
    ev.StepSkipped: _ending(Status.SKIPPED),
    ev.StepFailed: _ending(Status.FAILED),
    ev.StepCancelled: _ending(Status.CANCELLED),
    ev.UndoDone: _ending(Status.UNDONE),
    ev.UndoSkipped: _ending(Status.SKIPPED),
    ev.CompensationStarted: lambda lives, event: lives._undoes(event.path),  # noqa: SLF001
    ev.CompensationEnded: lambda lives, event: lives._undone(event.path),  # noqa: SLF001
}


def lives_of(graph: Graph, events: Iterable[ev.Event]) -> Lives:
    """Return the lives of a run's steps after `events`, oldest first; raise as `evolve` does."""
    lives = Lives(graph)
    for event in events:
        lives.take(event)
    return lives
