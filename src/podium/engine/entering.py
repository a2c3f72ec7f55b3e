"""A step is entered: inputs decoded, the author's code called, what came of it encoded; and its open write is settled.

The same for every shell: what it needs of the run around it is `Performer`. What comes of it is an outcome; calls that
its code made were reported on the way.
"""

import asyncio
import contextvars
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from types import MappingProxyType
from typing import Protocol

from podium.core import stimuli as st
from podium.core.path import place
from podium.core.state import Phase, Step, Write
from podium.effects.attempt import failure_of
from podium.effects.builtin import builtin
from podium.effects.context import CallContext, Suspended
from podium.effects.fallback import Chain
from podium.effects.ports import RunPort, Surroundings
from podium.effects.write import Sender
from podium.engine.undo import halted, undo_code, undone
from podium.errors import DataChangedError, StepError, ToolFailed, UnknownToolError
from podium.graph.nodes import NodeKind
from podium.guard.caught import Raised, caught, caught_now, is_called_off
from podium.guard.deadline import Deadline, begin_anew
from podium.guard.retry import delay_ms
from podium.redaction import holds_known, knows_any, mask
from podium.secret_errors import SecretKeptError
from podium.workflow.binding import Binding, Compiled, Ended, Inputs, ToolCode, Work
from podium.workflow.current import CURRENT

_NO_POSTS: Mapping[str, Sequence[str]] = MappingProxyType({})


class Performer(RunPort, Protocol):
    """A run whose steps are entered here."""

    @property
    def code(self) -> Compiled:
        """The workflow's code."""

    @property
    def around(self) -> Surroundings:
        """What all calls share."""

    @property
    def step_threads(self) -> Executor:
        """Where sync steps run."""

    def values(self, step: Step) -> Mapping[str, str]:
        """Return what the step takes; see `core.inputs.values_of`."""


async def entered(run: Performer, step: Step, context: CallContext) -> st.Outcome | None:
    """Return how an entry of a step ended; None where it was suspended."""
    outcome = await (_ran_through(run, step, context) if step.undoes is None else undone(run, step, context))
    await context.settled()
    return None if context.is_suspended else outcome


async def _ran_through(run: Performer, step: Step, context: CallContext) -> st.Outcome:
    """Return how an entry of a step of the graph ended; what a suspended one gives is not looked at."""
    binding = _binding(run, step)
    context.act = step.node.act
    context.code, context.guarded = binding.fingerprint, binding.guarded
    context.is_one_call = step.node.kind is NodeKind.TOOL
    outcome: st.Outcome | Raised | None = None
    if step.write is not None:
        outcome = _changed_code(step, step.write, binding)
    if outcome is None:
        try:
            outcome = await caught(_ran(run, step, context, binding))
        except asyncio.CancelledError as cancelled:
            if context.is_suspended or is_called_off():
                raise
            outcome = st.Failed(failure_of(cancelled, step.path))  # raised by the step's own code
    if isinstance(outcome, Raised):
        return _failed(run, step, binding, outcome.error)
    if step.write is not None and isinstance(outcome, st.Succeeded) and not context.wrote:
        detail = f"run again, the step did not ask for the write on record, {step.write.tool}"
        return st.Halted(st.ParkReason.DIVERGED, detail)
    return outcome


def _changed_code(step: Step, write: Write, binding: Binding) -> st.Outcome | None:
    """Refuse to enter code that is not the code that asked for the write on record."""
    if step.node.kind is not NodeKind.STEP or write.code in ("", binding.fingerprint):
        return None
    detail = f"the code of {step.node.name} changed since it asked for {write.tool}; retry accepts the new code"
    return st.Halted(st.ParkReason.DIVERGED, detail)


async def _ran(run: Performer, step: Step, context: CallContext, binding: Binding) -> st.Outcome:
    inputs = Inputs(run.values(step), step.answer, step.caught)
    if step.phase is Phase.OPEN:
        return _opened(step, binding, inputs)
    if step.phase is Phase.CLOSE or step.node.kind is NodeKind.WAIT:
        return _succeeded(binding.close(inputs))
    CURRENT.set(context)
    if run.around.telemetry is not None:
        run.around.telemetry.entered(run, step.path)
    work = binding.prepare(inputs, run.around.provider)
    if binding.timeout_ms is not None:
        with Deadline(run.around.guards.wheel, binding.timeout_ms):
            returned = await (work.call() if binding.is_async else _called_in_thread(run, work))
    else:
        returned = await (work.call() if binding.is_async else _called_in_thread(run, work))
    return _succeeded(work.finish(returned), context.posts)


def _opened(step: Step, binding: Binding, inputs: Inputs) -> st.Opened:
    if step.node.kind is not NodeKind.PLAN:
        return st.Opened(binding.open(inputs))
    planned = binding.plan(inputs)
    return st.Opened(planned.data, planned.graph, planned.collects, planned.causes)


def _binding(run: Performer, step: Step) -> Binding:
    return run.code.binding(place(step.path), step.node)


def _called_in_thread(run: Performer, work: Work) -> asyncio.Future[object]:
    context = contextvars.copy_context()
    return run.around.loop.run_in_executor(run.step_threads, context.run, _in_thread, work)


def _in_thread(work: Work) -> object:
    try:
        return work.call()
    except Suspended:
        return None  # the context is closed, so nobody looks at this


def _succeeded(ended: Ended, posts: Mapping[str, Sequence[str]] = _NO_POSTS) -> st.Succeeded:
    if knows_any() and any(map(holds_known, _texts(ended, posts))):
        place = "what the step gives"
        raise SecretKeptError(place)
    posted = {board: tuple(texts) for board, texts in posts.items()}
    return st.Succeeded(ended.label, ended.output, ended.changes, ended.appends, posted or None)


def _failed(run: Performer, step: Step, binding: Binding, error: BaseException) -> st.Outcome:
    """A step's own policy retries what its own code raised, not what a guarded call has given up on."""
    if isinstance(error, DataChangedError):
        return st.Halted(st.ParkReason.DATA_CHANGED, mask(str(error)))
    failure = failure_of(error, step.path)
    if binding.retry is None or _is_final(error):
        return st.Failed(failure)
    wait_ms = delay_ms(binding.retry, attempt=step.attempt, share=run.around.share)
    return st.Failed(failure, None if wait_ms is None else run.around.clock.now_ms() + wait_ms)


def _is_final(error: BaseException) -> bool:
    """Claim that trying again is not the step's business, of an error or of one of a group (`asyncio.TaskGroup`)."""
    if isinstance(error, BaseExceptionGroup):
        return any(_is_final(inner) for inner in error.exceptions)
    return isinstance(error, ToolFailed | StepError)


def _texts(ended: Ended, posts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield all that is kept of how an entry ended."""
    yield from filter(None, (ended.label, ended.output))
    for changed in (ended.changes, ended.appends):
        yield from (changed or {}).values()
    for posted in posts.values():
        yield from posted


async def settled(run: Performer, step: Step, entry: int) -> st.Outcome | None:
    """Find out what became of a step's open write; return why the step can not go on now, None where it can.

    Raises:
        RunLostError, StoreUnavailableError: Another process owns the run, or nothing goes to disk any more.
    """
    begin_anew()
    CURRENT.set(None)
    if step.write is None:
        return None
    tool, around = _tool(run, step, step.write), run.around
    if tool is None:
        return _gone(step)
    chain = _chain(run, step, step.write)
    return await Sender(run, step.path, entry, around.stage(tool), around, resumes=True, chain=chain).settle()


def _tool(run: Performer, step: Step, write: Write) -> ToolCode | None:
    """Return the tool of an open write; None where a write is to be undone by what is not here."""
    if step.undoes is None:
        tool = builtin(write.tool, run) or run.code.tool(write.tool)
        return _binding(run, step).guarded(tool)
    code = undo_code(run, step.undoes)
    return None if code is None else code.tool


def _chain(run: Performer, step: Step, write: Write) -> Chain | None:
    """Return the candidates of an open write, as they are now; what is on record is sent by the tool on record."""
    asked = write.asked or write.tool
    if step.undoes is not None or builtin(asked, run) is not None:
        return None
    try:
        tool = run.code.tool(asked)
    except UnknownToolError:  # it has gone since, and what stood in for it has not
        return None
    guarded = _binding(run, step).guarded
    return Chain(tuple(map(guarded, (tool, *tool.fallback))), run.around)


def _gone(step: Step) -> st.Halted:
    assert step.undoes is not None, step.path
    return halted(step.undoes)


def evaluated(run: Performer, step: Step, values: Mapping[str, str]) -> st.ConditionEvaluated:
    """Evaluate a node's `when=` over what it may look at; return what it gave, or that it raised."""
    binding = _binding(run, step)
    holds = caught_now(lambda: binding.holds(values))
    if isinstance(holds, Raised):
        failure = failure_of(holds.error, f"when= of {step.node.name}")
        return st.ConditionEvaluated(run.incarnation, step.path, holds=False, failure=failure)
    return st.ConditionEvaluated(run.incarnation, step.path, holds=holds)
