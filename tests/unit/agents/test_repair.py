"""JSON that says the same is mended; what was cut off is left alone, whatever could be made of it."""

import json
from typing import Any

import pytest

from podium.agents.repair import mend


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1,}', {"a": 1}),
        ("{'a': 'x'}", {"a": "x"}),
        ('{a: "x"}', {"a": "x"}),
        ('```json\n{"a": "x"}\n```', {"a": "x"}),
        ('Sure! {"a": "x"} Hope this helps.', {"a": "x"}),
        ('{"a": {"b": "x"}', {"a": {"b": "x"}}),
        ('{"a": ["x", "y"', {"a": ["x", "y"]}),
        ('{"a": "x" "b": "y"}', {"a": "x", "b": "y"}),
        ('{"a": True, "b": None}', {"a": True, "b": None}),
        ('{"a": "a \\"quoted\\" {word}",}', {"a": 'a "quoted" {word}'}),
    ],
)
def test_what_says_the_same_is_mended(text: str, says: Any) -> None:
    mended = mend(text)
    assert mended is not None
    assert json.loads(mended) == says


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "Once upon a ti',
        '{"a": "x", "b": 12',
        '{"a": tru',
        '{"a": "x",',
        '{"a": "x", "b"',
        '{"a": "x", "b":',
        '{"a": ["x", ',
        '{"a": "ends with a backslash \\',
        "{",
        "",
        "I can not do that.",
    ],
)
def test_what_was_cut_off_or_is_no_json_is_left_alone(text: str) -> None:
    assert mend(text) is None


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", "7", '"x"', "null"])
def test_what_is_json_is_left_alone(text: str) -> None:
    assert mend(text) is None
