"""Laws that hold for every graph, every order of news and every crash: hypothesis looks for the shortest breach."""

import json
from collections.abc import Sequence
from itertools import chain, combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from podium.core import events as ev
from podium.core.advance import advance, fold, follow
from podium.core.copying import copy_for_fork
from podium.core.pending import pending
from podium.core.snapshot import dump
from podium.core.state import Phase, RunState, RunStatus
from podium.core.stimuli import AttemptEnded, ForkAsked, Perform, Succeeded
from tests.simulation.graphs import Dice, any_graph, any_saga
from tests.simulation.player import Player
from tests.simulation.spender import Spender
from tests.simulation.story import Story, resumed
from tests.unit.core.shell import restored, same

SHAPES = st.binary(min_size=60, max_size=90)
THROWS = st.binary(min_size=200, max_size=300)
LONG_THROWS = st.binary(min_size=500, max_size=700)
SEEDS = st.integers(0, 2**32)


@given(shape=SHAPES, throws=THROWS)
def test_whatever_happens_replay_is_live_the_invariants_hold_and_nothing_hangs(shape: bytes, throws: bytes) -> None:
    """The shell checks all of that, and that a snapshot comes back, after each piece of news."""
    player = Player(any_graph(Dice(shape)), Dice(throws))
    player.play(moves=60)


@given(shape=SHAPES, throws=LONG_THROWS)
def test_compensations_run_in_reverse_each_once_none_is_lost_and_the_cause_is_kept(shape: bytes, throws: bytes) -> None:
    """The ledger checks all of that, and that no key is used twice, after each event."""
    player = Spender(any_saga(Dice(shape)), Dice(throws))
    player.play(moves=120)


@given(shape=SHAPES, seed=SEEDS, throws=THROWS)
def test_fork_taken_anywhere_owes_nothing_and_comes_to_an_end(shape: bytes, seed: int, throws: bytes) -> None:
    story = told(shape, seed)
    before = story.appends[: 1 + seed % len(story.appends)]
    copied = fold(RunState("r", story.state.graph), chain.from_iterable(before))
    if copied.status is RunStatus.OPEN:
        fork = Player(story.state.graph, Dice(throws))
        fork.tell(ForkAsked("r", "parent", copied.seq, copy_for_fork(copied), may_write=True))
        assert (fork.state.writes, fork.state.skipped) == ({}, [])
        fork.go_on(moves=10)


@given(shape=SHAPES, throws=THROWS)
def test_what_was_reported_once_changes_nothing_when_it_is_reported_again(shape: bytes, throws: bytes) -> None:
    player = Player(any_graph(Dice(shape)), Dice(throws))
    player.says_all_again = True
    player.play(moves=30)


@given(shape=SHAPES, seed=SEEDS)
def test_crash_after_any_append_changes_nothing_of_the_story(shape: bytes, seed: int) -> None:
    story = told(shape, seed)
    for length in some(range(1, len(story.appends))):
        other = resumed(story.state.graph, seed, story.appends[:length])
        other.tell_on()
        assert other.told_facts() == story.told_facts()
        assert outcome(other.state) == outcome(story.state)


@given(shape=SHAPES, seed=SEEDS)
def test_state_from_a_snapshot_and_the_journal_after_it_is_the_state(shape: bytes, seed: int) -> None:
    story = told(shape, seed)
    for length in some(range(len(story.journal))):
        early = fold(RunState("r", story.state.graph), story.journal[:length])
        if length:
            early = restored(early)
        assert same(fold(early, story.journal[length:]), story.state)


@given(shape=SHAPES, seed=SEEDS)
def test_rest_of_an_append_follows_from_its_first_event(shape: bytes, seed: int) -> None:
    """So an append that is cut could be completed; folding alone does not do it, and a store keeps it whole."""
    story = told(shape, seed)
    state = RunState("r", story.state.graph)
    for append in story.appends:
        assert follow(state, append[:1]) == append


@given(shape=SHAPES, seed=SEEDS)
def test_independent_branches_commute(shape: bytes, seed: int) -> None:
    story = told(shape, seed)
    for length in some(range(1, len(story.appends))):
        state = fold(RunState("r", story.state.graph), chain.from_iterable(story.appends[:length]))
        performed = [order for order in pending(state) if isinstance(order, Perform)]
        for one, other in some(list(combinations(performed, 2))):
            ends = [success(state, one), success(state, other)]
            forth, back = after(state, ends), after(state, ends[::-1])
            assert forth is None or back is None or forth == back


# ----- how they are told


def told(shape: bytes, seed: int) -> Story:
    story = Story((any_saga if seed % 2 else any_graph)(Dice(shape)), seed)
    story.tell_on()
    return story


def some(options: Sequence[Any]) -> Sequence[Any]:
    """Return at most eight of the options, spread over all of them."""
    return options[:: max(1, len(options) // 8)]


def outcome(state: RunState) -> tuple[Any, ...]:
    return state.status, state.output, state.failure, state.root.data, state.writes


def success(state: RunState, order: Perform) -> AttemptEnded:
    step = state.steps[order.path]
    label = next(iter(step.node.choices), None)
    return AttemptEnded(order.incarnation, order.path, order.entry, Succeeded(label, "[1,2]", {"n": "1"}))


def after(state: RunState, news: Sequence[AttemptEnded]) -> Any:
    """Return where a copy of the state stands after the news, or None where something failed or only opens."""
    copied = restored(state)
    for ended in news:
        if copied.steps[ended.path].phase is Phase.OPEN:
            return None
        events = advance(copied, ended, now_ms=copied.at)
        if any(isinstance(event, ev.StepFailed | ev.StepAnswered) for event in events):
            return None
    return without_order(json.loads(dump(copied)))


def without_order(plain: Any) -> Any:
    """Return the plain state with lists sorted by what is in them, and without the number of its last event."""
    if isinstance(plain, list):
        return sorted((without_order(inner) for inner in plain), key=repr)
    if isinstance(plain, dict):
        return {name: without_order(inner) for name, inner in sorted(plain.items()) if name != "seq"}
    return plain
