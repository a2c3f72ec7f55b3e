"""The error tree. The branch says whose fault it is; docs/errors.md is drawn from these docstrings.

What a tool does wrong is none of these: it is an outcome (`ToolFailed`, `ItemFailed`, `NotApproved`), stored, matched
by `on_error` and shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from podium.failure import Failure
from podium.outcomes import FallbackFailed as FallbackFailed
from podium.outcomes import ItemFailed as ItemFailed
from podium.outcomes import NotApproved as NotApproved
from podium.outcomes import NotDone as NotDone
from podium.outcomes import ToolFailed as ToolFailed


class PodiumError(Exception):
    """The root of everything that Podium itself raises."""

    code: ClassVar[str] = "podium"


# ----- the author's


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a definition.

    Attributes:
        code: Short and stable, as `unknown-target`.
        message: What is wrong, with the names concerned.
        suggestion: What to do about it; may be empty.
        where: `file:line` of what the author wrote; may be empty.
    """

    code: str
    message: str
    suggestion: str = ""
    where: str = ""

    def __str__(self) -> str:
        """One line as compilers print it: place, message, code, suggestion."""
        place = f"{self.where}: " if self.where else ""
        hint = f" {self.suggestion}" if self.suggestion else ""
        return f"{place}{self.message} [{self.code}]{hint}"


class DefinitionError(PodiumError):
    """Something is wrong with a workflow, a step or a tool as it is written; nothing has run.

    Attributes:
        fault: What, where, and what to do.
    """

    code: ClassVar[str] = "definition"

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class DefinitionErrors(ExceptionGroup[DefinitionError], PodiumError):  # noqa: N818  # a group of them
    """Everything that is wrong with a workflow, found at once, when the module that defines it is imported."""

    code: ClassVar[str] = "definition.group"

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, in the order found."""
        return tuple(error.fault for error in self.exceptions if isinstance(error, DefinitionError))

    def derive(self, excs: Sequence[DefinitionError]) -> "DefinitionErrors":  # type: ignore[override]  # we hold only our own
        """Keep the type when the group is split."""
        return DefinitionErrors(self.message, excs)

    def __str__(self) -> str:
        """The message, then a line per fault."""
        return "\n".join([self.message, *(f"  {fault}" for fault in self.exceptions)])


# ----- the step's, raised inside an author's function or ending it


class StepError(PodiumError):
    """A step did what no step may do; the step fails with it."""

    code: ClassVar[str] = "step"


class SecondWriteError(StepError):
    """A step asked for a second write in one visit. Refused before any effect; make two steps, or say `each=`."""

    code: ClassVar[str] = "step.second_write"

    def __init__(self, *, first: str, second: str, step: str) -> None:
        super().__init__(
            f"step {step} called the write {second!r} after the write {first!r}: a step writes at most once per visit;"
            f" make two steps of it, or map over the items with each="
        )
        self.first, self.second, self.step = first, second, step


class WriteInWriteError(StepError):
    """A write tool called a write tool. It was refused before any effect."""

    code: ClassVar[str] = "step.write_in_write"

    def __init__(self, *, outer: str, inner: str) -> None:
        super().__init__(f"the write {outer!r} called the write {inner!r}: let a step call each of them")


class SyncCallError(StepError):
    """A sync step called an async tool; it has no event loop to wait on. Make the step async, or the tool sync."""

    code: ClassVar[str] = "step.sync_call"

    def __init__(self, *, tool: str) -> None:
        super().__init__(f"a sync step called the async tool {tool!r}: make the step async, or the tool sync")


class AsyncCallError(StepError):
    """An async step called a sync tool, which would stop the event loop. Use `asyncio.to_thread`, or a sync step."""

    code: ClassVar[str] = "step.async_call"

    def __init__(self, *, tool: str) -> None:
        super().__init__(f"an async step called the sync tool {tool!r}: use asyncio.to_thread, or make the step sync")


class NotStorableError(StepError):
    """A value does not survive being written as JSON and read back; the step that made it has failed.

    Attributes:
        field: Which field, parameter or result.
    """

    code: ClassVar[str] = "step.not_storable"

    def __init__(self, field_name: str, detail: str) -> None:
        super().__init__(f"{field_name} can not be stored: {detail}")
        self.field = field_name


class MisfitError(StepError):
    """A step was given a value that is sound where it is stored and does not fit what the step takes; it has failed."""

    code: ClassVar[str] = "step.misfit"


class ResourceMissingError(StepError):
    """A parameter asks for a resource of a type that the engine was not given (`Engine(…, resources=…)`)."""

    code: ClassVar[str] = "step.resource_missing"

    def __init__(self, *, wanted: str, offered: Sequence[str]) -> None:
        has = ", ".join(offered) or "none"
        super().__init__(f"no resource of type {wanted}; the engine has: {has}. Pass it in Engine(…, resources=…)")


class UnknownToolError(StepError):
    """A tool was called that the workflow does not know."""

    code: ClassVar[str] = "step.unknown_tool"

    def __init__(self, name: str) -> None:
        super().__init__(f"the workflow names no tool {name!r}")


class UnknownLabelError(StepError):
    """A state returned an outcome that its `choose` does not name."""

    code: ClassVar[str] = "step.unknown_label"


class TooManyVisitsError(StepError):
    """A state would be entered more often than `max_visits` allows."""

    code: ClassVar[str] = "step.too_many_visits"


class StepTimeoutError(StepError):
    """An attempt of a step, or the wait for a signal or an answer, took longer than it may."""

    code: ClassVar[str] = "step.timeout"


class DeadlineError(StepError):
    """The run used up its time."""

    code: ClassVar[str] = "step.deadline"


class AbortedError(StepError):
    """A person gave a parked step up."""

    code: ClassVar[str] = "step.aborted"


class NotAListError(StepError):
    """What `each=` was to map over is not a list."""

    code: ClassVar[str] = "step.not_a_list"


class WritesForbiddenError(StepError):
    """A fork that was made without `writes=True` wanted to write; nothing was sent."""

    code: ClassVar[str] = "step.writes_forbidden"


# ----- the caller's


class AskError(PodiumError):
    """What was asked for can not be done; nothing has changed."""

    code: ClassVar[str] = "ask"


class InvalidInputError(AskError):
    """The input of a run does not fit the workflow's input model; no run was made."""

    code: ClassVar[str] = "ask.invalid_input"


class InvalidAnswerError(AskError):
    """An answer, a signal's payload or a result given by hand does not fit what is asked for; nothing has changed."""

    code: ClassVar[str] = "ask.invalid_answer"


class RefusedError(AskError):
    """The run is not in a state in which this can be done; the message says which, and what can."""

    code: ClassVar[str] = "ask.refused"


class RunNotFoundError(AskError):
    """There is no run of that id."""

    code: ClassVar[str] = "ask.run_not_found"

    def __init__(self, run_id: str, *, place: str = "") -> None:
        super().__init__(f"no run {run_id!r}{f' in {place}' if place else ''}; `podium runs ls` lists what there is")
        self.run_id = run_id


class DuplicateRunError(AskError):
    """A run of that id exists with another workflow or input; it was left alone."""

    code: ClassVar[str] = "ask.duplicate_run"

    def __init__(self, run_id: str, *, differs: str) -> None:
        super().__init__(f"run {run_id!r} exists already with another {differs}; choose another id")
        self.run_id, self.differs = run_id, differs


class NotRunningError(AskError):
    """`podium.current()` was called where no step runs; only the code of a step or a tool may call it."""

    code: ClassVar[str] = "ask.not_running"

    def __init__(self) -> None:
        super().__init__("podium.current() was called outside a step; only the code of a step or a tool may call it")


class UnknownWorkflowError(AskError):
    """The engine can not find the code of a run's workflow."""

    code: ClassVar[str] = "ask.unknown_workflow"


class BadTargetError(AskError):
    """A TARGET (`module:name` or `file.py:name`) does not lead to a workflow."""

    code: ClassVar[str] = "ask.bad_target"


class BadEngineUrlError(AskError):
    """An engine's URL is not understood, or its extra is not installed."""

    code: ClassVar[str] = "ask.bad_engine_url"


# ----- how a run ended, raised by `Handle.result`


class RunEndedError(PodiumError):
    """A run ended without a result.

    Attributes:
        run_id: The run.
        failure: The cause; None after a cancel.
    """

    code: ClassVar[str] = "run"

    def __init__(self, run_id: str, failure: Failure | None, *, ended: str) -> None:
        super().__init__(f"run {run_id} {ended}" + (f": {failure}" if failure else ""))
        self.run_id, self.failure = run_id, failure


class RunFailedError(RunEndedError):
    """The run failed for good; what it wrote was not undone (there was nothing to undo, or `on_failure` is STOP)."""

    code: ClassVar[str] = "run.failed"


class RunCompensatedError(RunEndedError):
    """The run failed or was called off, and what it wrote was undone, but for the steps that people `skipped`."""

    code: ClassVar[str] = "run.compensated"
    skipped: tuple[str, ...] = ()


class RunCancelledError(RunEndedError):
    """The run was called off."""

    code: ClassVar[str] = "run.cancelled"


# ----- the world's


class StoreError(PodiumError):
    """The disk, the file or the database did not do what was asked."""

    code: ClassVar[str] = "store"


class StoreUnavailableError(StoreError):
    """The store can not be opened or written to; what was not committed was not acknowledged."""

    code: ClassVar[str] = "store.unavailable"


class SchemaError(StoreError):
    """The file was written by a newer Podium; nothing was touched."""

    code: ClassVar[str] = "store.schema"


class DamagedError(StoreError):
    """A record of a run can not be read; that run alone is affected."""

    code: ClassVar[str] = "store.damaged"


class RunLostError(StoreError):
    """Another process owns the run now; what this one had not committed is void."""

    code: ClassVar[str] = "store.run_lost"


# ----- the deployer's


class ReplayError(PodiumError):
    """Code and journal do not fit each other."""

    code: ClassVar[str] = "replay"


class DataChangedError(ReplayError):
    """A stored value does not fit the type that is declared for it now; the run parks, the value is kept."""

    code: ClassVar[str] = "replay.data_changed"


class UnknownEventError(ReplayError):
    """A journal holds a kind of event that this version does not know."""

    code: ClassVar[str] = "replay.unknown_event"


# ----- ours


class BugError(PodiumError):
    """Podium broke a law of its own; please report it with the run's export."""

    code: ClassVar[str] = "bug"


class InvariantError(BugError):
    """An event does not fit the state of its run, or a law of the state does not hold.

    Attributes:
        law: Which one.
        story: What led there.
    """

    code: ClassVar[str] = "bug.invariant"

    def __init__(self, law: str, *, story: str) -> None:
        super().__init__(f"{law}: {story}")
        self.law, self.story = law, story
