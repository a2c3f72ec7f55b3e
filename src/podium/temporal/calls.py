"""The activities, as the workflow calls them: each is tried once, and whoever performs it says that it lives."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.workflow import ActivityCancellationType, ActivityHandle

from podium.core import stimuli as st
from podium.temporal.port import LOST_AFTER_BEATS
from podium.temporal.stimuli import unpack
from podium.temporal.wire import CALL_OFF, CHECK, EVALUATE, PERFORM, SETTLE, Check, Checked, StepView

ONCE = RetryPolicy(maximum_attempts=1)
"""What is to be tried again is decided by the run's own law."""

_FOR_EVER = timedelta(days=3650)
"""How long a step may take is bounded by its guards; that its performer lives, by the heartbeat."""

_CHECK_TIMEOUT = timedelta(seconds=60)
_PAUSE_S_MAX = 60.0

_NAMES: dict[type[st.Command], str] = {st.Perform: PERFORM, st.Settle: SETTLE, st.Evaluate: EVALUATE}

UNKNOWN = "UnknownWorkflowError"
"""How an activity fails on a worker that has not the run's code."""


class Called:
    """An activity that performs a step, settles its write or evaluates its condition."""

    def __init__(self, order: st.Perform | st.Settle | st.Evaluate, view: StepView) -> None:
        self._order, self._view = order, view
        self._handle = self._start()
        self._is_cancelled = False

    def _start(self) -> ActivityHandle[Any]:
        return workflow.start_activity(
            _NAMES[type(self._order)],
            self._view,
            result_type=list[str],
            start_to_close_timeout=_FOR_EVER,
            heartbeat_timeout=timedelta(milliseconds=LOST_AFTER_BEATS * self._view.heartbeat_ms),
            retry_policy=ONCE,
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=self._view.path,
        )

    def cancel(self) -> None:
        """Let whoever performs it call it off, and report that."""
        if not self._is_cancelled:
            self._is_cancelled = True
            self._handle.cancel()

    async def reports(self) -> Sequence[st.Stimulus] | None:
        """Return what was reported; None where whoever performed it was lost."""
        pause_s = 1.0
        while True:
            try:
                return [unpack(text) for text in await self._handle]
            except ActivityError as error:
                if isinstance(error.cause, CancelledError):  # nobody had begun
                    return self._stopped()
                if not (isinstance(error.cause, ApplicationError) and error.cause.type == UNKNOWN):
                    workflow.logger.warning("%s of %s was lost: %s", type(self._order).__name__, self._view.path, error)
                    return None
            if self._is_cancelled:
                return self._stopped()
            await asyncio.sleep(pause_s)  # until a worker has the code
            pause_s = min(2 * pause_s, _PAUSE_S_MAX)
            self._handle = self._start()

    def _stopped(self) -> Sequence[st.Stimulus]:
        order = self._order
        if isinstance(order, st.Perform):
            return [st.AttemptEnded(order.incarnation, order.path, order.entry, st.Stopped())]
        return ()


def call(order: st.Perform | st.Settle | st.Evaluate, view: StepView) -> Called:
    """Call the activity that an order means."""
    return Called(order, view)


async def check(about: Check) -> Checked:
    """Have the workflow's code check what was asked; raise ActivityError where no worker could."""
    checked: Checked = await workflow.execute_activity(
        CHECK, about, result_type=Checked, schedule_to_close_timeout=_CHECK_TIMEOUT
    )
    return checked


async def call_off(run_id: str) -> None:
    """Have the server call this execution off."""
    await workflow.execute_activity(CALL_OFF, run_id, start_to_close_timeout=_CHECK_TIMEOUT)
