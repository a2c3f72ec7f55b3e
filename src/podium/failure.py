"""What went wrong, as a value: it is stored, matched against `on_error`, shown to people and handed to authors."""

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """What a failure means for whoever asks whether to try again."""

    NOT_SENT = "not_sent"
    """It certainly never reached the other side."""
    TRANSIENT = "transient"
    """The other side is unwell; the same request may succeed later."""
    IN_PROGRESS = "in_progress"
    """The other side is still working on our own key."""
    RATE_LIMITED = "rate_limited"
    """Refused for now by a limit."""
    PERMANENT = "permanent"
    """The same request will fail again."""
    MALFORMED_OUTPUT = "malformed_output"
    """An answer came, but not one that fits the declared type."""
    CANCELLED = "cancelled"
    """Somebody called it off."""
    DEADLINE = "deadline"
    """Time ran out."""
    AMBIGUOUS = "ambiguous"
    """A write may or may not have happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure as data. Its texts may come from a tool or a model: show them, never interpret them.

    Attributes:
        kind: Whether trying again may help.
        type: Name of the exception class, as `module.Class` (`Class` alone for builtins and Podium's own).
        types: Names of the class and of its bases, nearest first; `on_error` matches against these.
        message: What the exception said.
        source: The tool or step where it happened.
        retry_at: When the other side asked to be tried again, in ms since 1970 UTC, where that was too late for us.
        traceback: The last frames of the author's code, for people; not compared and never parsed.
        causes: Where a tool failed and all that stood in for it did: how each failed, in order. They have none.
    """

    kind: FailureKind
    type: str
    message: str
    types: tuple[str, ...] = ()
    source: str = ""
    traceback: str = ""
    retry_at: int | None = None
    causes: tuple["Failure", ...] = ()

    def __str__(self) -> str:
        """`type: message (source)`, on one line."""
        place = f" ({self.source})" if self.source else ""
        return f"{self.type}: {self.message}{place}"


def type_name(cls: type[BaseException]) -> str:
    """Return the name under which an exception class is stored and matched."""
    if cls.__module__ == "builtins" or cls.__module__.startswith("podium."):
        return cls.__name__
    return f"{cls.__module__}.{cls.__qualname__}"


def type_names(cls: type[BaseException]) -> tuple[str, ...]:
    """Return the stored names of `cls` and its bases up to `Exception`, nearest first."""
    return tuple(type_name(base) for base in cls.__mro__ if issubclass(base, BaseException))
