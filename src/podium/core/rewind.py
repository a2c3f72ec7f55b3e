"""Where a compensated run is sent on from: the place where the first step had begun whose write was undone.

The run is then as it was at that place, but for what the world has seen since: keys that were used are not used again,
signals that came are there, and writes that were left as they are, or are nobody's business to undo, are made already.
"""

from collections.abc import Sequence

from podium.core import events as ev
from podium.core.advance import fold, follow
from podium.core.copying import copy_for_rewind
from podium.core.evolve import evolve
from podium.core.path import ROOT, is_undo, undone_path
from podium.core.state import RunState, Write, WriteStatus
from podium.errors import RefusedError

_STANDS = (WriteStatus.DONE, WriteStatus.DOUBT)
_FAILED = (WriteStatus.FAILED, WriteStatus.RELEASED)


def rewound(now: RunState, journal: Sequence[ev.Event]) -> str:
    """Return the snapshot for `RewindWanted`.

    Args:
        now: The run, compensated; it is not changed.
        journal: All its events.

    Raises:
        RefusedError: The law is not the one by which the journal was written.
    """
    length = _place(now, journal)
    then = fold(_empty(now), journal[:length])
    then.generations, then.acts = dict(now.generations), now.acts
    for path, write in _writes_since(now, journal, length).items():
        if write.status in _STANDS:
            then.kept[path] = write
        elif write.status in _FAILED:
            then.generations[path] = then.generations.get(path, 0) + 1
    for event in journal[length:]:
        if isinstance(event, ev.SignalReceived):
            then.signals.setdefault(event.name, []).append(event.payload)
    return copy_for_rewind(then)


def _empty(now: RunState) -> RunState:
    return RunState(now.run_id, now.graph)


def _place(now: RunState, journal: Sequence[ev.Event]) -> int:
    """Return how many events there were when the first compensated step had begun, with all that followed at once."""
    begun = _first_begun(journal)
    state = _empty(now)
    length = 0
    while length <= begun:
        batch = follow(state, [journal[length]])
        if batch != list(journal[length : length + len(batch)]):
            message = f"run {now.run_id} was written by another version of Podium, and can not be rewound; fork it"
            raise RefusedError(message)
        length += len(batch)
    return length


def _first_begun(journal: Sequence[ev.Event]) -> int:
    """Return the index of the start of the first compensated step, in a run whose last compensation is over.

    Where all that was written was left as it is, those steps count. A step whose write was undone for an error edge
    counts where it had begun before that place, and was undone after it: there, it is not undone yet.
    """
    begun: dict[str, int] = {}
    undone: list[tuple[int, int]] = []
    left: list[tuple[int, int]] = []
    ended = 0
    for index, event in enumerate(journal):
        if isinstance(event, ev.StepStarted | ev.StepRestarted):
            begun[event.path] = index
        elif isinstance(event, ev.CompensationStarted) and event.path == ROOT:
            ended = index
        elif isinstance(event, ev.UndoDone | ev.UndoSkipped):
            spans = undone if isinstance(event, ev.UndoDone) else left
            spans.append((begun.get(undone_path(event.path), 0), index))  # 0: a fork begins in the middle of it
    last = [start for start, end in undone if end > ended] or [start for start, end in left if end > ended]
    place = min(last)
    for start, end in reversed(undone):
        if end > place:
            place = min(place, start)
    return place


def _writes_since(now: RunState, journal: Sequence[ev.Event], length: int) -> dict[str, Write]:
    """Return what became of the writes that were under way at a place, or made since, and not undone since.

    An answer that is repeated under a business key is asked for again: whether it still stands, its act knows.
    """
    state = fold(_empty(now), journal[:length])
    found = {step.path: step.write for step in state.steps.values()}
    for event in journal[length:]:
        evolve(state, event)
        path: str = getattr(event, "path", ROOT)
        step = state.steps.get(path)
        if isinstance(event, ev.UndoDone):
            found.pop(undone_path(path), None)
        elif step is not None:
            found[path] = step.write
    return {
        path: write
        for path, write in found.items()
        if write is not None and not (write.is_inherited and write.act) and not is_undo(path)
    }
