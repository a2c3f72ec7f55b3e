"""Everything that a person needs to decide about a parked step, folded from the journal of its run.

A row of `Store.parked` says that there is something to decide; this says what is known, what was tried, what waits for
it, and what each decision would mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from podium.core import events as ev
from podium.core.evolve import evolve
from podium.core.path import undo_path
from podium.core.state import RunState, Step, StepStatus, Write, WriteStatus
from podium.core.stimuli import Verb
from podium.core.undoing import saga_of
from podium.engine.backend import Journals
from podium.engine.ports import ParkedStep
from podium.failure import Failure
from podium.graph.encode import graph_from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTry:
    """One time that something went wrong.

    Attributes:
        at: In ms since 1970 UTC.
        what: "failed", "not done" (the write certainly did not happen) or "in doubt".
        failure: What it was; its texts come from a tool.
    """

    at: int
    what: str
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A parked step with everything needed to decide about it, and to go on.

    Attributes:
        step: Which, why, since when; with the arguments and the key of what was called.
        workflow: Of the run.
        known: What is certain, a sentence each.
        unknown: What nobody knows, a sentence each.
        tried: What went wrong so far, oldest first.
        waiting: Addresses of the steps whose writes are undone only after this one.
        actions: What may be decided, and what it means.
        decided: What people have decided about it before, oldest first.
    """

    step: ParkedStep
    workflow: str
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    tried: tuple[PastTry, ...]
    waiting: tuple[str, ...]
    actions: tuple[tuple[Verb, str], ...]
    decided: tuple[ev.StepResolved, ...] = ()


async def records(journals: Journals, run_id: str) -> list[ParkedRecord]:
    """Return what there is to decide in a run, in the order in which it parked; raise RunNotFoundError."""
    loaded = await journals.load(run_id, upto=0)
    story = _Story(RunState(run_id, graph_from_json(loaded.graph)))
    while batch := await journals.events(run_id, after=story.state.seq):
        for _, event in batch:
            story.take(event)
    steps = [step for step in story.state.steps.values() if step.status is StepStatus.PARKED]
    return [story.record(step) for step in sorted(steps, key=lambda step: step.parked_at)]


def parked_step(state: RunState, step: Step, event: ev.StepParked) -> ParkedStep:
    """Return a step that `event` parked as a row."""
    about = step.write or step.undoes
    return ParkedStep(
        run_id=state.run_id,
        path=step.path,
        reason=event.reason,
        detail=event.detail,
        tool=about.tool if about else "",
        args=about.args if about else "",
        key=about.key if about else "",
        parked_at=event.at,
        version=step.parked_at,
    )


class _Story:
    """A run's journal, event by event: what parked, and what went wrong before."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        self._parked: dict[str, ev.StepParked] = {}
        self._tried: dict[str, list[PastTry]] = {}
        self._decided: dict[str, list[ev.StepResolved]] = {}

    def take(self, event: ev.Event) -> None:
        """Take the next event in."""
        evolve(self.state, event)
        self.state.touched.clear()
        match event:
            case ev.StepParked():
                self._parked[event.path] = event
                if event.failure is not None:
                    self._note(event.path, event.at, "failed", event.failure)
            case ev.StepResolved():
                self._decided.setdefault(event.path, []).append(event)
            case ev.WriteDoubted():
                self._note(event.path, event.at, "in doubt", event.failure)
            case ev.WriteFailed():
                self._note(event.path, event.at, "not done", event.failure)
            case ev.AttemptFailed() | ev.StepFailed():
                self._note(event.path, event.at, "failed", event.failure)
            case _:
                pass

    def _note(self, path: str, at: int, what: str, failure: Failure) -> None:
        """Keep a failure, once: that of a call is that of its step right afterwards."""
        before = self._tried.setdefault(path, [])
        is_told = bool(before) and before[-1].what != "failed" and before[-1].failure.message == failure.message
        if what != "failed" or not is_told:
            before.append(PastTry(at=at, what=what, failure=failure))

    def record(self, step: Step) -> ParkedRecord:
        """Return what is to be decided about a step."""
        return ParkedRecord(
            step=parked_step(self.state, step, self._parked[step.path]),
            workflow=self.state.graph.name,
            known=tuple(_known(step)),
            unknown=tuple(_unknown(step)),
            tried=tuple(self._tried.get(step.path, ())),
            waiting=tuple(_waiting(self.state, step)),
            actions=tuple(_actions(step)),
            decided=tuple(self._decided.get(step.path, ())),
        )


def _in_doubt(step: Step) -> Write | None:
    return step.write if step.write is not None and step.write.status is WriteStatus.DOUBT else None


def _known(step: Step) -> Iterator[str]:
    record, write = step.undoes, step.write
    if record is not None and record.result is not None:
        yield f"{record.tool} with {record.args} happened, under key {record.key}, and gave {record.result}"
    elif record is not None:
        yield f"{record.tool} with {record.args} was sent under key {record.key}, and given up"
    if write is not None and write.status is WriteStatus.DOUBT:
        yield f"{write.tool} with {write.args} was sent under key {write.key}"
    elif write is not None and write.status is WriteStatus.DONE:
        yield f"{write.tool} with {write.args} happened, and gave {write.result}"
    elif record is not None:
        yield "it is not undone: nothing is under way"


def _unknown(step: Step) -> Iterator[str]:
    if step.undoes is not None and step.undoes.result is None:
        yield f"whether {step.undoes.tool} happened"
    write = _in_doubt(step)
    if write is not None:
        yield f"whether {write.tool} happened"
    if write is not None and write.sender_may_live:
        yield "whether a process that lost the run may still send it"


def _waiting(state: RunState, step: Step) -> Iterator[str]:
    """Return what is undone only after this, found along the ways of the saga that are still to go."""
    if step.undoes is None:
        return
    saga = saga_of(state, step.undoes.path)
    coming = {undo_path(step.undoes.path): None}
    for point in (todo := list(coming)):  # grows while it is walked
        if point in state.writes and point != step.undoes.path:
            yield point
            todo.append(undo_path(point))
        todo.extend(then for then in saga.leads_to.get(point, ()) if then not in coming)
        coming.update(dict.fromkeys(saga.leads_to.get(point, ())))


def _actions(step: Step) -> Iterator[tuple[Verb, str]]:
    if step.undoes is not None:
        yield from _undo_actions(step, can_try=bool(step.undoes.undo) and not step.undoes.irreversible)
        return
    if _in_doubt(step) is not None:
        yield Verb.DONE, "it happened; the answer is what it would have given"
        yield Verb.NOT_DONE, "it did not happen: do it anew, under a new key"
        yield Verb.SEND_AGAIN, "send the same again, under the same key"
    else:
        yield Verb.SEND_AGAIN, "run it again"
    yield Verb.ABORT, "give up: the step fails"


def _undo_actions(step: Step, *, can_try: bool) -> Iterator[tuple[Verb, str]]:
    if _in_doubt(step) is not None:
        yield Verb.DONE, "it happened: the write is undone"
        yield Verb.NOT_DONE, "it did not happen: do it anew, under a new key"
        yield Verb.SEND_AGAIN, "send the same again, under the same key"
        return
    if can_try:
        yield Verb.SEND_AGAIN, "try again, ten times; with an answer: what the compensation is to take instead"
    yield Verb.DONE, "it was undone by other means"
    yield Verb.SKIP, "leave what was written as it is; what waits for this goes on"
