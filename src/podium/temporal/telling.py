"""What a workflow tells of its run where its worker is observed: each event when it is decided, none when replayed.

A workflow task that fails is done again, and tells again: the same spans, under the same ids.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Final

from temporalio import workflow
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from podium.core.codec import decode
from podium.core.events import Event
from podium.effects.telemetry import Guarded, Held, Telemetry
from podium.temporal.held import HeldRun

PAST_MAX = 5_000
"""So many events of earlier executions are looked at, to know what is under way since then."""

OBSERVER: Final[ContextVar[Telemetry | None]] = ContextVar("podium_observer", default=None)
"""Who observes the worker that a workflow runs in; known within `run`."""


class ObservedBy(Interceptor):
    """Lets the workflows of a worker know who observes it."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """Return what stands around each workflow."""
        del input
        telemetry = self._telemetry

        class Inbound(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
                OBSERVER.set(telemetry)
                return await super().execute_workflow(input)

        return Inbound


class WorkflowTelling:
    """Tells of one run. It is called with what was decided."""

    def __init__(self, telemetry: Telemetry, held: HeldRun, *, namespace: str) -> None:
        story = telemetry.story(held.state, Held(namespace, held.info.created_at))
        self._story = Guarded(story, held.state.run_id)
        past = held.rows[-PAST_MAX:]
        self._story.remember([decode(*row) for row in past], len(held.rows))

    def __call__(self, events: Sequence[Event]) -> None:
        """Tell, or only take note where this was decided before."""
        if workflow.unsafe.is_replaying():
            self._story.replay(events)
        else:
            self._story.take(events)
