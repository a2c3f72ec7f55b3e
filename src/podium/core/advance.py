"""The walk of one piece of news through the law: decide, then fold and react until nothing follows."""

from collections import deque
from collections.abc import Iterable

from podium.core.decide import decide
from podium.core.events import Event
from podium.core.evolve import evolve
from podium.core.overtaken import is_overtaken
from podium.core.react import react
from podium.core.state import RunState
from podium.core.stimuli import Stimulus


def advance(state: RunState, stimulus: Stimulus, *, now_ms: int) -> list[Event]:
    """Take the news in and return all facts that follow, in order, folded into `state`; `pending.taken` has the orders.

    Raises:
        RefusedError: See `decide`; nothing has changed.
    """
    return follow(state, decide(state, stimulus, now_ms=now_ms))


def follow(state: RunState, first: Iterable[Event]) -> list[Event]:
    """Fold events in that come from outside, and return them with all that follows from them, folded in too."""
    events: list[Event] = []
    coming = list(first)
    for event in coming:  # grows while it is walked
        if not is_overtaken(state, event):
            evolve(state, event)
            events.append(event)
            coming.extend(react(state, event))
    return events


def fold(state: RunState, events: Iterable[Event]) -> RunState:
    """Fold stored events in: what followed from them is among them."""
    for event in events:
        evolve(state, event)
    return state


def retrace(state: RunState, event: Event, owed: deque[Event]) -> None:
    """Fold a stored event in, and keep in `owed` what had followed from it and those before and is not folded in yet.

    `owed` is empty where a walk through the law has ended: a run may go on from there, and not from in between.
    """
    if owed and owed[0].at != event.at:  # of another walk: an older core had other things follow
        owed.clear()
    if owed and owed[0] != event:
        settle_up(state, owed)
    if owed and owed[0] == event:
        owed.popleft()
    evolve(state, event)
    owed.extend(react(state, event))


def settle_up(state: RunState, owed: deque[Event]) -> None:
    """Drop what can not follow any more from the front of `owed`."""
    while owed and is_overtaken(state, owed[0]):
        owed.popleft()
