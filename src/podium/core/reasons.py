"""Failures that the core itself finds, as data."""

from podium.call_errors import ActInDoubtError, OtherArgumentsError, PerformerLostError
from podium.core.state import Step
from podium.errors import (
    AbortedError,
    DeadlineError,
    NotAListError,
    NotApproved,
    StepTimeoutError,
    TooManyVisitsError,
    UnknownLabelError,
    WritesForbiddenError,
)
from podium.failure import Failure, FailureKind, type_names
from podium.graph.nodes import Graph
from podium.plan_errors import PlanRefusedError, ReissuedError


def core_failure(
    cls: type[Exception], message: str, *, source: str, kind: FailureKind = FailureKind.PERMANENT
) -> Failure:
    """Return a failure of one of Podium's own types."""
    return Failure(kind=kind, type=cls.__name__, types=type_names(cls), message=message, source=source)


def deadline_failure(graph: Graph) -> Failure:
    """The run used up its time."""
    message = f"the run took longer than its deadline of {graph.deadline_ms} ms"
    return core_failure(DeadlineError, message, source=graph.name, kind=FailureKind.DEADLINE)


def timeout_failure(step: Step) -> Failure:
    """Nobody answered, or no signal came, in time."""
    what = f"signal {step.node.signal!r}" if step.node.signal else "an answer"
    message = f"waited {step.node.timeout_ms} ms for {what}"
    return core_failure(StepTimeoutError, message, source=step.path, kind=FailureKind.DEADLINE)


def refusal(path: str, tool: str, by: str) -> Failure:
    """A person, or the time-out, said no."""
    message = f"{tool} was not approved" + (f" by {by}" if by else "")
    return core_failure(NotApproved, message, source=path)


def act_in_doubt(path: str, act: str, elsewhere: str) -> Failure:
    """The same act is under way, or in doubt, in another step."""
    message = f"{act} is under way or in doubt at {elsewhere}; nothing was sent from here"
    return core_failure(ActInDoubtError, message, source=path, kind=FailureKind.IN_PROGRESS)


def other_arguments(path: str, act: str, elsewhere: str) -> Failure:
    """The same act was done with other arguments."""
    message = f"{act} was done at {elsewhere} with other arguments; nothing was sent from here"
    return core_failure(OtherArgumentsError, message, source=path)


def performer_lost(path: str) -> Failure:
    """Whoever sent a write was lost before it could tell what became of it."""
    message = "whoever sent it was lost, and may yet act"
    return core_failure(PerformerLostError, message, source=path, kind=FailureKind.TRANSIENT)


def abort(path: str, by: str) -> Failure:
    """A person gave the step up."""
    message = "given up" + (f" by {by}" if by else "")
    return core_failure(AbortedError, message, source=path)


def not_a_list(path: str, source: str) -> Failure:
    """What `each=` names is no list."""
    return core_failure(NotAListError, f"each={source!r} needs a list, and got something else", source=path)


def too_many_visits(path: str, limit: int) -> Failure:
    """A state was entered once too often."""
    message = f"entered more often than max_visits={limit} allows; raise it, or leave the loop sooner"
    return core_failure(TooManyVisitsError, message, source=path)


def unknown_label(step: Step, label: str | None) -> Failure:
    """A state returned a label that leads nowhere."""
    labels = ", ".join(repr(name) for name in step.node.choices)
    wanted = f"one of {labels}" if labels else "no label: it has no choose()"
    return core_failure(UnknownLabelError, f"returned {label!r}; expected {wanted}", source=step.path)


def writes_forbidden(path: str, tool: str) -> Failure:
    """A fork without writes wanted to write."""
    message = f"this run is a fork without writes=True, so {tool} was not called"
    return core_failure(WritesForbiddenError, message, source=path)


def plan_refused(path: str, why: str) -> Failure:
    """A plan is none that may be carried out."""
    return core_failure(PlanRefusedError, f"the plan is refused: {why}", source=path)


def reissued(path: str, tool: str, elsewhere: str, how: str) -> Failure:
    """A plan wants a write that was made, or may have been."""
    message = f"{tool} with these arguments is {how} at {elsewhere}; nothing was sent from here"
    return core_failure(ReissuedError, message, source=path)
