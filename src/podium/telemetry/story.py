"""A run as spans: its events are folded, and a span is told when what it is about has ended.

Nothing is kept but what is under way, so a run that is over, or that was let go of, holds no memory. A run that is
taken up again is folded from what is on disk of it, and told on from there. What of it ended shortly before may not
have been told by whoever held it then, and is told once more, under the same ids.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import from_json

from podium.core import events as ev
from podium.core.events import Event
from podium.core.path import ROOT
from podium.core.state import RunState
from podium.effects.keys import write_name
from podium.effects.telemetry import Held
from podium.graph.encode import graph_from_json
from podium.telemetry import names
from podium.telemetry.describe import Describer, Ended
from podium.telemetry.ids import Ids, parent_of
from podium.telemetry.open_spans import OpenSpan, OpenStep, OpenWrite, Places, deepest_first, parent_path
from podium.telemetry.span import Link, Moment, Span, Value

RETOLD_MS = 60_000
"""What ended so shortly before a run was taken up is told once more."""

_RETOLD_MAX = 512


class RunTold:
    """One run, as it is told. It implements `effects.telemetry.Story`.

    Args:
        state: The run as it stands after what is given to `remember`.
        held: How it came to be held here.
        describer: Says what things are called, counts them, and passes on what has ended.
    """

    def __init__(self, state: RunState, held: Held, describer: Describer) -> None:
        self.namespace, self._is_taken_over = held.namespace, held.is_taken_over
        self.run_id, self.workflow, self.describer = state.run_id, state.graph.name, describer
        self.trace, self.life = state.trace, state.lives
        self.places = Places(state.graph)
        for path, scope in state.scopes.items():
            if path:
                self.places.open(path, scope.graph if scope.is_plan else None)
        self.steps: dict[str, OpenStep] = {}
        self.scopes: dict[str, OpenSpan] = {}
        self._seq, self._past, self._is_known = 0, 0, False
        self._recent: deque[Span] = deque(maxlen=_RETOLD_MAX)
        self.begin_life(held.created_at)

    def begin_life(self, at: int) -> None:
        """Begin, or go on after the end."""
        self.parent = parent_of(self.trace)
        self.ids = Ids(self.namespace, self.run_id, self.parent, self.life)
        self.root = OpenSpan(at)
        self.is_wanted = self.describer.wants(self)
        self.steps.clear()
        self.scopes.clear()

    # ----- the way of events

    def remember(self, past: Sequence[Event], seq: int) -> None:
        """Take in what is on record; nothing is told of it, nor counted. `seq`: the number of its last event."""
        if not past:
            return
        self.life -= sum(type(event) in _SENT_ON for event in past)
        self.begin_life(self.root.began)
        self._seq = seq - len(past)
        self.replay(past)

    def replay(self, events: Sequence[Event]) -> None:
        """Take in the next events, which were told already."""
        self._is_known = True
        self._fold(events)
        self._seq, self._past, self._is_known = self._seq + len(events), events[-1].at, False

    def retell(self) -> None:
        """Tell once more what ended last of what is remembered, unless this process has told it."""
        if self.describer.told.get(self.run_id) != self._seq:
            for span in self._recent:
                if span.ended >= self._past - RETOLD_MS:
                    self.describer.tell(span)
        self._recent.clear()

    def take(self, events: Sequence[Event]) -> None:
        """Tell what these events say."""
        if self._past:
            if self._is_taken_over or events[0].at - self._past < RETOLD_MS:
                self.retell()
            self._past = 0
        self._fold(events)
        self._seq += len(events)
        self.describer.has_told(self.run_id, self._seq)

    def _fold(self, events: Sequence[Event]) -> None:
        for event in events:
            if not self._is_known:
                self.describer.count(self, event)
            fold = _FOLD.get(type(event))
            if fold is not None:
                fold(self, event)

    # ----- what is under way

    def step(self, path: str, at: int) -> OpenStep:
        """Return the step at an address; one that nothing is known of began with its run."""
        found = self.steps.get(path)
        return self.open(path, min(self.root.began, at)) if found is None else found

    def open(self, path: str, at: int) -> OpenStep:
        """Begin a step's span, and those that it stands in where they are not known."""
        around, is_map = parent_path(path)
        if is_map:
            self.step(around, at)
        elif around and around not in self.scopes:
            self.step(around, at)
            self.scopes[around] = OpenSpan(at)
        places = self.places
        made = OpenStep(at, node=places.node(path), tool=places.tool(path), label=places.label(path), tried=at, last=at)
        self.steps[path] = made
        return made

    def note(self, span: OpenSpan, at: int, name: str, attributes: Mapping[str, Value] | None = None) -> None:
        """Take note of something that happened."""
        span.note(Moment(at, name, attributes or {}))

    def told(self, span: Span | None) -> None:
        """A span has ended; None where it is not wanted."""
        if span is None:
            return
        if self._is_known:
            self._recent.append(span)
        else:
            self.describer.tell(span)

    def end_step(self, path: str, ended: Ended) -> None:
        """End a step's span, with what is open in it."""
        self.end_scope(path, ended)
        step = self.step(path, ended.at)
        if step.write is not None:
            self.end_write(path, step, ended)
        if step.tool and not step.has_called and ended.has_run:
            self.told(self.describer.only_call(self, path, step, ended))
        del self.steps[path]
        if not self._is_known:
            self.describer.step_ended(self, step, ended)
        self.told(self.describer.step(self, path, step, ended))

    def end_write(self, path: str, step: OpenStep, ended: Ended) -> None:
        """End the span of a step's write."""
        write = step.write
        if write is not None:
            step.write, step.has_called = None, True
            self.told(self.describer.write(self, path, write, ended))

    def end_scope(self, path: str, ended: Ended) -> None:
        """End the span of what is nested in a step, if anything is."""
        scope = self.scopes.pop(path, None)
        if scope is not None:
            self.told(self.describer.scope(self, path, scope, ended))

    def end_run(self, status: str, ended: Ended) -> None:
        """End the run's span, with all that is open in it."""
        for path in deepest_first(iter(list(self.steps))):
            self.end_step(path, ended._replace(failure=None, outcome="ended", has_run=False))
        self.told(self.describer.run(self, self.root, status, ended))

    def sent_on(self, at: int) -> None:
        """The run goes on after it had ended: another span, which follows from the first."""
        before = Link(self.ids.trace, self.ids.root, "sent_on")
        self.life += 1
        self.begin_life(at)
        self.root.links.append(before)


# ----- the run


def _started(run: RunTold, event: ev.RunStarted) -> None:
    run.trace = event.trace
    run.begin_life(event.at)


def _forked(run: RunTold, event: ev.RunForked) -> None:
    run.trace = event.trace
    run.begin_life(event.at)
    plain: dict[str, Any] = from_json(event.snapshot)
    of = Ids(run.namespace, event.parent, parent_of(plain.get("trace", "")), plain.get("lives", 0))
    run.root.links.append(Link(of.trace, of.root, "fork"))


def _sent_on(run: RunTold, event: ev.RunRetried | ev.RunRewound) -> None:
    run.sent_on(event.at)


def _run_ended(status: str) -> Callable[[RunTold, Any], None]:
    def ended(run: RunTold, event: Any) -> None:
        failure = getattr(event, "failure", None)
        run.end_run(status, Ended(event.at, failure=failure, outcome=status))

    return ended


def _noted(name: str, *of: tuple[str, str]) -> Callable[[RunTold, Any], None]:
    """Return what takes note of an event in its step, or in the run; `of`: attributes and the event's fields."""

    def noted(run: RunTold, event: Any) -> None:
        path = getattr(event, "path", ROOT)
        span = run.step(path, event.at) if path else run.root
        given = {attribute: _value(getattr(event, field)) for attribute, field in of}
        run.note(span, event.at, name, {key: value for key, value in given.items() if value not in ("", None)})

    return noted


def _value(value: Any) -> Value:
    if hasattr(value, "type"):  # a failure
        return str(value.type)
    return value if isinstance(value, bool | int) else str(value or "")


# ----- steps


def _step_began(run: RunTold, event: ev.StepStarted | ev.StepRestarted | ev.UndoStarted) -> None:
    run.open(event.path, event.at)


def _scope_opened(run: RunTold, event: ev.ScopeOpened) -> None:
    run.step(event.path, event.at)
    run.places.open(event.path, graph_from_json(event.graph) if event.graph else None)
    run.scopes[event.path] = OpenSpan(event.at)


def _scope_closed(run: RunTold, event: ev.ScopeClosed) -> None:
    run.end_scope(event.path, Ended(event.at))
    run.places.close(event.path)


def _attempt_failed(run: RunTold, event: ev.AttemptFailed) -> None:
    step = run.step(event.path, event.at)
    if step.tool and not step.has_called and step.write is None:
        run.told(run.describer.only_call(run, event.path, step, Ended(event.at, failure=event.failure)))
    attributes: dict[str, Value] = {names.ATTEMPT: event.attempt, names.ERROR_TYPE: event.failure.type}
    run.note(step, event.at, names.ATTEMPT_FAILED, attributes)
    step.attempt, step.tried, step.last, step.has_called = event.attempt + 1, event.retry_at, event.retry_at, False


def _resumed(run: RunTold, event: ev.StepResumed) -> None:
    step = run.step(event.path, event.at)
    run.note(step, event.at, names.RESUMED)
    step.last = event.at


def _step_ended(outcome: str, *, has_run: bool = True) -> Callable[[RunTold, Any], None]:
    def ended(run: RunTold, event: Any) -> None:
        if outcome == "skipped" and event.path not in run.steps:
            return  # it never began
        failure, label = getattr(event, "failure", None), getattr(event, "label", None)
        given = Ended(event.at, failure=failure, outcome=outcome, label=label or "", has_run=has_run)
        run.end_step(event.path, given._replace(result=getattr(event, "output", None) or ""))

    return ended


# ----- calls


def _read_ended(run: RunTold, event: ev.ReadDone | ev.ReadFailed) -> None:
    step = run.step(event.path, event.at)
    step.has_called = True
    run.told(run.describer.read(run, step, event))
    step.last = event.at


def _intended(run: RunTold, event: ev.WriteIntended) -> None:
    step, call = run.step(event.path, event.at), write_name(event.key)
    if step.write is not None and step.write.call == call:
        run.note(step.write, event.at, names.WRITE_SENT_AGAIN)
        return
    at = event.at if event.sent_at is None else event.sent_at
    step.write = OpenWrite(max(at, step.began), tool=event.tool, call=call, args=event.args)


def _write_noted(name: str) -> Callable[[RunTold, Any], None]:
    def noted(run: RunTold, event: Any) -> None:
        step, failure = run.step(event.path, event.at), getattr(event, "failure", None)
        attributes = {} if failure is None else {names.ERROR_TYPE: failure.type}
        run.note(step.write or step, event.at, name, attributes)

    return noted


def _write_ended(run: RunTold, event: ev.WriteDone | ev.WriteFailed) -> None:
    step = run.step(event.path, event.at)
    failure, result = getattr(event, "failure", None), getattr(event, "result", "")
    run.end_write(event.path, step, Ended(event.at, failure=failure, result=result))
    step.last = event.at


_SENT_ON = frozenset({ev.RunRetried, ev.RunRewound})

_ERROR, _REASON = (names.ERROR_TYPE, "failure"), (names.REASON, "reason")

_FOLD: dict[type[Any], Callable[[RunTold, Any], None]] = {
    ev.RunStarted: _started,
    ev.RunForked: _forked,
    ev.RunRetried: _sent_on,
    ev.RunRewound: _sent_on,
    ev.RunTakenOver: _noted(names.TAKEN_OVER),
    ev.CancelAsked: _noted(names.CANCEL_ASKED),
    ev.DeadlinePassed: _noted(names.DEADLINE_PASSED),
    ev.SignalReceived: _noted(names.SIGNAL),
    ev.CompensationStarted: _noted(names.COMPENSATION_STARTED, _ERROR),
    ev.CompensationEnded: _noted(names.COMPENSATION_ENDED),
    ev.RunCompleted: _run_ended("completed"),
    ev.RunFailed: _run_ended("failed"),
    ev.RunCancelled: _run_ended("cancelled"),
    ev.RunCompensated: _run_ended("compensated"),
    ev.StepStarted: _step_began,
    ev.StepRestarted: _step_began,
    ev.UndoStarted: _step_began,
    ev.ScopeOpened: _scope_opened,
    ev.ScopeClosed: _scope_closed,
    ev.TaskOpened: _noted(names.TASK_OPENED, ("podium.task.is_approval", "approval")),
    ev.StepAnswered: _noted(names.ANSWERED),
    ev.AttemptFailed: _attempt_failed,
    ev.StepPostponed: _noted(names.POSTPONED, (names.REASON, "why")),
    ev.StepResumed: _resumed,
    ev.StepLost: _noted(names.LOST),
    ev.StepParked: _noted(names.PARKED, _REASON, _ERROR),
    ev.StepResolved: _noted(names.RESOLVED, ("podium.verb", "verb")),
    ev.StepDone: _step_ended("done"),
    ev.StepSkipped: _step_ended("skipped", has_run=False),
    ev.StepFailed: _step_ended("failed"),
    ev.StepCancelled: _step_ended("cancelled", has_run=False),
    ev.UndoDone: _step_ended("done"),
    ev.UndoSkipped: _step_ended("skipped", has_run=False),
    ev.ReadDone: _read_ended,
    ev.ReadFailed: _read_ended,
    ev.WriteAsked: _noted(names.WRITE_ASKED),
    ev.WriteApproved: _noted(names.WRITE_APPROVED),
    ev.WriteRefused: _noted(names.WRITE_REFUSED),
    ev.WriteIntended: _intended,
    ev.WriteDoubted: _write_noted(names.WRITE_IN_DOUBT),
    ev.WriteReleased: _write_noted(names.WRITE_RELEASED),
    ev.WriteDone: _write_ended,
    ev.WriteFailed: _write_ended,
    ev.WriteRepeated: _noted(names.WRITE_REPEATED),
    ev.WriteBarred: _noted(names.WRITE_BARRED),
}
