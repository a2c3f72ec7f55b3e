"""Two runs side by side: what they were given, which way they went, what they gave, how long it took.

A fork is compared with the run that it was copied from as a whole: what it copied counts as its own, without time.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from podium.core import events as ev
from podium.core.path import is_undo
from podium.core.state import RunStatus
from podium.draw.overlay import Status
from podium.graph.encode import graph_hash
from podium.views.compare import Comparison, PathLine, Side
from podium.views.differing import differences
from podium.views.lives import Lives
from podium.views.record import Record
from podium.views.rows import run_row
from podium.views.view import object_text

_ENDINGS = (ev.StepDone, ev.StepFailed)


@dataclass(slots=True)
class _Step:
    """What is compared of a step: how it stands, how long it ran, what it gave."""

    status: Status
    ran_ms: int | None
    gave: object = None


@dataclass(slots=True)
class _Told:
    """What is compared of a run."""

    input: str | None
    output: str | None
    steps: dict[str, _Step]
    took_ms: int


def comparison(left: Record, right: Record) -> Comparison:
    """Return what differs between two runs; see `Comparison`.

    Raises:
        InvariantError: The events of one do not fit each other.
    """
    mine, other = _told(left), _told(right)
    _inherit(mine, right, of=left, told=other)
    _inherit(other, left, of=right, told=mine)
    return Comparison(
        left=run_row(left.info),
        right=run_row(right.info),
        same_graph=graph_hash(left.graph) == graph_hash(right.graph),
        inputs=differences(mine.input, other.input),
        outputs=differences(mine.output, other.output),
        path=tuple(_line(address, mine.steps, other.steps) for address in merged(list(mine.steps), list(other.steps))),
        left_ms=mine.took_ms,
        right_ms=other.took_ms,
    )


def merged(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """Return every address once, along the longest way that both went in the same order.

    What one side alone has stands where it had it; of what both have in another order, the left's place counts. In
    O(n log n): an address is in a way once, so their longest common part is the longest that rises.
    """
    places = {address: at for at, address in enumerate(right)}
    shared = [address for address in left if address in places]
    anchors = {shared[at] for at in _rising([places[address] for address in shared])}
    theirs, known = iter(right), set(left)
    found: list[str] = []
    for address in left:
        if address in anchors:
            for other in iter(lambda: next(theirs), address):
                found += [] if other in known else [other]
        found.append(address)
    return [*found, *(other for other in theirs if other not in known)]


def _rising(numbers: Sequence[int]) -> list[int]:
    """Return the indexes of the longest rising part of different numbers."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(tails, number)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1], ends[length : length + 1] = [number], [at]
    found: list[int] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _line(address: str, left: Mapping[str, _Step], right: Mapping[str, _Step]) -> PathLine:
    mine, other = left.get(address), right.get(address)
    side = Side.BOTH if mine and other else Side.LEFT if mine else Side.RIGHT
    return PathLine(
        address=address,
        side=side,
        left_status=mine and mine.status,
        right_status=other and other.status,
        left_ms=mine and mine.ran_ms,
        right_ms=other and other.ran_ms,
        differs=bool(mine and other and (mine.status, mine.gave) != (other.status, other.gave)),
    )


def _told(run: Record) -> _Told:
    lives = Lives(run.graph)
    gave: dict[str, object] = {}
    given: dict[str, str] = {}
    for event in run.events:
        lives.take(event)
        if isinstance(event, _ENDINGS):
            gave[event.path] = _given(event)
        elif isinstance(event, ev.RunStarted | ev.RunForked):
            given = dict(lives.state.root.data)
    steps: dict[str, _Step] = {}
    for life in lives.all:
        if life.status is Status.SKIPPED and not is_undo(life.path):
            continue
        before = steps.get(life.path)
        ran_ms = life.ran_ms(lives.state.at) + (before.ran_ms or 0 if before else 0)
        steps[life.path] = _Step(life.status, ran_ms, gave.get(life.path))
    output = lives.state.output if lives.state.status is RunStatus.COMPLETED else None
    return _Told(object_text(given), output, steps, lives.state.at - lives.run.began_at)


def _given(event: ev.StepDone | ev.StepFailed) -> object:
    if isinstance(event, ev.StepFailed):
        return event.failure.type, event.failure.message
    return event.label, event.output, event.changes, event.appends


def _inherit(fork: _Told, parent: Record, *, of: Record, told: _Told) -> None:
    """Give a fork of `parent` the steps that were over when it was copied."""
    first = of.events[0] if of.events else None
    if not isinstance(first, ev.RunForked) or first.parent != parent.info.id:
        return
    copied = _told(Record(parent.info, parent.graph, list(islice(parent.events, first.parent_seq))))
    fork.input = told.input
    own = fork.steps
    fork.steps = {
        path: _Step(step.status, None, step.gave)
        for path, step in copied.steps.items()
        if step.status in (Status.DONE, Status.FAILED) and path not in own
    } | own
