"""What all views are made of."""

import json
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from podium.views.legible import cut

VALUE_CHARS_MAX = 20_000


class View(BaseModel):
    """Frozen data as it travels: JSON in and out, times in ms since 1970 UTC, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(View):
    """A JSON value as it was recorded.

    Attributes:
        json_text: Its text, as those bytes; of a long one the beginning, which is no JSON then.
        chars: How long the whole text is.
    """

    json_text: str
    chars: int

    @property
    def is_whole(self) -> bool:
        """Claims that nothing is missing."""
        return len(self.json_text) == self.chars


def value(text: str | None, *, chars_max: int = VALUE_CHARS_MAX) -> Value | None:
    """Return a recorded JSON text as a value; None for none."""
    return None if text is None else Value(json_text=cut(text, chars_max), chars=len(text))


def object_text(texts: Mapping[str, str]) -> str:
    """Return recorded JSON texts by name as the text of one object."""
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in texts.items()) + "}"


class FailureView(View):
    """What went wrong; see `podium.failure.Failure`. Its texts may come from a tool or a model."""

    kind: str
    type: str
    message: str
    source: str = ""
    traceback: str = ""
    retry_at: int | None = None
    causes: tuple["FailureView", ...] = ()
