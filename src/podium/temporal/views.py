"""A step is cut out of its run, shipped, and put together again as a run of which only that step is known."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from podium.core.inputs import condition_values_of, values_of
from podium.core.path import ROOT, parse, place
from podium.core.snapshot import dump_step, restore_step
from podium.core.state import DoneWrite, RunState, Scope, Step, StepStatus
from podium.core.undoing import undo_node
from podium.graph.encode import node_from_json, node_to_json
from podium.graph.nodes import Graph, GraphKind, Node, NodeKind
from podium.temporal.wire import RunStart, StepView


def view_of(state: RunState, step: Step, start: RunStart, *, at: int, sends_again: bool = False) -> StepView:
    """Return what performing a step, settling its write or evaluating its condition takes.

    `sends_again`: on a person's word its write in doubt was just put on record as sent once more.
    """
    is_checking = step.status is StepStatus.CHECKING
    values = {} if step.undoes is not None else (condition_values_of if is_checking else values_of)(state, step)
    return StepView(
        run_id=state.run_id,
        namespace=start.namespace,
        incarnation=state.incarnation,
        graph_hash=start.graph_hash,
        workflow=start.workflow,
        path=step.path,
        step=dump_step(step),
        undoes="" if step.undoes is None else json.dumps(asdict(step.undoes)),
        node=node_to_json(step.node) if _is_planned(state, step) else "",
        values=dict(values),
        boards={board: list(state.boards.get(board, ())) for board in step.node.boards},
        generations=_generations(state, step),
        at=at,
        deadline_at=state.deadline_at,
        is_closing=state.is_closing(step),
        may_send=may_send(state, step),
        sends_again=sends_again,
        heartbeat_ms=start.limits.heartbeat_ms,
        trace=state.trace,
        lives=state.lives,
    )


def _generations(state: RunState, step: Step) -> Mapping[str, int]:
    """Return those of the step's own key and of acts, whose names only the step's code knows."""
    return {name: count for name, count in state.generations.items() if name == step.path or name in state.acts}


def may_send(state: RunState, step: Step) -> bool:
    """Claim that the step is one write which may be sent at once: the order to perform it is the intent.

    What it sends is determined by what it is given, so that it can be put on record afterwards, should its performer be
    lost. That is not so where another tool may stand in, and where a person has to consent, or the run has to look
    whether the same was written before, nothing is sent before.
    """
    facts = step.node.tools
    is_one_write = step.node.kind is NodeKind.TOOL and len(facts) == 1 and facts[0].writes
    is_plain = is_one_write and not (facts[0].asks or facts[0].fallback or _is_planned(state, step))
    return is_plain and step.write is None and step.unsure is None and state.may_write and not state.is_closing(step)


def _is_planned(state: RunState, step: Step) -> bool:
    return step.undoes is None and state.scopes[step.scope].is_plan


def slice_of(view: StepView, graph: Graph) -> RunState:
    """Return a run in which there is that step and the scope around it, and nothing else."""
    state = RunState(view.run_id, graph, incarnation=view.incarnation, at=view.at)
    state.deadline_at, state.generations = view.deadline_at, dict(view.generations)
    state.trace, state.lives = view.trace, view.lives
    state.boards = {board: list(posted) for board, posted in view.boards.items()}
    undoes = DoneWrite(**json.loads(view.undoes)) if view.undoes else None
    scope = ROOT if undoes is not None else parse(view.path).scope
    around = _graph_of_one(node_from_json(view.node)) if view.node else _graph_at(graph, scope)
    node = _node(around, view.path) if undoes is None else undo_node(undoes)
    step = restore_step(view.step, node=node, undoes=undoes)
    if step.write is not None:
        step.write.send_again |= view.sends_again
    state.scopes[scope] = Scope(scope, around, {}, closing=view.is_closing, active=1)
    state.steps[view.path] = step
    return state


def _graph_of_one(node: Node) -> Graph:
    """Return as much of a plan as one of its steps has to know."""
    return Graph(name=node.name, kind=GraphKind.DAG, nodes={node.name: node}, fields={})


def _graph_at(graph: Graph, scope: str) -> Graph:
    for name in place(scope).split("/") if scope else ():
        child = graph.nodes[name].child
        assert child is not None, scope
        graph = child
    return graph


def _node(graph: Graph, path: str) -> Node:
    return graph.nodes[parse(path).name]
