"""A step of a live run is performed: entered, reported, and followed by what comes next."""

from typing import TYPE_CHECKING

from podium.core import stimuli as st
from podium.core.inputs import condition_values_of
from podium.core.state import Step
from podium.effects.context import CallContext
from podium.engine.entering import entered, evaluated, settled
from podium.errors import RunLostError, StoreUnavailableError
from podium.guard.caught import is_called_off
from podium.guard.deadline import begin_anew

if TYPE_CHECKING:
    from podium.engine.live import LiveRun

_IN_A_ROW = 16


async def perform(run: "LiveRun", step: Step, context: CallContext) -> None:
    """Enter a step and report how the entry ended, then go on with what follows it.

    A suspended entry was reported when it was suspended. After a few steps in a row the next gets a task of its own,
    so that others have their turn.
    """
    begin_anew()
    for _ in range(_IN_A_ROW):
        outcome = await entered(run, step, context)
        if outcome is None:
            return
        if is_called_off():  # by the step's own code, which caught it: nothing more is to run in this task
            run.ended(context, outcome)
            return
        following = run.followed(context, outcome)
        if following is None:
            return
        step, context = following
    run.flights.pop(context.path)
    run.look_again(context.path)


async def settle(run: "LiveRun", order: st.Settle) -> None:
    """Find out what became of a step's open write, then let the step go on."""
    step = run.step(order.path)
    why: st.Outcome | None = None
    if step is not None and run.compiled is not None:
        try:
            why = await settled(run, step, order.entry)
        except (RunLostError, StoreUnavailableError):
            return
    run.landed(order.path, order.entry)
    if why is not None:
        run.feed(st.AttemptEnded(order.incarnation, order.path, order.entry, why))
    else:
        run.look_again(order.path)


def evaluate(run: "LiveRun", order: st.Evaluate) -> None:
    """Evaluate a node's `when=` and report what it gave, or that it raised."""
    step = run.step(order.path)
    if step is not None and run.compiled is not None:
        run.feed(evaluated(run, step, condition_values_of(run.state, step)))
