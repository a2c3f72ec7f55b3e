"""What a copied state says of the steps that had begun in it: its journal is another run's, or was gone back in."""

from collections.abc import Iterator

from podium.core.path import item_path, place, step_path
from podium.core.state import RunState, Scope
from podium.draw.overlay import Status
from podium.graph.nodes import GraphKind
from podium.views.steps import STATUS_OF

UNKNOWN = ""
"""Where a copied machine came from last, when that is not in the copy."""


def reached(state: RunState) -> Iterator[tuple[str, Status]]:
    """Return the addresses of the steps that had begun, from outside to inside, and how they stand."""
    for scope in state.scopes.values():
        yield from ((path, _status(state, path, done)) for path, done in _begun(scope))
    for path, items in state.maps.items():
        for index, result in enumerate(items.results):
            address = item_path(path, index)
            if result is not None or address in state.steps:
                yield address, _status(state, address, Status.DONE)
    for path, step in state.steps.items():
        yield path, STATUS_OF[step.status]


def _begun(scope: Scope) -> Iterator[tuple[str, Status]]:
    if scope.graph.kind is GraphKind.MACHINE:
        for name, visits in scope.visits.items():
            yield from ((step_path(scope.path, name, visit), Status.DONE) for visit in range(1, visits + 1))
        return
    for name in scope.outputs:
        yield step_path(scope.path, name), Status.SKIPPED if name in scope.skipped else Status.DONE


def _status(state: RunState, path: str, otherwise: Status) -> Status:
    step = state.steps.get(path)
    return otherwise if step is None else STATUS_OF[step.status]


def last_places(state: RunState) -> dict[str, str]:
    """Return where each machine is, by the address of its scope."""
    found = {
        path: UNKNOWN for path, scope in state.scopes.items() if scope.graph.kind is GraphKind.MACHINE and scope.visits
    }
    for step in state.steps.values():
        if step.scope in found and step.undoes is None:
            found[step.scope] = place(step.path)
    return found
