import re
from xml.etree import ElementTree as ET

import mmdr
import pytest
from hypothesis import given

from podium.draw.mermaid import mermaid
from podium.draw.overlay import NodeStatus, Overlay, Status
from podium.graph.nodes import Graph
from tests.unit.draw.examples import (
    BRIEFING,
    DESK,
    DESK_RUN,
    EXAMPLES,
    HOSTILE,
    MIXED,
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


def rendered(text: str) -> ET.Element:
    """What a Mermaid that is not ours makes of a text; it raises ValueError for what it can not parse."""
    return ET.fromstring(mmdr.render(text).svg())  # noqa: S314  # rendered by us


def shown(root: ET.Element) -> str:
    """All texts, without the spaces at which a renderer may break lines."""
    parts = [part for e in root.iter() if not e.tag.endswith("style") for part in (e.text, e.tail)]
    return re.sub(r"\s", "", "".join(part or "" for part in parts))


def lines(root: ET.Element) -> int:
    ways = re.compile(r"\b(transition|flowchart-link)\b")
    return sum(1 for e in root.iter() if e.tag.endswith("path") and ways.search(e.get("class", "")))


@pytest.mark.parametrize("overlay", [None, DESK_RUN], ids=["plain", "run"])
@pytest.mark.parametrize("graph", EXAMPLES, ids=lambda graph: graph.name)
def test_every_node_and_arrow_is_rendered(graph: Graph, overlay: Overlay | None) -> None:
    root = rendered(mermaid(graph, overlay))
    assert lines(root) == len(list(every_arrow(graph)))
    words = shown(root)
    assert [place for place, node in places(graph) if node.name not in words] == []


@pytest.mark.slow
@quick
@given(drawings())
def test_any_graph_is_parsed(drawing: tuple[Graph, Overlay | None]) -> None:
    rendered(mermaid(*drawing))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_every_identifier_can_be_a_name(name: str) -> None:
    inner = machine("inner", step(name, choices={"again": name, "on": "END"}))
    assert name in shown(rendered(mermaid(machine("m", nested(name, inner, next="END")))))
    flow = dag("d", step(name), nested("outer", dag("inner", step(name)), needs=needs(name)))
    assert name in shown(rendered(mermaid(flow)))


def test_no_two_places_share_an_identifier() -> None:
    inner = machine("inner", step("b", next="b_c"), step("b_c", next="END"))
    graph = machine("m", nested("a", inner, next="a_b"), nested("a_b", inner, next="END"))
    declared = re.findall(r" as (\w+)", mermaid(graph))
    assert len(declared) == len(set(declared)) == 6


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    for graph in (
        machine(text, step("s", title=text, limits=(text,), choices={text: "t"}), step("t", title=text, next="END")),
        dag(text, step("s", title=text, limits=(text,)), step("t", title=text, needs=needs("s"))),
    ):
        written = mermaid(graph)
        root = rendered(written)
        assert lines(root) == len(list(every_arrow(graph)))
        assert not any(element.tag.endswith(("script", "}b", "}a", "}img")) for element in root.iter())
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]", written)


@pytest.mark.parametrize(
    "text", ["a: b; c", 'say "hi"', "100 % {sure}", "a|b [c]", "#1 `x` $y$", "1. one", "- two", "x -- y"]
)
def test_punctuation_is_shown_as_it_is(text: str) -> None:
    wanted = re.sub(r"\s", "", text)
    assert wanted in shown(rendered(mermaid(machine("m", step("s", title=text, next="END")))))
    assert wanted in shown(rendered(mermaid(dag("d", step("s", title=text)))))
    assert wanted in shown(rendered(mermaid(machine("m", step("s", choices={text: "END"})))))


def test_no_text_begins_like_a_list() -> None:
    written = mermaid(machine("m", step("s", title="- two", choices={"1. one": "END"})))
    assert ": 1#46; one" in written
    assert ": #45; two" in written


def test_machine_is_a_state_diagram_and_dag_a_flowchart() -> None:
    assert mermaid(TRAVEL).startswith("stateDiagram-v2\n")
    assert mermaid(BRIEFING).startswith("flowchart TB\n")


def test_kinds_of_nodes_are_told_apart() -> None:
    flow = mermaid(MIXED)
    assert re.search(r'^ {4}subgraph booked \["booked · .*for each trips', flow, re.MULTILINE)
    assert 'editor[/"editor<br/>asks a person' in flow.replace("booked_", "")
    assert "only if its condition holds" in flow
    assert re.search(r"^ {4}class invoice conditional$", flow, re.MULTILINE)
    assert "sleeps 5 min" in mermaid(DESK)
    assert "waits for signal payment" in mermaid(DESK)
    assert 'summaries[["summaries' in mermaid(BRIEFING)


def test_errors_and_ways_back_are_told_apart() -> None:
    assert "draft --> apologise : on ToolFailed" in mermaid(WRITING)
    assert "booking --> n_ask : on Refused, undo first" in mermaid(DESK)
    assert "hotel --> flight : undo" in mermaid(TRAVEL)
    assert 'trips -.->|"condition"| invoice' in mermaid(MIXED)


def test_run_is_laid_over_in_words_and_classes() -> None:
    written = mermaid(DESK, DESK_RUN)
    assert "route : done · ×17" in written
    assert "class booking_hotel parked" in written
    assert "[*] --> route : ✔" in written
    assert "route --> booking : ✔ trip" in written
    flow = mermaid(
        BRIEFING, Overlay(nodes={"web": NodeStatus(status=Status.DONE)}, taken=frozenset({("START", "web")}))
    )
    assert 'START ==>|"✔"| web' in flow
