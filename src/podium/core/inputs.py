"""What a step takes, as JSON texts, read off the state."""

from collections.abc import Mapping

from podium.core.path import map_path
from podium.core.state import RunState, Scope, Step
from podium.graph.nodes import ITEM, GraphKind, NodeKind

_BY_TAKE = frozenset({NodeKind.TOOL, NodeKind.WORKFLOW})


def values_of(state: RunState, step: Step) -> Mapping[str, str]:
    """Return what the step's function, tool or nested workflow takes, by parameter; a skipped source is `null`."""
    scope = state.scopes[step.scope]
    if scope.graph.kind is GraphKind.DAG:
        return {
            need.parameter: _value(state, scope, step, need.source) for need in step.node.needs if not need.by_condition
        }
    if step.node.kind in _BY_TAKE:
        return {parameter: scope.data[source] for parameter, source in step.node.take.items()}
    return scope.data


def condition_values_of(state: RunState, step: Step) -> Mapping[str, str]:
    """Return everything that `when=` may look at, by parameter; that of a map is asked once, not per item."""
    scope = state.scopes[step.scope]
    whole = (need for need in step.node.needs if need.source != ITEM or step.node.each is None)
    return {need.parameter: _value(state, scope, step, need.source) for need in whole}


def _value(state: RunState, scope: Scope, step: Step, source: str) -> str:
    if source == ITEM and step.item is not None:
        return state.maps[map_path(step.path)].items[step.item]
    given = scope.outputs.get(source)
    return scope.data[source] if given is None else given
