"""Failures as people see them."""

from podium.failure import Failure
from podium.views.legible import cut
from podium.views.view import FailureView

_NAME_CHARS, _MESSAGE_CHARS, _TRACEBACK_CHARS = 300, 4_000, 20_000
_CAUSES_MAX = 20


def failure_view(failure: Failure) -> FailureView:
    """Return a failure; of very long texts the beginning, and of a traceback the end."""
    return FailureView(
        kind=failure.kind,
        type=cut(failure.type, _NAME_CHARS),
        message=cut(failure.message, _MESSAGE_CHARS),
        source=cut(failure.source, _NAME_CHARS),
        traceback=cut(failure.traceback[-_TRACEBACK_CHARS:], _TRACEBACK_CHARS),
        retry_at=failure.retry_at,
        causes=tuple(map(failure_view, failure.causes[:_CAUSES_MAX])),
    )
