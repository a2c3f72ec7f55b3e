"""What follows where a run goes on from a copy: as a fork of another one, or rewound to where it stood before."""

from collections.abc import Iterator, Sequence

from podium.core import dag, react_saga
from podium.core import events as ev
from podium.core.state import RunState, StepStatus
from podium.graph.nodes import NodeKind

Events = Sequence[ev.Event]


def goes_on(state: RunState, event: ev.RunForked | ev.RunRewound) -> Events:
    """Ask again what was asked, give what is known, and end what there is nothing left to do for."""
    events = [*_asked(state, event.at), *_answered(state, event.at)]
    for path in [path for path, items in state.maps.items() if not items.items]:
        events.extend(dag.fill_map(state, path, event.at))
    for saga in state.sagas.values():
        events.extend(react_saga.go_on(state, saga, event.at))
    return events


def _asked(state: RunState, at: int) -> Iterator[ev.Event]:
    """Put each question anew: it was put in another run's name, or to be answered long ago."""
    for step in state.steps.values():
        if step.status is StepStatus.WAITING and step.node.kind is NodeKind.HUMAN:
            yield ev.TaskOpened(at, step.path, until=step.until)


def _answered(state: RunState, at: int) -> Iterator[ev.Event]:
    """Give kept signals to those that wait for them, first come, first served."""
    for name, payloads in state.signals.items():
        waiting = [s for s in state.steps.values() if s.status is StepStatus.WAITING and s.node.signal == name]
        for step, payload in zip(waiting, payloads, strict=False):
            yield ev.StepAnswered(at, step.path, payload)
