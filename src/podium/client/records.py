"""What a server tells, as the engine's own values."""

from podium.core.stimuli import Verb
from podium.engine.parked import ParkedRecord, PastTry
from podium.engine.ports import ParkedStep, RunInfo
from podium.failure import Failure, FailureKind
from podium.views.people import ParkedRow
from podium.views.runs import RunRow
from podium.views.view import FailureView


def info_of(row: RunRow) -> RunInfo:
    """Return a run's row; its input and result are the beginnings that the server tells."""
    return RunInfo(**dict(row))


def failure_of(seen: FailureView) -> Failure:
    """Return a failure; of its types, the nearest is known."""
    return Failure(
        kind=FailureKind(seen.kind),
        type=seen.type,
        message=seen.message,
        types=(seen.type,),
        source=seen.source,
        retry_at=seen.retry_at,
        traceback=seen.traceback,
        causes=tuple(map(failure_of, seen.causes)),
    )


def parked_record(row: ParkedRow) -> ParkedRecord:
    """Return a step that waits for a decision."""
    return ParkedRecord(
        step=ParkedStep(
            run_id=row.run_id,
            path=row.path,
            reason=row.reason,
            detail=row.detail,
            tool=row.tool,
            args="" if row.args is None else row.args.json_text,
            key=row.key,
            parked_at=row.parked_at,
            version=row.version,
        ),
        workflow=row.workflow,
        known=row.known,
        unknown=row.unknown,
        tried=tuple(PastTry(at=one.at, what=one.what, failure=failure_of(one.failure)) for one in row.tried),
        waiting=row.waiting,
        actions=tuple((Verb(action.verb), action.means) for action in row.actions),
    )
