"""Logs as one JSON object a line, with the run, the step, the attempt and the span that they are of.

`current().logger` says the first three. Secrets are taken out as everywhere (`podium.redaction`).
"""

import json
import logging
import sys
import time
from typing import Any

from podium.redaction import mask

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Shows a record as JSON: `time` (UTC), `level`, `logger`, `message`, `error`, and what else it was given."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line."""
        shown: dict[str, Any] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        shown |= span_now()
        shown |= {name: _shown(value) for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            shown["error"] = mask(record.exc_text)
        return json.dumps(shown, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """Shows a record for people at a terminal: time, level, message, and the run and step that it is of."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line, and the lines of a traceback."""
        record.message = mask(super().format(record))
        place = " ".join(str(getattr(record, name)) for name in ("run_id", "step") if hasattr(record, name))
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        return f"{clock}  {record.levelname.lower():<10} {f'{place}  ' if place else ''}{record.message}"


def begin_logging() -> None:
    """Show what loggers of Podium are told on standard error, unless somebody has said already how it is shown.

    As JSON where that is no terminal.
    """
    logger = logging.getLogger("podium")
    if logger.handlers or logging.getLogger().handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(TextFormatter() if sys.stderr.isatty() else JsonFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def span_now() -> dict[str, str]:
    """Return the ids of the span that runs now, where spans are made at all."""
    api = sys.modules.get("opentelemetry.trace")
    if api is None:
        return {}
    now = api.get_current_span().get_span_context()
    return {"trace_id": f"{now.trace_id:032x}", "span_id": f"{now.span_id:016x}"} if now.is_valid else {}


def _time(created: float) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(created))}.{int(created % 1 * 1000):03d}Z"


def _shown(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | None) else mask(str(value))
