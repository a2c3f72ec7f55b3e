import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from podium.draw.dot import dot
from podium.draw.overlay import Overlay
from podium.graph.nodes import Graph
from tests.unit.draw.examples import (
    DESK,
    DESK_RUN,
    EXAMPLES,
    HOSTILE,
    ODD_NAMES,
    TRAVEL,
    WRITING,
    dag,
    drawings,
    machine,
    needs,
    nested,
    places,
    quick,
    step,
)
from tests.unit.draw.test_layout import every_arrow

GRAPHVIZ = Path(sys.executable).with_name("graphviz-pure")


def run(output: str, text: str) -> bytes:
    """What Graphviz makes of a text; it fails for what it can not parse."""
    return subprocess.run([str(GRAPHVIZ), f"-T{output}"], input=text.encode(), capture_output=True, check=True).stdout


def read(text: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run("dot_json", text))
    return answer


def labels(read_graph: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item.get("label", "") for item in read_graph["objects"]}


@pytest.mark.parametrize("overlay", [None, DESK_RUN], ids=["plain", "run"])
@pytest.mark.parametrize("graph", EXAMPLES, ids=lambda graph: graph.name)
def test_every_node_and_arrow_is_read(graph: Graph, overlay: Overlay | None) -> None:
    found = read(dot(graph, overlay))
    written = labels(found)
    for place, node in places(graph):
        assert written[f"cluster_{place}" if node.child else place].startswith(node.name)
    assert len(found["edges"]) == len(list(every_arrow(graph)))


@pytest.mark.slow
@quick
@given(drawings())
def test_any_graph_is_parsed_and_laid_out(drawing: tuple[Graph, Overlay | None]) -> None:
    assert run("canon", dot(*drawing))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_every_identifier_can_be_a_name(name: str) -> None:
    flow = dag("d", step(name), nested("outer", dag("inner", step(name)), needs=needs(name)))
    assert {name, f"outer/{name}"} <= set(labels(read(dot(flow))))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    found = read(dot(machine(text, step("s", title=text, limits=(text,), choices={text: "END"}))))
    assert sorted(labels(found)) == ["END", "START", "s"]
    assert len(found["edges"]) == 2


def test_punctuation_is_shown_as_it_is() -> None:
    text = 'a &lt; "b" \\N <c>'
    drawn = ET.fromstring(run("svg", dot(dag("d", step("s", title=text)))))  # noqa: S314  # rendered by us
    assert text in [element.text for element in drawn.iter() if element.tag.endswith("text")]


def test_edges_of_a_nested_workflow_end_at_its_border() -> None:
    found = read(dot(DESK))
    (trip,) = (edge for edge in found["edges"] if edge.get("label") == "trip")
    assert trip["lhead"] == "cluster_booking"
    assert found["objects"][trip["head"]]["name"] == "booking/START"


def test_errors_and_ways_back_are_told_apart() -> None:
    assert [e["label"] for e in read(dot(WRITING))["edges"] if e["color"] == "#cf222e"] == ["on ToolFailed"]
    back = [edge for edge in read(dot(TRAVEL))["edges"] if edge.get("label") == "undo"]
    assert [edge["style"] for edge in back] == ["dashed", "dashed"]


def test_run_is_laid_over_in_words_and_colours() -> None:
    found = read(dot(DESK, DESK_RUN))
    assert labels(found)["route"].endswith("done · ×17")
    assert labels(found)["cluster_booking"].endswith("running")
    assert sum(1 for edge in found["edges"] if edge.get("penwidth")) == len(DESK_RUN.taken)
