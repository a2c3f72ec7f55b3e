"""A run goes on by another graph: its whole journal has to fit that one, and to lead to the same place.

So nothing is written into the journal, and a run that was moved is folded as any other. What can not be told from the
journal refuses the move, with its reason, and changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podium.core.advance import fold
from podium.core.events import Event, ScopeOpened
from podium.core.invariants import check
from podium.core.path import is_undo, parse, step_path
from podium.core.state import RunState, Scope
from podium.engine.ports import Store
from podium.errors import BugError, DataChangedError
from podium.graph.encode import graph_from_json, graph_to_json
from podium.graph.nodes import Graph, GraphKind, Node
from podium.upkeep_errors import NotMigratedError
from podium.workflow.workflow import Workflow

EVENTS_AT_ONCE = 1000


async def migrate(store: Store, run_id: str, workflow: Workflow[Any, Any], *, target: str = "") -> bool:
    """Move a run to the graph of `workflow`, its own in a later form; False where it has it already.

    `target`: where the command line finds the code from now on; "" for where it did before.

    Raises:
        RunNotFoundError: There is no such run.
        NotMigratedError: It does not fit, is over, or a living worker holds it. It was left as it was.
    """
    loaded = await store.load(run_id, upto=0)
    info = loaded.info
    if info.graph_hash == workflow.hash:
        return False
    if info.workflow != workflow.name:
        raise NotMigratedError(run_id, f"it is a run of {info.workflow}, not of {workflow.name}")
    if info.status.is_terminal:
        raise NotMigratedError(run_id, f"it is {info.status}: nothing of it goes on")
    journal = await _journal(store, run_id)
    reasons = list(misfits(run_id, journal, before=graph_from_json(loaded.graph), after=workflow.graph))
    if not reasons:
        reasons = list(_data_misfits(fold(RunState(run_id, workflow.graph), journal), workflow))
    if reasons:
        raise NotMigratedError(run_id, "; ".join(reasons))
    info.seq = len(journal)
    info.graph_hash, info.target = workflow.hash, target or info.target
    if not await store.move(info, graph_to_json(workflow.graph)):
        raise NotMigratedError(run_id, "it moves at this moment; try again when it waits, or once its worker has ended")
    return True


def misfits(run_id: str, journal: Sequence[Event], *, before: Graph, after: Graph) -> Iterator[str]:
    """Say why a run can not go on by another graph; nothing where it can."""
    missing = list(_missing(journal, after))
    if missing:
        yield from missing
        return
    was = fold(RunState(run_id, before), journal)
    try:
        now = fold(RunState(run_id, after), journal)
        check(now)
    except BugError as bug:
        yield f"its journal does not fit: {bug}"
        return
    for path in dict.fromkeys([*was.steps, *now.steps]):
        yield from _other_step(path, was, now)
    for scope in now.scopes.values():
        if scope.graph.kind is GraphKind.DAG and not scope.closing:
            yield from _overdue(now, scope)


def _missing(journal: Sequence[Event], graph: Graph) -> Iterator[str]:
    """Name the places that the run has been at and that are not in the graph, or are something else there."""
    paths = dict.fromkeys(getattr(event, "path", "") for event in journal)
    plans = {one.path: graph_from_json(one.graph) for one in journal if isinstance(one, ScopeOpened) and one.graph}
    places = {path: _node(path, graph, plans) for path in paths if path and not is_undo(path)}
    for path, node in places.items():
        if node is None:
            yield f"{path}: it has been there, and the graph has no such place"
        elif path in plans:
            yield from _other_tools(path, node, plans[path])


def _node(path: str, graph: Graph, plans: Mapping[str, Graph]) -> Node | None:
    node: Node | None = None
    inside: Graph | None = graph
    address = ""
    for part in path.split("/"):
        node = None if inside is None else inside.nodes.get(parse(part).name)
        if node is None:
            return None
        address = f"{address}/{part}" if address else part
        inside = plans.get(address, node.child)
    return node


def _other_tools(path: str, node: Node, plan: Graph) -> Iterator[str]:
    """Name the tools of a plan that its node does not allow any more."""
    allowed = {facts.name for facts in node.tools}
    for step in plan.nodes.values():
        for facts in step.tools:
            if facts.name not in allowed:
                yield f"{path}: step {step.name} of its plan calls {facts.name}, which may not be called there any more"


def _other_step(path: str, was: RunState, now: RunState) -> Iterator[str]:
    old, new = was.steps.get(path), now.steps.get(path)
    if old is None or new is None:
        yield f"{path}: it would {'be gone' if new is None else 'stand there'} by the new graph"
    elif (old.status, old.node.kind, old.node.signal, old.node.each) != (
        new.status, new.node.kind, new.node.signal, new.node.each,
    ):  # fmt: skip
        yield f"{path}: it is {old.status} in a {old.node.kind} there, and would be {new.status} in a {new.node.kind}"


def _overdue(now: RunState, scope: Scope) -> Iterator[str]:
    """Name the nodes that would have begun already: nothing would ever begin them."""
    for name in scope.graph.nodes:
        path = step_path(scope.path, name)
        is_settled = name in scope.outputs or name in scope.skipped
        if not scope.missing.get(name, 0) and not is_settled and path not in now.steps:
            yield f"{path}: all that it needs is there already, and it would never begin"


def _data_misfits(now: RunState, workflow: Workflow[Any, Any]) -> Iterator[str]:
    try:
        workflow.input.decode(workflow.input.text(now.root.data), f"the data of run {now.run_id}")
    except DataChangedError as changed:
        yield f"{changed} (a new field needs a default)"


async def _journal(store: Store, run_id: str) -> list[Event]:
    found: list[Event] = []
    while batch := await store.events(run_id, after=len(found), limit=EVENTS_AT_ONCE):
        found += [event for _, event in batch]
    return found
