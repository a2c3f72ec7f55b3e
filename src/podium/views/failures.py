"""Failures as people see them."""

from podium.failure import Failure
from podium.views.view import FailureView

_MESSAGE_CHARS, _TRACEBACK_CHARS = 4_000, 20_000
_CAUSES_MAX = 20


def failure_view(failure: Failure) -> FailureView:
    """Return a failure; of very long texts the beginning, and of a traceback the end."""
    return FailureView(
        kind=failure.kind,
        type=failure.type[:_MESSAGE_CHARS],
        message=failure.message[:_MESSAGE_CHARS],
        source=failure.source[:_MESSAGE_CHARS],
        traceback=failure.traceback[-_TRACEBACK_CHARS:],
        retry_at=failure.retry_at,
        causes=tuple(map(failure_view, failure.causes[:_CAUSES_MAX])),
    )
