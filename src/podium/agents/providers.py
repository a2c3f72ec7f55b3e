"""What the errors of model providers mean, in one place: pydantic-ai has told them apart, whoever the provider is."""

from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelConnectionError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    ModelServerError,
    ModelUnavailableError,
    UnexpectedModelBehavior,
    UserError,
)

from podium.guard.meaning import BUG, LIMITED, MALFORMED, NOT_SENT, NOT_SENT_BY_US, REFUSED, UNWELL, Meaning

_MEANS: tuple[tuple[type[Exception], Meaning], ...] = (
    (ModelQuotaExceededError, REFUSED),
    (ModelRateLimitError, LIMITED),
    (ModelUnavailableError, UNWELL),
    (ModelServerError, UNWELL),
    (ModelRequestTimeout, UNWELL),
    (ModelConnectionError, UNWELL),
    (ModelRequestRejectedError, REFUSED),
    (UnexpectedModelBehavior, MALFORMED),
    (UserError, BUG),
)
"""The first that fits counts. Overloaded is unavailable; a context that is too long and a wrong key are rejected."""

_PHASES = {"connect": NOT_SENT, "pool": NOT_SENT_BY_US}


def meaning_of(error: BaseException) -> Meaning | None:
    """Return what an error of a model request means; None where pydantic-ai does not say, and the status has to."""
    if isinstance(error, ModelConnectionError) and error.phase in _PHASES:
        return _PHASES[error.phase]
    known = next((means for kind, means in _MEANS if isinstance(error, kind)), None)
    if known is None or not isinstance(error, ModelAPIError) or error.retry_after is None:
        return known
    return known._replace(retry_after_ms=round(error.retry_after * 1000))
