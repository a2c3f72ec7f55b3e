"""One picture for everybody: the same boxes and paths in a file and on a page; nested graphs fold."""

import re
from dataclasses import replace

import pytest
from hypothesis import given

from podium.draw.overlay import Overlay
from podium.draw.svg import svg
from podium.graph.nodes import Graph, Node, NodeKind
from podium.views.drawn import picture
from podium.views.picture import Picture
from tests.unit.core.builders import dag, machine, mapped, node, state
from tests.unit.draw.examples import EXAMPLES, graphs, places, quick

INNER = machine(state("x", "y"), state("y"), name="inner")
MIDDLE = dag(node("p"), node("q", "p", kind=NodeKind.WORKFLOW, child=INNER), name="middle")
OUTER = machine(state("first", "in"), Node(name="in", kind=NodeKind.WORKFLOW, next="last", child=MIDDLE), state("last"))


def boxes(drawn: Picture) -> set[str]:
    return {box.place for box in drawn.boxes if box.shape in ("node", "container")}


@pytest.mark.parametrize("graph", EXAMPLES, ids=lambda graph: graph.name)
def test_file_and_page_draw_the_same_paths(graph: Graph) -> None:
    drawn = picture(graph)
    in_file = re.findall(r'class="edge" d="([^"]+)"', svg(graph, Overlay()))
    assert sorted(line.line for line in drawn.lines) == sorted(in_file)
    assert {box.place for box in drawn.boxes} == set(re.findall(r'data-place="([^"]+)"', svg(graph)))


def test_folded_graph_is_one_box_that_says_how_much_it_holds() -> None:
    whole, folded = picture(OUTER), picture(OUTER, ["in"])
    assert boxes(whole) == {"first", "in", "in/p", "in/q", "in/q/x", "in/q/y", "last"}
    assert boxes(folded) == {"first", "in", "last"}
    (box,) = [box for box in folded.boxes if box.place == "in"]
    assert (box.shape, box.is_folded) == ("node", True)
    assert box.lines == ("DAG · 2 steps inside",)
    assert folded.height < whole.height
    assert {line.source for line in folded.lines} == {"START", "first", "in", "last"}


def test_fold_may_be_deep_and_what_can_be_folded_is_told() -> None:
    deep = picture(OUTER, ["in/q"])
    assert boxes(deep) == {"first", "in", "in/p", "in/q", "last"}
    assert deep.foldable == ("in", "in/q")
    assert picture(OUTER, ["in", "in/q", "no/such"]).foldable == ("in",)


def test_way_backwards_begins_where_the_way_ends() -> None:
    (line,) = [line for line in picture(machine(state("a", "b"), state("b"))).lines if line.source == "a"]
    end = re.match(r"M([\d.]+) ([\d.]+)", line.head)
    start = re.match(r"M([\d.]+) ([\d.]+)", line.back_line)
    assert end is not None
    assert start is not None
    assert end.groups() == start.groups()


def test_map_and_condition_are_marked() -> None:
    drawn = picture(dag(replace(node("a"), has_condition=True), mapped("m", "list"), node("b", "a?", "m")))
    marked = {box.place: (box.is_map, box.is_conditional) for box in drawn.boxes if box.shape == "node"}
    assert marked == {"a": (False, True), "m": (True, False), "b": (False, False)}


@pytest.mark.slow
@quick
@given(graphs())
def test_every_place_is_drawn_or_folded_away(graph: Graph) -> None:
    whole = picture(graph)
    assert {place for place, _ in places(graph)} == boxes(whole)
    folded = picture(graph, whole.foldable)
    assert {box.place for box in folded.boxes if box.is_folded} == {
        place for place in whole.foldable if "/" not in place
    }
