"""The attempts of one step: when each began and ended, and what became of it."""

from dataclasses import dataclass

from podium.core import events as ev
from podium.core.events import Event
from podium.draw.words import clean
from podium.failure import Failure
from podium.views.detail import AttemptView
from podium.views.failures import failure_view
from podium.views.wording import told

UNDER_WAY = "under way"

_BEGIN = (ev.StepStarted, ev.StepRestarted, ev.UndoStarted)
_END = (ev.StepDone, ev.StepFailed, ev.StepCancelled, ev.StepSkipped, ev.UndoDone, ev.UndoSkipped)


@dataclass(slots=True)
class _Attempt:
    number: int
    began_at: int
    ended_at: int | None = None
    outcome: str = UNDER_WAY
    failure: Failure | None = None
    retry_at: int | None = None


class Attempts:
    """The attempts of a step, event by event; those after it began again are numbered from 1 again."""

    def __init__(self) -> None:
        self._found: list[_Attempt] = []

    def take(self, event: Event) -> None:
        """Take the next event of the step in."""
        last = self._found[-1] if self._found else None
        if isinstance(event, _BEGIN) or last is None:
            self._found.append(_Attempt(1, event.at))
            return
        if last.retry_at is not None and last.ended_at is not None:
            last = _Attempt(last.number + 1, event.at)
            self._found.append(last)
        match event:
            case ev.AttemptFailed():
                last.number, last.failure = event.attempt, event.failure
                last.ended_at, last.retry_at, last.outcome = event.at, event.retry_at, "failed"
            case ev.StepParked():
                last.outcome, last.failure = f"parked: {event.reason}", event.failure
            case ev.StepPostponed():
                last.outcome = f"waits for its {event.why}" if event.why else "waits for a later try"
            case ev.StepResumed() | ev.StepResolved() | ev.StepAnswered() | ev.WriteApproved():
                last.outcome = UNDER_WAY
            case _ if isinstance(event, _END):
                last.ended_at, last.failure = event.at, getattr(event, "failure", None)
                last.outcome = str(told(event).status)
            case _:
                pass

    def views(self) -> tuple[AttemptView, ...]:
        """Return them, oldest first."""
        return tuple(
            AttemptView(
                number=one.number,
                began_at=one.began_at,
                ended_at=one.ended_at,
                outcome=clean(one.outcome),
                failure=None if one.failure is None else failure_view(one.failure),
                retry_at=one.retry_at,
            )
            for one in self._found
        )
