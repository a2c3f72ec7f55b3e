"""Another tool is asked only where the failure says nothing of it, and nothing can happen twice."""

import pytest

from podium.failure import FailureKind
from podium.guard.fallback import permits

YES = {"not_sent", "transient", "rate_limited", "malformed_output", "deadline"}


@pytest.mark.parametrize("kind", FailureKind)
def test_kinds_of_failure_after_which_another_tool_may_be_asked(kind: FailureKind) -> None:
    assert permits(kind) is (kind.value in YES)
