"""Worlds whose clock stands still, so that two plays of the same calls can be compared byte by byte."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

MOMENT = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC).replace(tzinfo=None)
"""What `datetime.datetime.now()` says there; without a zone, as the worlds write it."""


class _Stopped(dt.datetime):
    """A `datetime` whose now is always the same."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        """Return the moment, as a plain `datetime`."""
        return MOMENT.replace(tzinfo=tz)


def stop_clock(module: Any) -> None:
    """Let the code of a module that imports `datetime` find a clock there that stands still."""
    real = module.datetime
    module.datetime = SimpleNamespace(**{**vars(real), "datetime": _Stopped})
