"""A step that undoes a write is performed: its compensator is found, and called once with what the write gave."""

from dataclasses import replace
from typing import TYPE_CHECKING

from podium.core import stimuli as st
from podium.core.state import DoneWrite, Step, WriteStatus
from podium.effects.attempt import failure_of
from podium.effects.builtin import builtin_undo
from podium.effects.context import CallContext
from podium.errors import DataChangedError
from podium.failure import Failure
from podium.graph.policies import UNDO_RETRY
from podium.guard.caught import Raised, caught
from podium.guard.retry import delay_ms
from podium.workflow.binding import UndoCode
from podium.workflow.current import CURRENT

if TYPE_CHECKING:
    from podium.engine.entering import Performer


async def undone(run: "Performer", step: Step, context: CallContext) -> st.Outcome:
    """Return how an entry of a step that undoes a write ended; what a suspended one gives is not looked at."""
    write, record = step.write, step.undoes
    assert record is not None, step.path
    if write is not None and write.status is WriteStatus.DONE:
        return st.Succeeded()
    if write is not None and write.failure is not None:
        return _failed(run, step, write.failure)
    code = undo_code(run, record)
    if code is None:
        return halted(record)
    if record.result is None and step.answer is None and not code.admits_none:
        return st.Halted(st.ParkReason.NO_UNDO, _unknown(record, code))
    ended = await caught(_called(code, step, record, context))
    return _raised(run, step, ended.error) if isinstance(ended, Raised) else st.Succeeded()


def undo_code(run: "Performer", record: DoneWrite) -> UndoCode | None:
    """Return how a write is undone; None where its compensator is not here, or takes something else now."""
    return builtin_undo(record.undo, run) or run.code.undo(record.tool, record.undo)


def halted(record: DoneWrite) -> st.Halted:
    """Return that a write has to be undone by a compensator that is not here."""
    name = record.undo.partition("@")[0]
    why = (
        f"{record.tool} is undone by {record.undo}, and the code here has no such compensator: {name} is missing, or"
        f" takes something else now. Bring it back and retry; or undo it by hand and say done; or skip it"
    )
    return st.Halted(st.ParkReason.NO_UNDO, why)


def _unknown(record: DoneWrite, code: UndoCode) -> str:
    return (
        f"nobody knows whether {record.tool} happened, and {code.tool.name} does not take None. Find out: if it did"
        f" not happen, say done; if it did, retry with what it gave as the answer; or skip it"
    )


async def _called(code: UndoCode, step: Step, record: DoneWrite, context: CallContext) -> None:
    CURRENT.set(context)
    frozen = code.freeze(record.result) if step.answer is None else code.freeze_instead(step.answer)
    await context.undo(code.tool, frozen)


def _raised(run: "Performer", step: Step, error: BaseException) -> st.Outcome:
    if isinstance(error, DataChangedError):
        return st.Halted(st.ParkReason.DATA_CHANGED, str(error))
    return _failed(run, step, failure_of(error, step.path))


def _failed(run: "Performer", step: Step, failure: Failure) -> st.Failed:
    """Wait longer after each try, and as long as the other side asks for; the core says how many there may be."""
    retry = replace(UNDO_RETRY, attempts=step.attempt + 1)
    wait_ms = delay_ms(retry, attempt=step.attempt, share=run.around.share)
    assert wait_ms is not None, "one more is always left"
    return st.Failed(failure, max(run.around.clock.now_ms() + wait_ms, failure.retry_at or 0))
