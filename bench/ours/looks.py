"""A big run, looked at: drawn, folded, told event by event."""

from __future__ import annotations

import random

from bench.meter import Meter
from podium.core import events as ev
from podium.engine.ports import RunInfo
from podium.graph.nodes import Graph, GraphKind, Need, Node, NodeKind
from podium.views.drawn import picture
from podium.views.pages import run_page
from podium.views.story import RunStory

_NEAR = 8
_READS = 18
_ROUNDS = 5


def drawn(*, nodes: int, edges: int) -> dict[str, float]:
    """Draw a graph, each time another one."""
    graphs = [_graph(nodes, edges, seed=seed) for seed in range(_ROUNDS)]
    picture(_graph(10, 12, seed=0))
    with Meter() as meter:
        for graph in graphs:
            picture(graph)
    return {"CPU ms": 1000 * meter.cpu_s / _ROUNDS}


def told(*, nodes: int, edges: int, events: int) -> dict[str, float]:
    """Fold a run, and again with a patch after each event; then make its page."""
    graph = _graph(nodes, edges, seed=0)
    journal = _journal(graph)[:events]
    with Meter() as folding:
        _told(graph, journal)
    story = RunStory("run", graph)
    with Meter() as patching:
        for number, event in enumerate(journal, 1):
            story.take(number, event)
            story.patch(number - 1)
            story.steps_since(number - 1)
    info = RunInfo(id="run", workflow="big", graph_hash="h", seq=len(journal))
    run_page(info, story)
    with Meter() as paging:
        run_page(info, story).model_dump_json()
    return {
        "CPU µs/event": 1e6 * folding.cpu_s / len(journal),
        "CPU µs/patch": 1e6 * (patching.cpu_s - folding.cpu_s) / len(journal),
        "CPU ms/page": 1000 * paging.cpu_s,
    }


def _told(graph: Graph, journal: list[ev.Event]) -> None:
    story = RunStory("run", graph)
    for number, event in enumerate(journal, 1):
        story.take(number, event)


def _graph(nodes: int, edges: int, *, seed: int) -> Graph:
    """Return a DAG in which each node takes what one shortly before it gives, and some what one far before it does."""
    chance = random.Random(seed)
    sources = [{max(0, number - 1 - chance.randrange(_NEAR))} if number else set[int]() for number in range(nodes)]
    while sum(map(len, sources)) < edges:
        number = chance.randrange(2, nodes)
        sources[number].add(chance.randrange(number - 1))
    made = {f"n{number}": _node(number, sorted(found)) for number, found in enumerate(sources)}
    return Graph(name="big", kind=GraphKind.DAG, nodes=made, fields={}, gives=f"n{nodes - 1}")


def _node(number: int, sources: list[int]) -> Node:
    needs = tuple(Need(parameter=f"n{source}", source=f"n{source}") for source in sources)
    return Node(name=f"n{number}", kind=NodeKind.STEP, title="Does one thing of many", needs=needs)


def _journal(graph: Graph) -> list[ev.Event]:
    """Return a run in which each node reads, and is done."""
    found: list[ev.Event] = [ev.RunStarted(1, "run", {})]
    for at, name in enumerate(graph.nodes, 2):
        found.append(ev.StepStarted(at, name))
        found += [ev.ReadDone(at, name, f"look:{nth}", '{"found":1}') for nth in range(_READS)]
        found.append(ev.StepDone(at, name, output='"x"'))
    return found
