"""Errors of model providers mean what the taxonomy says, whoever the provider is."""

from typing import Any

import pytest
from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelOverloadedError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestTimeout,
    ModelServerError,
    UserError,
)

from podium.agents.providers import meaning_of
from podium.failure import FailureKind
from podium.guard.classify import meaning_of as means
from podium.guard.meaning import Health

F = FailureKind


def http(category: Any, status: int, **more: Any) -> Exception:
    """Return an error as pydantic-ai's clients raise it."""
    return ModelHTTPError.for_category(category=category, status_code=status, model_name="m", body=None, **more)


@pytest.mark.parametrize(
    ("error", "kind", "health"),
    [
        (http(ModelRateLimitError, 429), F.RATE_LIMITED, Health.UNKNOWN),
        (http(ModelQuotaExceededError, 429), F.PERMANENT, Health.ALIVE),
        (http(ModelContextWindowExceededError, 400), F.PERMANENT, Health.ALIVE),
        (http(ModelAuthenticationError, 401), F.PERMANENT, Health.ALIVE),
        (http(ModelServerError, 500), F.TRANSIENT, Health.UNWELL),
        (http(ModelOverloadedError, 529), F.TRANSIENT, Health.UNWELL),
        (ModelHTTPError(503, "m"), F.TRANSIENT, Health.UNWELL),
        (ModelHTTPError(422, "m"), F.PERMANENT, Health.ALIVE),
        (ModelHTTPError(429, "m"), F.RATE_LIMITED, Health.UNKNOWN),
        (ModelHTTPError(429, "m", {"error": {"code": "insufficient_quota"}}), F.PERMANENT, Health.ALIVE),
        (ModelConnectionError("m", "no way", phase="connect"), F.NOT_SENT, Health.UNWELL),
        (ModelConnectionError("m", "no room", phase="pool"), F.NOT_SENT, Health.UNKNOWN),
        (ModelConnectionError("m", "reset", phase="read"), F.TRANSIENT, Health.UNWELL),
        (ModelRequestTimeout("m", 3.0), F.TRANSIENT, Health.UNWELL),
        (TimeoutError(), F.TRANSIENT, Health.UNWELL),
        (ContentFilterError("withheld"), F.MALFORMED_OUTPUT, Health.ALIVE),
        (UserError("two of a kind"), F.PERMANENT, Health.UNKNOWN),
    ],
    ids=str,
)
def test_what_an_error_of_a_provider_means(error: Exception, kind: FailureKind, health: Health) -> None:
    meaning = means(error, says=[meaning_of])
    assert (meaning.kind, meaning.health) == (kind, health)


@pytest.mark.parametrize(
    "error",
    [
        ModelHTTPError(429, "m", headers={"retry-after": "7"}),
        http(ModelRateLimitError, 429, headers={"retry-after-ms": "7000"}),
        ModelRateLimitError("m", "in a body", retry_after=7.0),
    ],
    ids=["seconds", "milliseconds", "in a body"],
)
def test_how_long_a_provider_asks_to_be_left_alone_is_heard(error: Exception) -> None:
    assert means(error, says=[meaning_of]).retry_after_ms == 7_000
