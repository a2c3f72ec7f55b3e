import itertools
import math
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given

from podium.draw.arrows import arrows
from podium.draw.layers import layering
from podium.draw.layout import lay_out
from podium.draw.overlay import place_in
from podium.draw.picture import Box, Layout, Line, Shape
from podium.graph.nodes import Graph, OnFailure
from tests.unit.draw.examples import BRIEFING, DESK, EXAMPLES, TRAVEL, WRITING, graphs, machine, places, quick, step

NEAR = 0.2
"""Points are rounded to a tenth of a pixel."""

Area = tuple[float, float, float, float]


def area(box: Box) -> Area:
    return box.x, box.y, box.x + box.width, box.y + box.height


def overlaps(one: Area, other: Area) -> bool:
    return min(one[2], other[2]) - max(one[0], other[0]) > NEAR and min(one[3], other[3]) - max(one[1], other[1]) > NEAR


def is_inside(inner: Area, outer: Area) -> bool:
    return (
        inner[0] > outer[0] - NEAR
        and inner[1] > outer[1] - NEAR
        and inner[2] < outer[2] + NEAR
        and inner[3] < outer[3] + NEAR
    )


def holds(outer: Box, inner: Box) -> bool:
    return inner.place.startswith(f"{outer.place}/")


def every_arrow(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """Ends and kind of every arrow of a graph and of those inside it."""
    compensates = graph.on_failure is OnFailure.COMPENSATE
    inside = [("", graph), *((place, node.child) for place, node in places(graph) if node.child)]
    for scope, inner in inside:
        for arrow in arrows(inner, compensates=compensates):
            yield place_in(scope, arrow.source), place_in(scope, arrow.target), arrow.kind


def crossed(line: Line, layout: Layout) -> list[str]:
    """Boxes that a line runs through, other than those it ends at and those around it."""
    if line.source == line.target:
        return []
    pieces = [
        (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)) for (ax, ay), (bx, by) in itertools.pairwise(line.points)
    ]
    thick = [(left - 0.5, top, right + 0.5, bottom) for left, top, right, bottom in pieces]
    return [
        box.place
        for box in layout.boxes
        if not line.source.startswith(f"{box.place}/") and any(overlaps(piece, area(box)) for piece in thick)
    ]


@pytest.mark.slow
@quick
@given(graphs())
def test_boxes_are_on_the_canvas_and_apart(graph: Graph) -> None:
    layout = lay_out(graph)
    canvas = (0.0, 0.0, layout.width, layout.height)
    assert all(is_inside(area(box), canvas) for box in layout.boxes)
    for one, other in itertools.combinations(layout.boxes, 2):
        if holds(one, other):
            assert is_inside(area(other), area(one))
        else:
            assert not overlaps(area(one), area(other)), (one.place, other.place)


@pytest.mark.slow
@quick
@given(graphs())
def test_every_node_and_arrow_is_drawn_once(graph: Graph) -> None:
    layout = lay_out(graph)
    drawn = [box.place for box in layout.boxes if box.shape not in {Shape.START, Shape.END}]
    assert sorted(drawn) == sorted(place for place, _ in places(graph))
    assert sorted((line.source, line.target, str(line.kind)) for line in layout.lines) == sorted(every_arrow(graph))


@pytest.mark.slow
@quick
@given(graphs())
def test_lines_join_their_boxes_and_cross_no_other(graph: Graph) -> None:
    layout = lay_out(graph)
    boxes = {box.place: area(box) for box in layout.boxes}
    for line in layout.lines:
        for (x, y), place in ((line.points[0], line.source), (line.points[-1], line.target)):
            left, top, right, bottom = boxes[place]
            assert left - NEAR < x < right + NEAR
            assert min(abs(y - top), abs(y - bottom)) < NEAR or line.source == line.target
        assert crossed(line, layout) == []
        assert all(math.dist(one, other) > NEAR / 4 for one, other in itertools.pairwise(line.points))


@pytest.mark.slow
@quick
@given(graphs())
def test_words_on_lines_are_on_the_canvas_and_cover_nothing(graph: Graph) -> None:
    layout = lay_out(graph)
    chips = [(line, line.chip) for line in layout.lines if line.chip]
    areas = [(c.x - c.width / 2, c.y - c.height / 2, c.x + c.width / 2, c.y + c.height / 2) for _, c in chips]
    assert all(is_inside(chip, (0.0, 0.0, layout.width, layout.height)) for chip in areas)
    assert not any(overlaps(one, other) for one, other in itertools.combinations(areas, 2))
    for (line, _), chip in zip(chips, areas, strict=True):
        around = (box for box in layout.boxes if not line.source.startswith(f"{box.place}/"))
        assert not any(overlaps(chip, area(box)) for box in around)


@pytest.mark.parametrize("graph", EXAMPLES, ids=lambda graph: graph.name)
def test_status_line_only_makes_room(graph: Graph) -> None:
    plain, laid = lay_out(graph), lay_out(graph, status_line=True)
    assert [box.place for box in plain.boxes] == [box.place for box in laid.boxes]
    assert all(one.height <= other.height for one, other in zip(plain.boxes, laid.boxes, strict=True))


def test_first_node_is_on_top_and_end_below() -> None:
    boxes = {box.place: box for box in lay_out(TRAVEL).boxes}
    tops = [boxes[name].y for name in ("START", "flight", "hotel", "car", "END")]
    assert tops == sorted(tops)


def test_neighbours_keep_the_authors_order() -> None:
    boxes = {box.place: box for box in lay_out(BRIEFING).boxes}
    assert boxes["web"].x < boxes["papers"].x


def test_straight_chain_is_drawn_straight() -> None:
    chain = machine(
        "chain", *(step(f"s{number}", next=f"s{number + 1}") for number in range(5)), step("s5", next="END")
    )
    assert {x for line in lay_out(chain).lines for x, _ in line.points} == {lay_out(chain).width / 2}


def test_long_way_past_other_boxes_is_straight() -> None:
    (line,) = (line for line in lay_out(WRITING).lines if (line.source, line.target) == ("apologise", "END"))
    assert len({x for x, _ in line.points}) == 2


def test_lines_that_share_a_side_stand_apart() -> None:
    layout = lay_out(DESK)
    leaving = sorted(line.points[0][0] for line in layout.lines if line.source == "route")
    assert all(right - left > 10 for left, right in itertools.pairwise(leaving))


@pytest.mark.slow
def test_layout_is_the_same_in_every_process() -> None:
    code = "from podium.draw.layout import lay_out; from tests.unit.draw.examples import DESK; print(lay_out(DESK))"
    command = [sys.executable, "-c", code]
    found = {
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True).stdout
        for seed in ("1", "2")
    }
    assert found == {f"{lay_out(DESK)}\n"}


def test_importing_loads_no_compiled_layout_code() -> None:
    code = "import sys, podium.draw; print('fast_sugiyama' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout == "False\n"


def test_500_nodes_and_600_arrows_are_laid_out() -> None:
    found = []
    for number in range(500):
        choices = {"on": f"s{number + 1}" if number < 499 else "END"}
        choices |= {"back": f"s{max(0, number - 17)}"} if number % 5 == 0 else {}
        found.append(step(f"s{number}", choices=choices))
    layout = lay_out(machine("large", *found))
    assert len(layout.boxes) == 502
    assert len(layout.lines) == 601


def test_layering_refuses_what_would_end_the_process() -> None:
    with pytest.raises(AssertionError):
        layering(2, [(0, 1), (1, 0)])
    with pytest.raises(AssertionError):
        layering(1, [(0, 0)])


def test_layering_of_nothing_is_empty() -> None:
    assert layering(0, []).rows == ()
    assert layering(3, []).rows == ((0, 1, 2),)
