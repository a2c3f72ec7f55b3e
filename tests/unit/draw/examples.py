"""Graphs to draw, made by hand: the pictures need no author's code."""

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from podium.draw.overlay import NodeStatus, Overlay, Status, place_in
from podium.graph.nodes import (
    END,
    START,
    Graph,
    GraphKind,
    Handler,
    Need,
    Node,
    NodeKind,
    OnFailure,
    OnItemError,
    ToolFacts,
)

BOOK = ToolFacts(name="book", writes=True, compensable=True)
POST = ToolFacts(name="post", writes=True, irreversible=True)
SEARCH = ToolFacts(name="search", writes=False)

HOSTILE = (
    "</script><script>alert(1)</script>",
    "</title></svg>",
    '"] --> b; click a "javascript:x"',
    "it's \"quoted\" and 'quoted'",
    "a --> b %% not a comment\nend\n}",
    "-->",
    "<!-- x -->",
    "]]> <![CDATA[",
    "#quot; #35; &lt;b&gt; &amp;",
    "back\\slash \\N \\",
    "1. not a list",
    "- nor this",
    "`code` **bold** _it_ [link](x) $x$ {y} |z|",
    "null \x00 bell \x07 escape \x1b[31m delete \x7f",
    "line\u2028separator\u2029 \ufffe \ud800",
    "turned \u202e around \u2066",
    "日本語のタイトル · été · 🚀",
    ": ; :: state note end subgraph",
    "x" * 3_000,
)

ODD_NAMES = (
    "end",
    "state",
    "note",
    "class",
    "graph",
    "default",
    "style",
    "call",
    "_",
    "__x__",
    "größe",
    "日本",
    "o",
    "x",
)
"""Identifiers all, and words of the languages that we write."""


def step(name: str, /, **given: Any) -> Node:
    return Node(name=name, **({"kind": NodeKind.STEP} | given))


def write(name: str, /, *, tool: ToolFacts = BOOK, **given: Any) -> Node:
    return Node(name=name, kind=NodeKind.TOOL, tools=(tool,), **given)


def nested(name: str, child: Graph, /, **given: Any) -> Node:
    return Node(name=name, kind=NodeKind.WORKFLOW, child=child, **given)


def needs(*sources: str) -> tuple[Need, ...]:
    """Needs of the sources; `?` at the end: also without."""
    plain = [(source.removesuffix("?"), source.endswith("?")) for source in sources]
    return tuple(Need(parameter=name, source=name, admits_none=optional) for name, optional in plain)


def machine(name: str, *nodes: Node, **given: Any) -> Graph:
    by_name = {node.name: node for node in nodes}
    return Graph(name=name, kind=GraphKind.MACHINE, nodes=by_name, fields={}, start=nodes[0].name, **given)


def dag(name: str, *nodes: Node, **given: Any) -> Graph:
    by_name = {node.name: node for node in nodes}
    return Graph(name=name, kind=GraphKind.DAG, nodes=by_name, fields={}, gives=nodes[-1].name, **given)


TRAVEL = machine(
    "travel",
    write("flight", title="Book a flight to the city.", next="hotel", limits=("retry 4", "breaker airline")),
    write("hotel", title="Book a room for the nights.", next="car"),
    write("car", title="Rent a car at the airport.", next=END),
    on_failure=OnFailure.COMPENSATE,
)

WRITING = machine(
    "writing",
    step("research", title="Look for sources on the topic.", tools=(SEARCH,), next="draft"),
    step("draft", next="review", handlers=(Handler(types=("ToolFailed",), target="apologise"),)),
    step("review", title="Score the text.", choices={"accept": "editor", "revise": "draft"}),
    step(
        "editor",
        kind=NodeKind.HUMAN,
        timeout_ms=172_800_000,
        default_answer="{}",
        choices={"publish": "publish", "drop": END, "again": "editor"},
    ),
    write("publish", tool=POST, next=END),
    step("apologise", takes_failure=True, next=END),
)

BRIEFING = dag(
    "briefing",
    step("web", kind=NodeKind.TOOL, tools=(SEARCH,), needs=needs("topic")),
    step("papers", needs=needs("topic")),
    step("ranked", title="Merge and rank what was found.", needs=needs("web", "papers")),
    step("summaries", each="ranked", concurrency=8, needs=needs("item"), on_item_error=OnItemError.COLLECT),
    step("appendix", has_condition=True, needs=needs("ranked")),
    step("report", needs=needs("topic", "summaries", "appendix?")),
)

DESK = machine(
    "desk",
    step("route", choices={"trip": "booking", "report": "briefing", "neither": "ask"}),
    nested("booking", TRAVEL, next="cool", handlers=(Handler(types=("app.Refused",), target="ask", undo=True),)),
    nested("briefing", BRIEFING, next="cool"),
    step("ask", kind=NodeKind.HUMAN, title="What did you mean?", timeout_ms=3_600_000, next="route"),
    step("cool", kind=NodeKind.SLEEP, duration_ms=300_000, next="paid"),
    step("paid", kind=NodeKind.WAIT, signal="payment", timeout_ms=86_400_000, next=END),
    on_failure=OnFailure.COMPENSATE,
)

MIXED = dag(
    "mixed",
    step("trips", needs=needs("cities")),
    nested("booked", WRITING, each="trips", needs=needs("item")),
    write(
        "invoice", has_condition=True, needs=(*needs("booked"), Need(parameter="x", source="trips", by_condition=True))
    ),
)

EXAMPLES = (TRAVEL, WRITING, BRIEFING, DESK, MIXED)

DESK_RUN = Overlay(
    nodes={
        "route": NodeStatus(status=Status.DONE, visits=17),
        "ask": NodeStatus(status=Status.DONE, attempts=3),
        "booking": NodeStatus(status=Status.RUNNING),
        "booking/flight": NodeStatus(status=Status.DONE),
        "booking/hotel": NodeStatus(status=Status.PARKED),
        "briefing/summaries": NodeStatus(status=Status.RUNNING, items_done=5, items_total=12),
    },
    taken=frozenset({("START", "route"), ("route", "booking"), ("booking/START", "booking/flight")}),
)


def places(graph: Graph, scope: str = "") -> Iterator[tuple[str, Node]]:
    """Every node of a graph and of those inside it."""
    for name, node in graph.nodes.items():
        yield place_in(scope, name), node
        if node.child is not None:
            yield from places(node.child, place_in(scope, name))


quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Few examples, because each draws a whole picture; no time limit, because machines differ."""

TEXTS = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE))
TOOLS = st.lists(st.sampled_from([BOOK, POST, SEARCH]), max_size=2).map(tuple)
KINDS = st.sampled_from([NodeKind.STEP, NodeKind.TOOL, NodeKind.HUMAN, NodeKind.SLEEP, NodeKind.WAIT])


@st.composite
def nodes(draw: st.DrawFn, /, name: str, *, depth: int, **given: Any) -> Node:
    child = draw(st.none() | graphs(depth=depth - 1)) if depth else None
    kind = draw(KINDS) if child is None else NodeKind.WORKFLOW
    return Node(name=name, kind=kind, child=child, title=draw(TEXTS), tools=draw(TOOLS), **given)


@st.composite
def machines(draw: st.DrawFn, *, depth: int = 1) -> Graph:
    """Machines with any targets: loops, dead ends, unreachable states."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 9)))]
    targets = st.sampled_from([*names, END])
    found = []
    for name in names:
        choices = draw(st.dictionaries(TEXTS, targets, max_size=3))
        caught = draw(st.lists(targets, max_size=2))
        handlers = tuple(Handler(types=("ToolFailed",), target=target) for target in caught)
        after = draw(st.none() | targets) if choices else draw(targets)
        found.append(draw(nodes(name, depth=depth, choices=choices, handlers=handlers, next=after)))
    return machine(draw(TEXTS), *found, on_failure=draw(st.sampled_from(OnFailure)))


@st.composite
def dags(draw: st.DrawFn, *, depth: int = 1) -> Graph:
    found: list[Node] = []
    for number in range(draw(st.integers(1, 9))):
        earlier = st.sampled_from([node.name for node in found]) if found else st.nothing()
        sources = draw(st.lists(earlier, max_size=4, unique=True)) if found else []
        each = draw(st.none() | earlier) if found else None
        wanted = tuple(
            Need(parameter=source, source=source, admits_none=draw(st.booleans()), by_condition=draw(st.booleans()))
            for source in sources
        )
        has_condition = draw(st.booleans())
        given = {"needs": wanted, "each": each, "has_condition": has_condition}
        found.append(draw(nodes(f"n{number}", depth=depth, **given)))
    return dag(draw(TEXTS), *found, on_failure=draw(st.sampled_from(OnFailure)))


def graphs(*, depth: int = 1) -> st.SearchStrategy[Graph]:
    return st.one_of(machines(depth=depth), dags(depth=depth))


@st.composite
def drawings(draw: st.DrawFn) -> tuple[Graph, Overlay | None]:
    """A graph, with or without a run laid over it."""
    graph = draw(graphs())
    if draw(st.booleans()):
        return graph, None
    reached = draw(st.lists(st.sampled_from([place for place, _ in places(graph)]), unique=True))
    statuses = {
        place: NodeStatus(
            status=draw(st.sampled_from(Status)),
            visits=draw(st.integers(1, 10**6)),
            attempts=draw(st.integers(1, 99)),
            items_done=draw(st.integers(0, 9)),
            items_total=draw(st.none() | st.integers(0, 9)),
        )
        for place in reached
    }
    return graph, Overlay(nodes=statuses, taken=frozenset({(START, place) for place in reached}))
