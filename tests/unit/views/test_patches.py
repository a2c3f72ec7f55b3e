"""Patches, applied one by one or in any bigger steps, give the standing; so do lines of steps."""

import pytest

from podium.views.patching import NOWHERE, patched
from podium.views.standing import StepLine
from podium.views.story import RunStory
from tests.golden.journal import Golden, names, read

ALL = {name: read(name) for name in names()}
every = pytest.mark.parametrize("golden", ALL.values(), ids=ALL)


@every
def test_patches_of_a_kept_journal_give_its_standing_from_wherever_one_begins(golden: Golden) -> None:
    story = RunStory("run", golden.graph)
    stood = [NOWHERE]
    for number, event in enumerate(golden.events(), 1):
        story.take(number, event)
        now = story.standing()
        assert [patched(before, story.patch(before.seq)) for before in stood] == [now] * len(stood)
        stood.append(now)


@every
def test_lines_that_changed_complete_those_known_before(golden: Golden) -> None:
    story = RunStory("run", golden.graph)
    known: dict[str, StepLine] = {}
    for number, event in enumerate(golden.events(), 1):
        story.take(number, event)
        if story.patch(number - 1).resets:
            known = {}
        known |= {line.address: line for line in story.steps_since(number - 1)}
        assert list(known.values()) == list(story.steps())
