"""Fold the events that concern calls inside steps."""

from podium.core import acts
from podium.core import events as ev
from podium.core.moves import enter, move, move_write
from podium.core.state import Read, RunState, Step, Write
from podium.core.tables import WRITE_TABLE
from podium.failure import Failure


def read_done(state: RunState, event: ev.ReadDone) -> None:
    """Keep the answer for when the step is run again."""
    state.steps[event.path].reads[event.call] = Read(event.result, None, event.at, event.source)


def read_failed(state: RunState, event: ev.ReadFailed) -> None:
    """Keep the failure for when the step is run again."""
    state.steps[event.path].reads[event.call] = Read(None, event.failure, event.at)


def write_asked(state: RunState, event: ev.WriteAsked) -> None:
    """The step waits for consent to the frozen arguments."""
    step = state.steps[event.path]
    step.write = Write(event.tool, event.args, "", WRITE_TABLE[None, ev.WriteAsked], reads_before=len(step.reads))
    step.until = event.until
    move(state, step, ev.WriteAsked)


def write_approved(state: RunState, event: ev.WriteApproved) -> None:
    """The step is run again and may send what was approved."""
    step = state.steps[event.path]
    move_write(state, step, ev.WriteApproved)
    enter(state, step, ev.WriteApproved)


def write_refused(state: RunState, event: ev.WriteRefused) -> None:
    """The step is run again and meets the refusal as a definite failure."""
    step = state.steps[event.path]
    write = move_write(state, step, ev.WriteRefused)
    write.failure = event.failure
    enter(state, step, ev.WriteRefused)


def write_intended(state: RunState, event: ev.WriteIntended) -> None:
    """From here on the write may be on its way."""
    step = state.steps[event.path]
    if step.write is None:
        step.write = _new_write(step, event)
    elif event.candidate > step.write.candidate:
        step.write = _next_write(state, step, event)
    else:
        write = move_write(state, step, ev.WriteIntended)
        write.key, write.sent_at = event.key, write.sent_at or event.at
        write.undo, write.irreversible, write.code = event.undo, event.irreversible, event.code
        write.act, write.send_again = event.act, False
    if event.act:
        step.unsure = None  # it was not sent at once: whether it may be is asked first
    acts.begin(state, step, step.write)


def _new_write(step: Step, event: ev.WriteIntended) -> Write:
    return Write(
        tool=event.tool,
        args=event.args,
        key=event.key,
        status=WRITE_TABLE[None, ev.WriteIntended],
        undo=event.undo,
        irreversible=event.irreversible,
        reads_before=len(step.reads),
        sent_at=event.at if event.sent_at is None else event.sent_at,
        code=event.code,
        act=event.act,
    )


def _next_write(state: RunState, step: Step, event: ev.WriteIntended) -> Write:
    """Let another tool take the place of one whose write has certainly not happened."""
    failed = move_write(state, step, ev.WriteIntended)
    write = _new_write(step, event)
    write.candidate, write.reads_before = event.candidate, failed.reads_before
    write.asked = failed.asked or failed.tool
    write.causes = _causes(failed)
    return write


def _causes(failed: Write) -> tuple[Failure, ...]:
    return failed.causes if failed.failure is None else (*failed.causes, failed.failure)


def write_repeated(state: RunState, event: ev.WriteRepeated) -> None:
    """The act is done: the step gets its answer, and owes nothing for it."""
    write = _known(state, event)
    write.result, write.failure, write.is_inherited = state.acts[event.act].result, None, True


def write_barred(state: RunState, event: ev.WriteBarred) -> None:
    """The step meets the refusal as a definite failure."""
    _known(state, event).failure = event.failure


def _known(state: RunState, event: ev.WriteRepeated | ev.WriteBarred) -> Write:
    """Settle a write that was not sent because of what is known of its act."""
    step = state.steps[event.path]
    step.unsure = None
    if step.write is None:
        to = WRITE_TABLE[None, type(event)]
        step.write = Write(event.tool, event.args, "", to, act=event.act, reads_before=len(step.reads))
        return step.write
    step.write.act, step.write.causes = event.act, _causes(step.write)
    return move_write(state, step, type(event))


def write_doubted(state: RunState, event: ev.WriteDoubted) -> None:
    """From here on only success, a replay or a reconciliation ends the doubt."""
    step = state.steps[event.path]
    write = move_write(state, step, ev.WriteDoubted)
    write.failure = event.failure
    write.sender_may_live |= step.unsure is not None
    step.unsure = None


def write_released(state: RunState, event: ev.WriteReleased) -> None:
    """The same bytes may be sent again."""
    step = state.steps[event.path]
    move_write(state, step, ev.WriteReleased)
    state.touched.append(step.path)


def write_done(state: RunState, event: ev.WriteDone) -> None:
    """The write happened; whoever runs the step again gets its result."""
    step = state.steps[event.path]
    write = move_write(state, step, ev.WriteDone)
    write.result, write.failure, write.send_again = event.result, None, False
    step.lost = 0
    acts.follow(state, step, write)
    state.crashes = 0
    state.touched.append(step.path)


def write_failed(state: RunState, event: ev.WriteFailed) -> None:
    """The write certainly did not happen; whoever runs the step again gets the failure."""
    step = state.steps[event.path]
    move_write(state, step, ev.WriteFailed).failure = event.failure
    state.touched.append(step.path)
