"""What the core once did it does today: every kept journal is folded, written and told again."""

import re
from dataclasses import fields
from itertools import pairwise
from typing import Any, get_args

import pytest

from podium.core import stimuli as st
from podium.core.advance import advance
from podium.core.codec import decode, encode
from podium.core.copying import copy_for_fork
from podium.core.events import CORE_VERSION, Event, RunForked, RunRewound, RunStarted
from podium.core.evolve import evolve
from podium.core.invariants import check
from podium.core.rewind import rewound
from podium.core.snapshot import restore
from podium.core.state import RunState
from podium.errors import RefusedError
from podium.failure import Failure, FailureKind
from scripts import golden as keeper
from tests.golden.journal import Cut, Golden, names, orders, read
from tests.golden.teller import end_of
from tests.unit.core.shell import restored, same

ALL = {name: read(name) for name in names()}
TODAY = {name: golden for name, golden in ALL.items() if golden.core == CORE_VERSION}

every = pytest.mark.parametrize("golden", ALL.values(), ids=ALL)
of_today = pytest.mark.parametrize("golden", TODAY.values(), ids=TODAY)


@every
def test_kept_journal_folds_at_every_prefix_to_what_its_snapshot_gives(golden: Golden) -> None:
    state = golden.empty()
    for event in golden.events():
        evolve(state, event)
        copied = restored(state)
        assert same(copied, state), event
        assert orders(copied) == orders(state)


@every
def test_kept_journal_says_at_every_cut_what_should_be_in_flight(golden: Golden) -> None:
    state = golden.empty()
    for cut in golden.cuts:
        for event in cut.events():
            evolve(state, event)
        check(state)
        assert orders(state) == cut.pending, cut.news


@every
def test_kept_journal_ends_as_it_ended_and_its_snapshot_is_still_read(golden: Golden) -> None:
    state = golden.empty()
    for event in golden.events():
        evolve(state, event)
    end = end_of(state)
    assert {name: end[name] for name in ("status", "output", "failure")} == {
        name: golden.end[name] for name in ("status", "output", "failure")
    }
    kept = RunState("r", golden.graph, incarnation=state.incarnation)
    restore(kept, golden.end["snapshot"])
    kept.lives = state.lives  # kept before these were counted
    assert same(kept, state)


@of_today
def test_kept_journal_is_written_again_byte_for_byte(golden: Golden) -> None:
    assert [list(encode(decode(*row))) for row in golden.rows()] == [list(row) for row in golden.rows()]


@every
def test_same_news_leads_to_the_same_events_again(golden: Golden) -> None:
    state, journal = golden.empty(), list[Event]()
    for cut in golden.cuts:
        if cut is golden.cuts[0] and golden.core < CORE_VERSION:
            events = cut.events()  # decided by a core that is no more
            for event in events:
                evolve(state, event)
        else:
            state, events = told(state, cut, journal)
            assert [list(encode(event)) for event in events] == [list(row) for row in cut.rows], cut.news
        journal += events
        assert orders(state) == cut.pending, cut.news


def told(state: RunState, cut: Cut, journal: list[Event]) -> tuple[RunState, list[Event]]:
    """Return the state after the news, and what followed."""
    if isinstance(cut.news, st.TakeOver):
        state = RunState("r", state.graph, incarnation=cut.news.incarnation)
        for event in journal:
            evolve(state, event)
    if isinstance(cut.news, st.RewindWanted) and not cut.refused:
        assert same(copy_of(state, rewound(state, journal)), copy_of(state, cut.news.snapshot))
    if cut.refused:
        with pytest.raises(RefusedError, match=re.escape(cut.refused)):
            advance(state, cut.news, now_ms=cut.now_ms)
        return state, []
    return state, advance(state, cut.news, now_ms=cut.now_ms)


def copy_of(state: RunState, snapshot: str) -> RunState:
    """Return what a snapshot holds: one of before a field was added is the same text no more, and the same state."""
    copied = RunState("r", state.graph)
    restore(copied, snapshot)
    return copied


def test_copy_for_a_fork_owes_nothing_more() -> None:
    golden = ALL["trouble-fork"]
    (forked,) = (event for event in golden.events() if isinstance(event, RunForked))
    parent = copy_of(golden.empty(), forked.snapshot)
    assert same(copy_of(parent, copy_for_fork(parent)), copy_of(parent, forked.snapshot))


# ----- that nothing is left out


def test_every_tale_is_kept() -> None:
    assert keeper.missing() == [], "run: python scripts/golden.py"


def test_every_kept_journal_of_today_has_a_tale() -> None:
    assert {*TODAY} - {name for name, _ in keeper.tales()} == set()


def test_every_event_and_every_field_of_one_is_in_a_kept_journal() -> None:
    seen: set[str] = set()
    for golden in TODAY.values():
        for event in golden.events():
            seen |= shown(event)
    wanted = {f"{cls.__name__}.{field.name}" for cls in (*get_args(Event), Failure) for field in fields(cls)}
    wanted |= {cls.__name__ for cls in get_args(Event)}
    assert sorted(wanted - seen) == [], "tell a tale of them: tests/golden/tales"


def test_every_kind_of_news_outcome_verb_and_reason_is_in_a_kept_journal() -> None:
    cuts = [cut for golden in TODAY.values() for cut in golden.cuts]
    news = [cut.news for cut in cuts]
    outcomes = [one.outcome for one in news if isinstance(one, st.AttemptEnded)]
    said = {type(one) for one in (*news, *outcomes)}
    said |= {one.verb for one in news if isinstance(one, st.Resolution)}  # type: ignore[misc]  # anything that is told
    rows = "".join(row[3] for cut in cuts for row in cut.rows)
    assert {*get_args(st.Stimulus), *get_args(st.Outcome), *st.Verb} - said == set()
    assert [reason for reason in st.ParkReason if f'"reason":"{reason}"' not in rows] == []


def shown(value: Any) -> set[str]:
    """Return what a value shows: its class, and every field that is not as by default."""
    name = type(value).__name__
    found = {name}
    for field in fields(value):
        inner = getattr(value, field.name)
        if inner != field.default:
            found.add(f"{name}.{field.name}")
        if isinstance(inner, Failure):
            found |= shown(inner)
    return found


# ----- what an older core wrote


def test_intent_of_core_1_is_read_and_what_nobody_can_undo_parks() -> None:
    golden = ALL["core-1-writes-that-can-be-undone"]
    assert '"compensable":true' in "".join(row[3] for row in golden.rows())
    assert [write["undo"] for write in _writes_after(golden, 1)] == ["book.compensate@core-1"]
    started = golden.events()[0]
    assert isinstance(started, RunStarted)
    assert started.core == 1


def _writes_after(golden: Golden, cuts: int) -> list[dict[str, Any]]:
    state = golden.empty()
    for cut in golden.cuts[:cuts]:
        for event in cut.events():
            evolve(state, event)
    return [{"path": write.path, "undo": write.undo} for write in state.writes.values()]


def test_versions_of_kept_journals_only_grow() -> None:
    cores = sorted({golden.core for golden in ALL.values()})
    assert cores[-1] == CORE_VERSION, "raised without a tale"
    assert all(later - earlier == 1 for earlier, later in pairwise(cores)), "each has journals"


def test_rewound_and_forked_copies_are_among_what_is_kept() -> None:
    kinds = {type(event) for golden in ALL.values() for event in golden.events()}
    assert {RunForked, RunRewound} <= kinds
    assert {FailureKind.AMBIGUOUS, FailureKind.NOT_SENT} <= set(FailureKind)
