"""Whether a simulated run that is over kept the promises, and the author's own laws."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from podium.core import events as ev
from podium.core.advance import fold
from podium.core.events import Event
from podium.core.invariants import check
from podium.core.path import place
from podium.core.state import RunState
from podium.core.stimuli import ParkReason
from podium.engine.ports import Status
from podium.engine.projection import status_of
from podium.failure import Failure
from podium.graph.nodes import OnFailure
from podium.guard.caught import Raised, caught_now
from podium.testing.simulation.faults import TELLING, Fault
from podium.testing.simulation.laws import Breach, Law
from podium.testing.simulation.ledger import Ledger
from podium.testing.simulation.scene import RUN_ID
from podium.testing.simulation.trial import Trial
from podium.testing.simulation.world import Request

MISTAKES = frozenset(
    {
        "SecondWriteError", "WriteInWriteError", "SyncCallError", "AsyncCallError", "MisfitError",
        "ResourceMissingError", "UnknownToolError", "UnknownLabelError", "NotAListError", "NotStorableError",
        "NameError", "UnboundLocalError", "AttributeError", "TypeError",
    }
)  # fmt: skip
"""What nobody raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A simulated run that is over, as the author's own laws are given it.

    Attributes:
        status: How it stands: over, parked, or waiting for what does not come.
        result: What it gave; None unless it completed.
        ledger: What has really happened at the other side.
        journal: All its events.
        resources: What the tools were given by the engine.
        faults: What went wrong on the way.
    """

    status: Status
    result: Any
    ledger: Ledger
    journal: Sequence[Event]
    resources: Any
    faults: tuple[Fault, ...]


Invariant: TypeAlias = Callable[[End], object]
"""A law of the author's: it is broken where it returns False or raises."""


@dataclass(frozen=True, slots=True)
class Plain:
    """How the run ends when nothing goes wrong: `output` as JSON text; None where it is not the same each time."""

    output: str | None = None


def judge(trial: Trial, plain: Plain) -> None:
    """Add to the breaches of a run that is over what can be seen at its end."""
    scene = trial.scene
    record = scene.record
    if record is None:
        scene.breach(Law.ENDS, "start", "the run could never be started")
        return
    for law in _LAWS:
        for breach in law(trial, record.events):
            scene.breach(breach.law, breach.where, breach.says)
    for breach in _same_result(trial, plain):
        scene.breach(breach.law, breach.where, breach.says)


Found: TypeAlias = Iterator[Breach]


def _once(trial: Trial, _: Sequence[Event]) -> Found:
    effects = [effect for effect in trial.scene.ledger if effect.path]
    for (key, tool, args), count in Counter((e.key, e.tool, e.args) for e in effects if e.key).items():
        path = next(e.path for e in effects if e.key == key)
        if count > 1:
            yield Breach(Law.ONCE, tool, f"{tool}{args} happened {count} times for one call, by {path}; expected: once")
    standing = Counter((e.path, e.tool, e.args) for e in effects if e.undone_by is None and e.undoes is None)
    for (path, tool, args), count in standing.items():
        keys = {e.key for e in effects if (e.path, e.tool) == (path, tool)}
        if count > 1 and len(keys) > 1:
            yield Breach(Law.ONCE, tool, f"{tool}{args} stands {count} times for the one visit {path}; expected: once")


def _ends(trial: Trial, _: Sequence[Event]) -> Found:
    record = trial.scene.record
    assert record is not None, "judged after the start"
    for other in trial.scene.shelf.records.values():
        info = other.info
        if info.has_work or (info.status in _ON_TIME and info.wake_at is not None):
            yield Breach(Law.ENDS, info.id, f"nothing is going to happen any more, and {info.id} is {info.status}")
    info = record.info
    if info.status.is_terminal and trial.people.told is None:
        yield Breach(Law.ENDS, "result", f"the run is {info.status}, and who waits for its end is not told")


_ON_TIME = (Status.WAITING, Status.COMPENSATING)


def _undone(trial: Trial, _: Sequence[Event]) -> Found:
    record, workflow = trial.scene.record, trial.scene.case.workflow
    assert record is not None, "judged after the start"
    if workflow.graph.on_failure is not OnFailure.COMPENSATE or record.info.status not in _ENDED_BADLY:
        return
    own = (effect for effect in trial.scene.ledger.standing if ":" not in effect.path)
    for effect in own:
        if effect.tool in workflow.tools and workflow.tool(effect.tool).undo:
            says = f"the run is {record.info.status}, and {effect.tool}{effect.args} by {effect.path} still stands"
            yield Breach(Law.UNDONE, effect.tool, says)


_ENDED_BADLY = (Status.FAILED, Status.CANCELLED, Status.COMPENSATED)


def _kept(trial: Trial, events: Sequence[Event]) -> Found:
    for deed in trial.people.deeds:
        if deed.state == "accepted" and not any(
            isinstance(event, deed.proof) and getattr(event, "path", "") in (deed.path, "") for event in events
        ):
            yield Breach(Law.KEPT, deed.path or "run", f"somebody {deed.says}: it was accepted, and is not on disk")


def _replay(trial: Trial, events: Sequence[Event]) -> Found:
    record = trial.scene.record
    assert record is not None, "judged after the start"
    state = RunState(RUN_ID, trial.scene.case.workflow.graph, incarnation=record.info.epoch)
    folded = caught_now(lambda: check(fold(state, events)))
    if isinstance(folded, Raised):
        yield Breach(Law.REPLAY, "journal", f"{type(folded.error).__name__}: {folded.error}")
        return
    if status_of(state) is not record.info.status or (state.output or None) != record.info.output:
        says = (
            f"the journal says {status_of(state)}, {state.output}; the row {record.info.status}, {record.info.output}"
        )
        yield Breach(Law.REPLAY, "row", says)


def _diverged(_: Trial, events: Sequence[Event]) -> Found:
    for event in events:
        if type(event) is ev.StepParked and event.reason == ParkReason.DIVERGED:
            yield Breach(Law.DIVERGED, place(event.path), event.detail)


def _code(trial: Trial, events: Sequence[Event]) -> Found:
    is_malformed = any(mishap.fault is Fault.MALFORMED for mishap in trial.scene.director.done)
    for event in events:
        failure: Failure | None = getattr(event, "failure", None)
        if failure is None or type(event) is ev.ScopeFailing or type(event) is ev.RunFailed:
            continue
        name = failure.type.rpartition(".")[2]
        if name in MISTAKES and not (name == "NotStorableError" and is_malformed):
            yield Breach(Law.CODE, failure.source or place(getattr(event, "path", "")), str(failure))


def _left(trial: Trial, events: Sequence[Event]) -> Found:
    done = {event.path for event in events if type(event) is ev.StepDone}
    for process in trial.fleet.processes:
        for task, path, tool in process.loop.calls if not process.loop.is_dead else ():
            if task.cancelled() and path in done and not _was_made(trial, path, tool):
                says = f"{path} begins a call of {tool} and ends without it, so the call is never made"
                yield Breach(Law.AWAITED, f"{path} {tool}", says)


def _was_made(trial: Trial, path: str, tool: str) -> bool:
    asked = (line.what for line in trial.scene.story.lines if isinstance(line.what, Request))
    return any((request.path, request.tool) == (path, tool) for request in asked)


def _invariants(trial: Trial, events: Sequence[Event]) -> Found:
    case = trial.scene.case
    if not case.invariants:
        return
    end = _end(trial, events)
    for invariant in case.invariants:
        name = getattr(invariant, "__name__", "invariant")
        said = caught_now(lambda law=invariant: law(end))  # type: ignore[misc]  # bound now
        if isinstance(said, Raised):
            detail = str(said.error) or type(said.error).__name__
            yield Breach(Law.INVARIANT, name, f"{name}: {detail}")
        elif said is False:
            yield Breach(Law.INVARIANT, name, f"{name} does not hold: {invariant.__doc__ or 'it returned False'}")


def _end(trial: Trial, events: Sequence[Event]) -> End:
    record, case = trial.scene.record, trial.scene.case
    assert record is not None, "judged after the start"
    result = None if record.info.output is None else case.workflow.decode_result(record.info.output)
    return End(
        status=record.info.status, result=result, ledger=trial.scene.ledger, journal=events,
        resources=trial.fleet.resources, faults=tuple(mishap.fault for mishap in trial.scene.director.done),
    )  # fmt: skip


def _same_result(trial: Trial, plain: Plain) -> Found:
    record = trial.scene.record
    assert record is not None, "judged after the start"
    if plain.output is None or record.info.status is not Status.COMPLETED or _has_told(trial, record.events):
        return
    if record.info.output != plain.output:
        yield Breach(Law.RESULT, "result", f"it gave {record.info.output}; expected: {plain.output}")


def _has_told(trial: Trial, events: Sequence[Event]) -> bool:
    """Claim that the author's code, or an edge, may have noticed that something went wrong."""
    faults = [mishap.fault for mishap in trial.scene.director.done]
    has_fallback = any(trial.scene.case.workflow.tool(name).fallback for name in trial.scene.case.workflow.tools)
    return bool(TELLING.intersection(faults)) or any(type(event) in _TOLD for event in events) or has_fallback


_TOLD = (ev.StepFailed, ev.ReadFailed, ev.WriteFailed, ev.WriteRefused, ev.StepResolved)

_LAWS = (_once, _ends, _undone, _kept, _replay, _diverged, _code, _left, _invariants)
