"""A run's events as bars along time, with the chain of steps that decided when it ended."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from podium.core.events import Event
from podium.core.path import ROOT
from podium.draw.overlay import Status
from podium.graph.nodes import Graph
from podium.views.lives import Life, Lives, Turn, lives_of
from podium.views.timeline import Bar, BarPart, Gap, Span, Timeline

_GAP_MS_MIN = 1_000
_GAP_SHARE_MIN = 10


class Stretch(NamedTuple):
    """What decided about a stretch of a run's time: a step; None: nothing was under way in it."""

    life: Life | None
    began_at: int
    ended_at: int


def timeline(graph: Graph, events: Iterable[Event], now_ms: int) -> Timeline:
    """Return a run along time.

    Args:
        graph: Its graph.
        events: Its committed events, oldest first.
        now_ms: Up to when what goes on is told apart: a wait that is over, and that nobody has noticed, is queued.

    Raises:
        InvariantError: The events do not fit each other.
    """
    lives = lives_of(graph, events)
    run, now = lives.run, max(now_ms, lives.state.at)
    chain = critical(lives)
    on_chain = {id(stretch.life) for stretch in chain}
    bars = [bar for life in lives.all for bar in _bars(life, now, is_critical=id(life) in on_chain)]
    bars.sort(key=lambda bar: bar.parts[0].began_at)
    return Timeline(
        began_at=run.began_at,
        ended_at=run.ended_at,
        bars=tuple(bars),
        critical=tuple(dict.fromkeys(life.path for life, _, _ in chain if life is not None and life.path)),
        critical_ms=sum(map(_running_ms, chain)),
        gaps=tuple(_gaps(run, now if run.ended_at is None else run.ended_at)),
    )


def critical(lives: Lives) -> list[Stretch]:
    """Return what decided when a run ended, first to last, without gaps; nothing while it goes on.

    Backward from its end: what ended last, what that had waited for last, and so on, through nested workflows and the
    items of maps. What holds others is in it only for its own time, before the first and after the last of them.
    """
    run = lives.run
    if run.ended_at is None:
        return []
    found: list[Stretch] = []
    upto, life = run.ended_at, run.closer
    while life is not None:
        life, upto = _inmost(life, upto, found)
        cause: Life | None = life.cause
        _add(found, life, life.began_at, upto)
        upto = life.began_at
        while cause is not None and _holds(cause, life):
            _add(found, cause, cause.began_at, upto)
            upto, life, cause = cause.began_at, cause, cause.cause
        life = cause
    _add(found, None, run.began_at, upto)
    return found[::-1]


def _inmost(life: Life, upto: int, found: list[Stretch]) -> tuple[Life, int]:
    """Go from what ended to what ended last inside it."""
    while True:
        ended = upto if life.ended_at is None else life.ended_at
        _add(found, None, ended, upto)
        upto = min(ended, upto)
        if life.closer is None:
            return life, upto
        closed_at = upto if life.closer.ended_at is None else life.closer.ended_at
        _add(found, life, closed_at, upto)
        life, upto = life.closer, closed_at


def _holds(holder: Life, life: Life) -> bool:
    """Claim that what made a step begin goes on around it."""
    return holder.ended_seq is None or holder.ended_seq > life.began_seq


def _add(found: list[Stretch], life: Life | None, began_at: int, ended_at: int) -> None:
    if ended_at > began_at or (life is not None and life.status is not Status.SKIPPED and life.began_at == began_at):
        found.append(Stretch(life, began_at, ended_at))


def _running_ms(stretch: Stretch) -> int:
    """Return for how long what decided about a stretch was running in it."""
    life = stretch.life
    if life is None or life.path == ROOT:
        return 0
    if life.closer is not None or life.is_held_open:  # its own time: those that it holds are not in this stretch
        return stretch.ended_at - stretch.began_at
    found = 0
    for turn, after in pairwise([*life.turns, Turn(stretch.ended_at, None)]):
        if turn.span is Span.RUNNING:
            found += max(0, min(after.at, stretch.ended_at) - max(turn.at, stretch.began_at))
    return found


def _bars(life: Life, now: int, *, is_critical: bool) -> Iterator[Bar]:
    """Return a bar for each attempt of a step; none for one that was skipped at once."""
    if life.status is Status.SKIPPED and life.began_at == life.ended_at:
        return
    turns = list(life.turns)
    if life.ended_at is None and life.due is not None and life.due < now:
        turns.append(Turn(max(life.due, turns[-1].at), Span.QUEUED, turns[-1].attempt))
    over = turns.pop().at if turns[-1].span is None else None
    attempts = [(number, list(mine)) for number, mine in groupby(turns, key=lambda turn: turn.attempt)]
    for (number, mine), later in zip(attempts, [*attempts[1:], None], strict=True):
        is_last = later is None
        ended = over if later is None else later[1][0].at
        status = life.status if is_last else Status.FAILED
        parts = tuple(_parts(mine, ended))
        yield Bar(address=life.path, attempt=number, status=status, parts=parts, is_critical=is_critical)


def _parts(turns: list[Turn], ended: int | None) -> Iterator[BarPart]:
    """Return stretches of one kind each, those of no length left out, but for a last one that is all there is."""
    told: list[Turn] = []
    for turn, after in zip(turns, [*(turn.at for turn in turns[1:]), ended], strict=True):
        is_empty = after == turn.at
        if not is_empty and not (told and told[-1].span is turn.span):
            told.append(turn)
    told = told or turns[-1:]
    for turn, until in zip(told, [*(turn.at for turn in told[1:]), ended], strict=True):
        assert turn.span is not None, turn
        yield BarPart(span=turn.span, began_at=turn.at, ended_at=until)


def _gaps(run: Life, ended: int) -> Iterator[Gap]:
    """Return the long stretches in which nothing ran."""
    least = max(_GAP_MS_MIN, (ended - run.began_at) / _GAP_SHARE_MIN)
    idle_since: int | None = None
    turns = [Turn(run.began_at, None), *run.turns, Turn(ended, None)]
    told = [turn for turn, after in pairwise(turns) if after.at > turn.at]
    for turn in [*told, Turn(ended, Span.RUNNING)]:
        if turn.span is not Span.RUNNING:
            idle_since = turn.at if idle_since is None else idle_since
            continue
        if idle_since is not None and turn.at - idle_since >= least:
            yield Gap(began_at=idle_since, ended_at=turn.at)
        idle_since = None
