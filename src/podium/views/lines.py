"""A journal as JSON lines: one object an event, in which the values of authors are values, not texts in texts.

This is what writes an exported journal: `header_line`, then an `event_line` for each event, numbered from 1. The fields
of `_VALUES` hold values where the event holds their JSON texts, and damaged texts as JSON strings; everything else is
as `core.codec.encode` has it, with `seq`, `kind`, `at` and, where it concerns a step, `path` beside it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from podium.core.codec import encode
from podium.core.events import CORE_VERSION, Event
from podium.engine.ports import RunInfo
from podium.views.legible import harmless, parsed

EXPORT_VERSION = 1


def event_line(number: int, event: Event) -> str:
    """Return an event as a line, without the break."""
    kind, path, at, body = encode(event)
    plain: dict[str, Any] = {"seq": number, "kind": kind, "at": at}
    if path:
        plain["path"] = path
    fields = json.loads(body)
    read = {name: _VALUES[name](value) if name in _VALUES else value for name, value in fields.items()}
    try:
        return line(plain | read)
    except RecursionError:  # a value as deep as can just be read: it stays the text that it is
        return line(plain | fields)


def header_line(info: RunInfo, graph: str) -> str:
    """Return what stands before an exported journal: the run's row and its graph."""
    row = {name: value for name, value in run_json(info).items() if name not in ("input", "output")}
    return line({"podium_export": EXPORT_VERSION, "core": CORE_VERSION, "run": row, "graph": parsed(graph)})


def run_json(info: RunInfo) -> dict[str, Any]:
    """Return a run's row as it is printed for programs; times in ms since 1970 UTC."""
    row = asdict(info)
    row["input"] = parsed(info.input)
    row["output"] = None if info.output is None else parsed(info.output)
    return row


def line(plain: Mapping[str, Any]) -> str:
    """Return an object on one line."""
    return harmless(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))


def _each(texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: parsed(text) for name, text in texts.items()}


def _lists(texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: parsed(f"[{items}]") for name, items in texts.items()}


_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "answer": parsed,
    "appends": _lists,
    "args": parsed,
    "changes": _each,
    "data": _each,
    "output": parsed,
    "payload": parsed,
    "result": parsed,
    "snapshot": parsed,
}
"""Fields that hold JSON as text, and how each is read."""
