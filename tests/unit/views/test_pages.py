"""Whatever a run has been through, its page is drawn from its committed events."""

import pytest

from podium.engine.ports import RunInfo
from podium.views.journal_rows import journal_row
from podium.views.page import RunPage
from podium.views.pages import run_page
from podium.views.story import RunStory
from tests.golden.journal import Golden, names, read

ALL = {name: read(name) for name in names()}
every = pytest.mark.parametrize("golden", ALL.values(), ids=ALL)


@every
def test_kept_journal_has_a_page_after_every_event(golden: Golden) -> None:
    story = RunStory("run", golden.graph)
    for number, event in enumerate(golden.events(), 1):
        story.take(number, event)
        row = journal_row(number, event)
        assert row.chars == len(row.body)
        page = run_page(RunInfo(id="run", workflow="w", graph_hash="h"), story)
        assert RunPage.model_validate_json(page.model_dump_json()) == page
