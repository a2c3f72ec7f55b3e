"""Plans: graphs that come with the data. What one may be, when its failure is its outcome, and what it tells.

Whoever makes a plan may be a model, so nothing is taken on trust: a plan is a DAG of single calls of the tools that the
node around it names, of bounded size, and touches no act that is done or in doubt.
"""

from collections.abc import Iterator
from dataclasses import replace

from podium.core.codec import to_text
from podium.core.path import parse, step_path
from podium.core.state import SETTLED, RunState, Scope, Step, StepStatus
from podium.core.stimuli import Opened
from podium.failure import Failure, FailureKind
from podium.graph.check import check_graph
from podium.graph.encode import graph_from_json
from podium.graph.nodes import Graph, GraphKind, Node, NodeKind, ToolFacts
from podium.plan_errors import plan_failed

STEPS_MAX = 50
BYTES_MAX = 256_000
"""Of a plan's graph and data as JSON texts."""

_NOT_MENDED = frozenset({FailureKind.AMBIGUOUS, FailureKind.CANCELLED, FailureKind.DEADLINE, FailureKind.IN_PROGRESS})
"""Failures that another way does not mend: nobody knows, somebody called it off, the time is up."""


# ----- what a plan may be


def refused(state: RunState, step: Step, opened: Opened) -> str:
    """Return why a plan is not carried out; "" where it is."""
    size = len(opened.graph) + sum(map(len, opened.data.values()))
    if size > BYTES_MAX:
        return f"it has {size} bytes, and at most {BYTES_MAX} are allowed"
    if not opened.graph:
        return "there is none"
    return next(_faults(state, step, graph_from_json(opened.graph), opened), "")


def _faults(state: RunState, step: Step, graph: Graph, opened: Opened) -> Iterator[str]:
    if graph.kind is not GraphKind.DAG or len(graph.nodes) > STEPS_MAX:
        yield f"it is a {graph.kind} of {len(graph.nodes)} steps, and has to be a dag of at most {STEPS_MAX}"
    allowed = {facts.name: _without_policies(facts) for facts in step.node.tools}
    for name, node in graph.nodes.items():
        yield from _node_faults(name, node, allowed)
    if graph.fields.keys() != opened.data.keys() or graph.fields.keys() & graph.nodes.keys():
        yield "its data is not what its graph says"
    yield from (fault.message for fault in check_graph(graph))
    yield from _act_faults(state, [node.act for node in graph.nodes.values() if node.act])


def _node_faults(name: str, node: Node, allowed: dict[str, ToolFacts]) -> Iterator[str]:
    if not name.isidentifier() or node.name != name:
        yield f"{name!r} can not be the name of a step"
    facts = node.tools[0] if len(node.tools) == 1 else None
    if facts is None or allowed.get(facts.name) != _without_policies(facts):
        called = ", ".join(facts.name for facts in node.tools) or "nothing"
        yield f"step {name} calls {called}, and may call one of {', '.join(allowed)}"
    is_plain = node.kind is NodeKind.TOOL and not (node.has_condition or node.each or node.child)
    if not is_plain:
        yield f"step {name} is more than one call of a tool"


def _without_policies(facts: ToolFacts) -> ToolFacts:
    """Leave out what may be said otherwise since the run was made, as the hash of a graph does."""
    return replace(facts, limits=(), fallback=())


def _act_faults(state: RunState, acts: list[str]) -> Iterator[str]:
    for act in acts:
        known = state.acts.get(act)
        if known is not None and known.status is not None:
            yield f"what it replaces at {known.path} is {known.status}"
        if acts.count(act) > 1:
            yield "two of its steps replace the same write"


# ----- how one ends


def is_definite(failure: Failure) -> bool:
    """Claim that another way may mend what failed: it is certain that it failed, and the time is not up."""
    return failure.kind not in _NOT_MENDED


def is_unsure(state: RunState, path: str) -> bool:
    """Claim that the step at `path`, or one inside it, was given up before it was known whether it had written."""
    steps = [step for step in (state.steps.get(path), *state.below(path)) if step is not None]
    return any(step.may_have_written for step in steps)


def is_told(state: RunState, scope: Scope, failure: Failure) -> bool:
    """Claim that a failure in a scope does not fail the step around it: it is what a plan came to."""
    if not scope.collects or not is_definite(failure):
        return False
    return not state.scopes[parse(scope.path).scope].closing and not is_unsure(state, scope.path)


def failure_of(scope: Scope, failure: Failure) -> Failure:
    """Return how a step fails in which a scope failed: after the last plan, with what became of those before."""
    return plan_failed(scope.path, (*scope.causes, failure)) if scope.is_plan else failure


def report(scope: Scope, state: RunState | None = None) -> str:
    """Return what became of a plan, as JSON text: what is done, what failed and how, and what was not done.

    `state` is given where it failed.
    """
    done = ",".join(f'"{name}":{text}' for name, text in scope.outputs.items())
    failed = [] if state is None else [_told(step) for step in _failed(state, scope)]
    names = [*scope.outputs, *(one["step"] for one in failed)]
    left = [name for name in scope.graph.nodes if name not in names]
    return f'{{"done":{{{done}}},"failed":{to_text(failed)},"left":{to_text(left)}}}'


def _failed(state: RunState, scope: Scope) -> Iterator[Step]:
    for name in scope.graph.nodes:
        step = state.steps.get(step_path(scope.path, name))
        if step is not None and step.status is StepStatus.FAILED:
            yield step
        assert step is None or step.status in SETTLED, step.path


def _told(step: Step) -> dict[str, object]:
    """Say how a step failed, and which act its write gives up to whatever replaces it."""
    act = step.node.act if step.write is None else step.write.act
    assert step.failure is not None, step.path
    failure = replace(step.failure, traceback="")
    return {"step": step.node.name, "path": step.path, "act": act, "failure": failure}
