"""What a plan can be refused for, and how one that failed in the end is told."""

from dataclasses import replace
from typing import ClassVar

from podium.errors import StepError
from podium.failure import Failure, type_names
from podium.outcomes import ToolFailed


class PlanRefusedError(StepError):
    """A plan is not what a plan may be: other tools, a cycle, arguments that do not fit, something done or in doubt."""

    code: ClassVar[str] = "step.plan_refused"


class ReissuedError(StepError):
    """A step of a plan asked for a write that was made before, or is in doubt, elsewhere. Nothing was sent."""

    code: ClassVar[str] = "step.reissued"


class PlanFailed(ToolFailed):
    """No plan reached the goal: the first failure, with what became of each plan in `failure.causes`."""


def plan_failed(source: str, causes: tuple[Failure, ...]) -> Failure:
    """Return that no plan reached the goal. `on_error` still matches the first failure; all are causes, in order."""
    first, last = causes[0], causes[-1]
    count = "the plan" if len(causes) == 1 else f"all {len(causes)} ways"
    message = f"{count} failed; first: {first.type}: {first.message}; last: {last.type}: {last.message}"
    types = tuple(dict.fromkeys((*type_names(PlanFailed), *first.types)))
    each = tuple(replace(cause, causes=()) for cause in causes)
    return Failure(kind=first.kind, type=PlanFailed.__name__, types=types, message=message, source=source, causes=each)
