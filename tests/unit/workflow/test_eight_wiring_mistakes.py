"""Each of the eight wiring mistakes that LangGraph runs, mostly as a success, is an error here before anything runs."""

from pathlib import Path

import pytest

from tests.unit.workflow.wiring_mistakes import MISTAKES, Mistake, said, table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "wiring_mistakes.md"

MESSAGES = {
    "a typo in a target": "NameError: name 'drfat' is not defined",
    "a join on a branch that may not be taken": "gives=report: it may be skipped, because appendix may be (when=), and"
    " its type str does not admit None [gives-may-be-skipped]. Let the parameter that takes 'appendix' admit None",
    "an unknown state key": "state found: the result is given to 'txet', which is no field of Article [unknown-field]."
    " Did you mean 'text'?",
    "an unreachable node": "state draft is never reached from START [unreachable].",
    "a dead end": "state draft leads nowhere [dead-end]. End its chain: draft >> END.",
    "a target outside the declared set": "state review never returns 'reject', which its choose names [unknown-label].",
    "two parallel writers of one field": "two nodes are called 'web' [same-name]. Rename one",
    "a fan-in that waits for ever": "nodes wait for each other, so none of them can start: outline → notes → outline",
}


def test_there_are_eight() -> None:
    assert [mistake.name for mistake in MISTAKES] == list(MESSAGES)
    assert len(MISTAKES) == 8


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_the_mistake_is_an_error_with_this_message(mistake: Mistake) -> None:
    message = said(mistake)
    assert message.startswith(MESSAGES[mistake.name])
    assert mistake.code in message


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8").splitlines() == list(table())
