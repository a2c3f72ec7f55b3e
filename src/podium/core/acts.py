"""Acts with a business key (`once_by=`): a run does one act once, wherever in it the act is asked for.

An act is named by its tool and the business key. While one step is at it, or nobody knows whether it happened, another
is refused it; once done, its answer is given again; once it was undone or has certainly not happened, it may be done
anew, under a key of the next generation.
"""

from podium.core import events as ev
from podium.core.reasons import act_in_doubt, other_arguments
from podium.core.state import Act, RunState, Step, Write, WriteStatus
from podium.core.stimuli import WriteWanted


def known_of(state: RunState, wanted: WriteWanted, at: int) -> ev.WriteRepeated | ev.WriteBarred | None:
    """Return what becomes of a wanted write whose act is known already; None where it may be done."""
    act = state.acts.get(wanted.act)
    if act is None or act.status is None:
        return None
    step, tool, args = wanted.path, wanted.tool, wanted.args
    if act.status is not WriteStatus.DONE:
        if act.path == step:
            return None
        return ev.WriteBarred(at, step, tool, args, wanted.act, act_in_doubt(step, wanted.act, act.path))
    if act.args != args:
        return ev.WriteBarred(at, step, tool, args, wanted.act, other_arguments(step, wanted.act, act.path))
    return ev.WriteRepeated(at, step, tool, args, wanted.act, act.path)


def begin(state: RunState, step: Step, write: Write) -> None:
    """Note that a step is at an act from here on."""
    if write.act:
        state.acts[write.act] = Act(step.path, write.args, write.status)


def follow(state: RunState, step: Step, write: Write) -> None:
    """Let a step's act stand as its write does now; one that has certainly not happened is free."""
    if not is_at(state, step, write):
        return
    if write.status is WriteStatus.FAILED:
        free(state, write.act)
    else:
        act = state.acts[write.act]
        act.status, act.result = write.status, write.result


def give_up(state: RunState, step: Step, write: Write) -> None:
    """Free a step's act whose write certainly did not happen, and will not be sent again as it is."""
    if is_at(state, step, write):
        free(state, write.act)


def free(state: RunState, name: str) -> None:
    """Let an act be done anew: it was undone, or has certainly not happened."""
    act = state.acts[name]
    act.status = act.result = None
    state.generations[name] = state.generations.get(name, 0) + 1


def is_at(state: RunState, step: Step, write: Write) -> bool:
    """Claim that an act is this step's own, and not free."""
    act = state.acts.get(write.act)
    return act is not None and act.path == step.path and act.status is not None
