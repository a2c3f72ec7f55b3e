"""Writes that ask a person first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from podium.graph.policies import Duration


@dataclass(frozen=True, slots=True)
class Call:
    """A call that wants consent: exactly these arguments will be sent.

    Attributes:
        tool: The tool's name.
        args: Its arguments by parameter, without those that come from the engine.
    """

    tool: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Ask a person before a write is sent; refusal fails the call with `NotApproved`.

    Attributes:
        when: Whether this call is asked about; None asks about every one.
        timeout: How long to wait for an answer, which then is no; None waits for ever.
    """

    when: Callable[[Call], bool] | None = None
    timeout: Duration | None = None
