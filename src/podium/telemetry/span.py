"""A span as plain data: what is known of it once it has ended. No part of OpenTelemetry is needed to make one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

Value: TypeAlias = str | int | bool | tuple[str, ...]
Attributes: TypeAlias = Mapping[str, Value]


class Moment(NamedTuple):
    """Something that happened in a span.

    Attributes:
        at: In ms since 1970 UTC.
        name: See `names`.
        attributes: More of it.
    """

    at: int
    name: str
    attributes: Attributes


class Link(NamedTuple):
    """Another span that this one follows from, and why (`names.LINK`)."""

    trace: int
    span: int
    why: str


@dataclass(slots=True, kw_only=True)
class Span:
    """A span.

    Attributes:
        name: What it is about, from few possible ones.
        trace, id, parent: Ids; `parent` None for the first of a trace.
        is_parent_remote: The parent is of who started the run.
        began, ended: In ms since 1970 UTC.
        is_client: Something outside is asked.
        attributes: By name.
        moments, links: See there.
        error: The type of what it failed with; "" where it did not.
        message: That error in words, redacted.
    """

    name: str
    trace: int
    id: int
    parent: int | None
    is_parent_remote: bool = False
    began: int
    ended: int
    is_client: bool = False
    attributes: dict[str, Value] = field(default_factory=dict)
    moments: Sequence[Moment] = ()
    links: Sequence[Link] = ()
    error: str = ""
    message: str = ""


class Spans(Protocol):
    """Where spans go."""

    def wants(self, trace: int, *, is_sampled: bool | None) -> bool:
        """Claim that spans of that trace are kept; `is_sampled`: what who started the run had decided, if anybody."""

    def ended(self, span: Span) -> None:
        """Take a span. It never waits: what there is no room for is dropped and counted."""
