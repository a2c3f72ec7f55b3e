"""A graph as JSON and back, and the hash that tells one structure from another."""

from dataclasses import replace

from podium.graph.encode import graph_from_json, graph_hash, graph_to_json
from podium.graph.nodes import END, Graph, GraphKind, Handler, Need, Node, NodeKind, OnItemError, Place, ToolFacts

INNER = Graph(
    name="inner",
    kind=GraphKind.DAG,
    nodes={
        "a": Node(
            name="a",
            kind=NodeKind.TOOL,
            needs=(Need(parameter="query", source="item", admits_none=True),),
            tools=(ToolFacts(name="search", writes=False),),
            each="topic",
            concurrency=2,
            on_item_error=OnItemError.COLLECT,
        )
    },
    fields={"topic": {}},
    gives="a",
)
GRAPH = Graph(
    name="outer",
    kind=GraphKind.MACHINE,
    nodes={
        "b": Node(
            name="b",
            kind=NodeKind.STEP,
            where=Place("f.py", 3),
            title="Does b",
            choices={"on": "c"},
            handlers=(Handler(types=("OSError",), target=END, undo=True),),
            tools=(ToolFacts(name="book", writes=True, compensable=True, limits=("breaker airline",)),),
            limits=("retry 3",),
        ),
        "c": Node(name="c", kind=NodeKind.SLEEP, duration_ms=0, next="d"),
        "d": Node(name="d", kind=NodeKind.WORKFLOW, child=INNER, take={"topic": "topics"}, give="found", next=END),
    },
    fields={"topics": {"type": "array"}, "found": {}},
    start="b",
    output_schema={"type": "object"},
)


def test_a_graph_reads_back_as_it_was() -> None:
    assert graph_from_json(graph_to_json(GRAPH)) == GRAPH


def test_the_hash_does_not_follow_places_titles_and_policies() -> None:
    tools = (replace(GRAPH.nodes["b"].tools[0], limits=("64 at once", "hedged")),)
    moved = replace(GRAPH.nodes["b"], where=Place("g.py", 9), title="Does more", limits=(), tools=tools)
    assert graph_hash(replace(GRAPH, nodes={**GRAPH.nodes, "b": moved})) == graph_hash(GRAPH)
    assert graph_hash(graph_from_json(graph_to_json(GRAPH))) == graph_hash(GRAPH)


def test_the_hash_follows_structure_and_schemas() -> None:
    other = replace(GRAPH.nodes["c"], duration_ms=1)
    changed = [
        replace(GRAPH, nodes={**GRAPH.nodes, "c": other}),
        replace(GRAPH, fields={"topics": {"type": "string"}, "found": {}}),
        replace(GRAPH, max_visits=3),
    ]
    assert len({graph_hash(graph) for graph in [GRAPH, *changed]}) == 4
