"""What the other side said in a recorded run, call by call: tools, people, signals."""

from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias

from podium.core import events as ev
from podium.core.evolve import evolve
from podium.core.path import parse
from podium.core.state import RunState
from podium.core.stimuli import Verb
from podium.errors import RefusedError
from podium.failure import Failure, FailureKind
from podium.graph.nodes import GraphKind, Node, NodeKind
from podium.views.record import Record

Said: TypeAlias = str | Failure
"""What a call gave, as JSON text, or how it failed."""

ANY = ""
"""Stands for whatever a call was asked, or for whatever tool was called in place of one that failed."""

_BY_PEOPLE = (ev.CancelAsked, ev.RunRetried, ev.RunRewound)
_ENDS = (ev.RunCompleted, ev.RunFailed, ev.RunCompensated)


@dataclass(slots=True)
class _Line:
    """What one call gave: `asked` is what tells it from others of the tool, ANY for a write or a step's only call."""

    asked: str
    said: Said
    is_said: bool = False


@dataclass(slots=True)
class Script:
    """What was said.

    Attributes:
        run_id, input: What the run was, and what it was given, field by field.
        calls: By step and tool, in the order in which they ended.
        answers, consents: Of people, by step, each with who gave it.
        signals: Name and payload, in order.
    """

    run_id: str
    input: dict[str, str]
    calls: dict[tuple[str, str], list[_Line]] = field(default_factory=dict)
    answers: dict[str, deque[tuple[str, str]]] = field(default_factory=dict)
    consents: dict[str, deque[tuple[bool, str]]] = field(default_factory=dict)
    signals: list[tuple[str, str]] = field(default_factory=list)
    sends: dict[str, str] = field(default_factory=dict)

    def says(self, path: str, tool: str, digest: str) -> Said | None:
        """Return what the next such call gives; the last one for all that come after it; None where there was none."""
        lines = [line for line in self.calls.get((path, tool), ()) if _is_asked(line.asked, digest)]
        lines = lines or self.calls.get((path, ANY), [])
        if not lines:
            return None
        line = next((line for line in lines if not line.is_said), lines[-1])
        line.is_said = True
        return line.said

    def note(self, path: str, tool: str, said: Said, *, asked: str = ANY) -> None:
        """Remember what a call gave."""
        self.calls.setdefault((path, tool), []).append(_Line(asked, said))


def script_of(run: Record) -> Script:
    """Return what was said in a run.

    Raises:
        RefusedError: It is not over, or people decided how it went on, which no workflow does again by itself.
    """
    first, last = run.events[0], run.events[-1]
    if not isinstance(first, ev.RunStarted):
        raise _refused(run, f"it is a copy of {run.info.parent}, and has no beginning of its own")
    if not isinstance(last, _ENDS):
        raise _refused(run, "it is not over, or was called off")
    script, state = Script(run.info.id, dict(first.data)), RunState(run.info.id, run.graph)
    for event in run.events:
        if isinstance(event, _BY_PEOPLE) or (isinstance(event, ev.StepResolved) and event.verb == Verb.ABORT):
            raise _refused(run, f"people decided how it went on ({type(event).__name__})")
        if not isinstance(event, ev.StepDone):
            _hear(script, event, state)
        evolve(state, event)
        state.touched.clear()
        if isinstance(event, ev.StepDone):
            _hear_alone(script, event, state)
    return script


def _refused(run: Record, why: str) -> RefusedError:
    return RefusedError(f"run {run.info.id} can not be rehearsed: {why}; take one that came to its end by itself")


def _is_asked(asked: str, digest: str) -> bool:
    """Claim that a read of that digest was recorded under a name; further ones of a visit have a number behind it."""
    return asked in (ANY, digest) or asked.startswith((f"{digest}:", f"{digest}@"))


def _hear(script: Script, event: ev.Event, state: RunState) -> None:
    match event:
        case ev.ReadDone():
            tool, _, asked = event.call.partition(":")
            if event.source:
                script.note(event.path, tool, _instead(tool), asked=asked)
                script.note(event.path, event.source, event.result)
            else:
                script.note(event.path, tool, event.result, asked=asked)
        case ev.ReadFailed():
            tool, _, asked = event.call.partition(":")
            _hear_failure(script, event.path, tool, event.failure, asked=asked)
        case ev.WriteIntended():
            script.sends[event.path] = event.tool
        case ev.WriteDone():
            script.note(event.path, script.sends[event.path], event.result)
        case ev.WriteFailed():
            script.note(event.path, script.sends.get(event.path, ANY), event.failure)
        case ev.StepFailed():
            _hear_alone_failed(script, event, state)
        case _:
            _hear_people(script, event)


def _hear_people(script: Script, event: ev.Event) -> None:
    match event:
        case ev.StepAnswered():
            script.answers.setdefault(event.path, deque()).append((event.answer, event.by))
        case ev.WriteApproved():
            script.consents.setdefault(event.path, deque()).append((True, event.by))  # what was said
        case ev.WriteRefused():
            script.consents.setdefault(event.path, deque()).append((False, event.by))  # what was said
        case ev.SignalReceived():
            script.signals.append((event.name, event.payload))
        case ev.StepResolved() if event.verb == Verb.DONE and event.path in script.sends:
            script.note(event.path, script.sends[event.path], event.answer or "null")
        case _:
            pass


def _hear_failure(script: Script, path: str, tool: str, failure: Failure, *, asked: str = ANY) -> None:
    """Remember a failure; where others were called in its place, each has its own."""
    first, *others = failure.causes or (failure,)
    script.note(path, tool, first, asked=asked)
    for other in others:
        script.note(path, ANY, other)


def _hear_alone_failed(script: Script, event: ev.StepFailed, state: RunState) -> None:
    """A step that is one read failed as the read did: nothing else is on record of it."""
    step = state.steps[event.path]
    if _is_one_read(step.node) and not step.is_map:
        _hear_failure(script, event.path, step.node.tools[0].name, event.failure)


def _hear_alone(script: Script, event: ev.StepDone, state: RunState) -> None:
    """A step that is one read gave what the read did; a state gave it to a field of the record."""
    where = parse(event.path)
    scope = state.scopes[where.scope]
    node = scope.graph.nodes[where.name]
    if _is_one_read(node) and (node.each is None or where.item is not None):
        given = scope.data.get(node.give or "") if scope.graph.kind is GraphKind.MACHINE else event.output
        script.note(event.path, node.tools[0].name, given or "null")


def _is_one_read(node: Node) -> bool:
    return node.kind is NodeKind.TOOL and bool(node.tools) and not node.tools[0].writes


def _instead(tool: str) -> Failure:
    """Return how a tool failed in whose place another one answered: nobody wrote down how."""
    return Failure(kind=FailureKind.PERMANENT, type="NotDone", message=f"{tool} failed, as recorded")
