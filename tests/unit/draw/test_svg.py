import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from podium.draw.overlay import NodeStatus, Overlay, Status
from podium.draw.palette import ARROWS_DARK, ARROWS_LIGHT, DARK, LIGHT, STATUS_DARK, STATUS_LIGHT
from podium.draw.svg import NAMESPACE, svg
from podium.draw.svg_style import style
from podium.graph.nodes import Graph
from tests.unit.draw.examples import (
    DESK,
    DESK_RUN,
    EXAMPLES,
    HOSTILE,
    TRAVEL,
    drawings,
    machine,
    places,
    quick,
    step,
)
from tests.unit.draw.test_layout import every_arrow

ELEMENTS = {"svg", "title", "desc", "style", "rect", "g", "path", "text", "circle"}


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  # our own output


def tag(element: ET.Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def seen(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter() if tag(element) == "text"]


def group(root: ET.Element, place: str) -> ET.Element:
    (found,) = (element for element in root.iter() if element.get("data-place") == place)
    return found


@pytest.mark.slow
@quick
@given(drawings())
def test_any_graph_is_well_formed_and_complete(drawing: tuple[Graph, Overlay | None]) -> None:
    graph, overlay = drawing
    root = parsed(svg(graph, overlay))
    assert {tag(element) for element in root.iter()} <= ELEMENTS
    drawn = [element.get("data-place") for element in root.iter() if element.get("data-place")]
    assert len(drawn) == len(set(drawn))
    assert {place for place, _ in places(graph)} <= set(drawn)
    lines = [(e.get("data-from"), e.get("data-to")) for e in root.iter() if e.get("data-from")]
    assert sorted(map(str, lines)) == sorted(str((source, target)) for source, target, _ in every_arrow(graph))


@pytest.mark.parametrize("graph", EXAMPLES, ids=lambda graph: graph.name)
def test_names_are_written(graph: Graph) -> None:
    assert {node.name for _, node in places(graph)} <= set(seen(parsed(svg(graph))))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    graph = machine(text, step("s", title=text, choices={text: "END"}, limits=(text,)))
    written = svg(graph, Overlay())
    assert {tag(element) for element in parsed(written).iter()} <= ELEMENTS
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2028\u2029\ufffe\uffff]", written)
    written.encode()


def test_hostile_text_is_shown_as_it_is() -> None:
    graph = machine("m", step("s", title='<b> & "it\'s" -->', next="END"))
    assert '<b> & "it\'s" -->' in seen(parsed(svg(graph)))


def test_same_graph_is_the_same_text() -> None:
    assert svg(DESK, DESK_RUN) == svg(DESK, DESK_RUN)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    written = svg(DESK, DESK_RUN).replace(NAMESPACE, "")
    assert not re.search(r"https?:|url\(|@import|<script|<image|<use|href|javascript|\son\w+=", written)


def test_picture_says_what_it_is_to_who_does_not_see_it() -> None:
    root = parsed(svg(DESK, DESK_RUN))
    labels = {element.get("id"): element.text for element in root if tag(element) in {"title", "desc"}}
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == " ".join(map(str, labels))
    said = " ".join(map(str, labels.values()))
    assert "desk, state machine" in said
    assert "booking/hotel parked" in said
    assert "booking/car not reached" in said


@pytest.mark.parametrize("status", Status)
def test_status_is_word_icon_and_colour(status: Status) -> None:
    root = parsed(svg(TRAVEL, Overlay(nodes={"hotel": NodeStatus(status=status)})))
    hotel = group(root, "hotel")
    assert status in (hotel.get("class") or "").split()
    assert [e.text for e in hotel.iter() if e.get("class") == "word"] == [str(status)]
    assert [e.get("class") for e in hotel.iter() if "state" in (e.get("class") or "")] == ["icon state"]
    assert f".{status} .card" in style()


def test_badges_count_visits_attempts_and_items() -> None:
    words = seen(parsed(svg(DESK, DESK_RUN)))
    assert {"done · ×17", "done · attempt 3", "running · 5/12", "not reached"} <= set(words)


def test_ways_taken_stand_out() -> None:
    root = parsed(svg(DESK, DESK_RUN))
    taken = {(e.get("data-from"), e.get("data-to")) for e in root.iter() if "taken" in (e.get("class") or "").split()}
    assert taken == DESK_RUN.taken


def test_ways_back_are_drawn_for_what_can_be_undone() -> None:
    root = parsed(svg(TRAVEL))
    back = {(e.get("data-from"), e.get("data-to")) for e in root.iter() if e.get("class") == "line undo"}
    assert back == {("hotel", "flight"), ("car", "hotel")}


def test_style_has_no_rule_outside_of_the_picture() -> None:
    rules = [line for line in style().splitlines() if "{" in line and not line.startswith("@media")]
    selectors = [selector.strip() for rule in rules for selector in rule.partition("{")[0].split(",")]
    assert rules
    assert all(selector.startswith(".podium") for selector in selectors)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("is_dark", [False, True])
def test_every_text_can_be_read(*, is_dark: bool) -> None:
    theme = DARK if is_dark else LIGHT
    arrows = ARROWS_DARK if is_dark else ARROWS_LIGHT
    statuses = STATUS_DARK if is_dark else STATUS_LIGHT
    pairs = [(text, back) for text in (theme.text, theme.faint) for back in (theme.card, theme.container)]
    pairs += [(colour, theme.card) for colour in arrows.values()]
    pairs += [(text, paint.fill) for paint in statuses.values() for text in (paint.line, theme.text, theme.faint)]
    pairs += [(paint.line, theme.container) for paint in statuses.values()]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
