"""An address is read in one way only."""

import pytest

from podium.core.path import Element, item_path, map_path, parse, place, step_path
from podium.core.state import is_below


@pytest.mark.parametrize(
    ("path", "element"),
    [
        ("draft", Element("", "draft", 1, None)),
        ("draft#2", Element("", "draft", 2, None)),
        ("write#2/draft#3", Element("write#2", "draft", 3, None)),
        ("summaries[7]", Element("", "summaries", 1, 7)),
        ("trips[0]/flight", Element("trips[0]", "flight", 1, None)),
    ],
)
def test_address_is_taken_apart_and_put_together(path: str, element: Element) -> None:
    assert parse(path) == element
    together = step_path(element.scope, element.name, element.visit)
    assert (together if element.item is None else item_path(together, element.item)) == path


@pytest.mark.parametrize("path", ["draft#x", "m[x]", "m[]"])
def test_nonsense_is_no_address(path: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        parse(path)


def test_item_belongs_to_its_map() -> None:
    assert map_path("trips[0]") == "trips"
    assert map_path("a/trips[12]") == "a/trips"


@pytest.mark.parametrize(
    ("path", "names"), [("a", "a"), ("a/b", "a/b"), ("a#2/b[3]", "a/b"), ("trips[0]/flight#2", "trips/flight")]
)
def test_place_is_the_address_in_the_program(path: str, names: str) -> None:
    assert place(path) == names


@pytest.mark.parametrize(
    ("path", "is_inside"),
    [("a/b", True), ("a[0]", True), ("a[0]/b", True), ("a", False), ("ab", False), ("a#2/b", False), ("b/a", False)],
)
def test_what_lies_inside_a_step(path: str, *, is_inside: bool) -> None:
    assert is_below(path, "a") is is_inside
