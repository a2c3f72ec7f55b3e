"""Patches, applied one by one or in any bigger steps, give the standing; so do lines of steps."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.core.events import Event
from podium.core.path import is_undo, undo_path
from podium.graph.nodes import Graph
from podium.views.details import step_detail
from podium.views.patching import NOWHERE, patched
from podium.views.standing import StepLine
from podium.views.steps import STATUS_OF
from podium.views.story import RunStory, story_of
from tests.golden.journal import Golden, names, read
from tests.simulation.graphs import Dice, any_graph, any_saga
from tests.simulation.player import Player
from tests.simulation.spender import Spender
from tests.unit.views.records import record

SHAPES = st.binary(min_size=60, max_size=90)
THROWS = st.binary(min_size=100, max_size=300)

ALL = {name: read(name) for name in names()}
every = pytest.mark.parametrize("golden", ALL.values(), ids=ALL)


def check_patches(graph: Graph, events: Sequence[Event], *, from_each: bool) -> None:
    """From the standing after the event before, or after each, a patch leads to the one after an event."""
    story, stood = RunStory("run", graph), [NOWHERE]
    lines: dict[str, StepLine] = {}
    for number, event in enumerate(events, 1):
        story.take(number, event)
        now = story.standing()
        for before in stood if from_each else stood[-1:]:
            assert patched(before, story.patch(before.seq)) == now, event
        lines = {} if story.patch(number - 1).resets else lines
        lines |= {line.address: line for line in story.steps_since(number - 1)}
        assert list(lines.values()) == list(story.steps())
        stood.append(now)


def check_story(graph: Graph, events: Sequence[Event]) -> None:
    """What is shown of the steps that the law still holds is what the law says of them."""
    story = RunStory("run", graph)
    for number, event in enumerate(events, 1):
        story.take(number, event)
        assert all(not node.words.startswith("not reached") for node in story.standing().nodes.values())
        for path, step in story.state.steps.items():
            seen = story.steps_seen.get(path)
            assert seen is not None, path
            is_undone = is_undo(path) or story.steps_seen.get(undo_path(path)) is not None
            assert is_undone or seen.now.status is STATUS_OF[step.status], (path, event)


@every
def test_patches_of_a_kept_journal_give_its_standing_from_wherever_one_begins(golden: Golden) -> None:
    check_patches(golden.graph, golden.events(), from_each=True)
    check_story(golden.graph, golden.events())


@settings(max_examples=60)
@given(shape=SHAPES, throws=THROWS)
def test_patches_give_the_standing_whatever_happens(shape: bytes, throws: bytes) -> None:
    player = Player(any_graph(Dice(shape)), Dice(throws))
    player.play(moves=30)
    check_patches(player.state.graph, player.journal, from_each=False)
    check_story(player.state.graph, player.journal)


@settings(max_examples=40)
@given(shape=SHAPES, throws=st.binary(min_size=300, max_size=500))
def test_patches_give_the_standing_of_runs_that_are_undone(shape: bytes, throws: bytes) -> None:
    player = Spender(any_saga(Dice(shape)), Dice(throws))
    player.play(moves=30)
    check_patches(player.state.graph, player.journal, from_each=False)
    check_story(player.state.graph, player.journal)


@settings(max_examples=20)
@given(shape=SHAPES, throws=THROWS)
def test_every_step_that_was_seen_has_details(shape: bytes, throws: bytes) -> None:
    player = Player(any_graph(Dice(shape)), Dice(throws))
    player.play(moves=30)
    story = story_of(player.state.graph, player.journal)
    for line in itertools.islice(story.steps(), 12):
        detail = step_detail(record(player.state.graph, player.journal), line.address)
        assert detail is not None
        assert (detail.status, detail.began_at, detail.place) == (line.status, line.began_at, line.place)
