"""Turns the rounds into one table and one JSON record.

A figure is the median of its rounds with the least and the most beside it. A
ratio is taken within each round, where both sides met the same machine, and
then the median of those.
"""

from __future__ import annotations

import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from importlib import metadata
from typing import TYPE_CHECKING

from bench.harness import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.harness import Goal, Probe, Results, Row

COLUMNS = ("work", "figure", "floor", "beside (mode)", "Podium", "ratio", "target", "reached")
_DISTRIBUTIONS = ("podium", "langgraph", "langgraph-checkpoint-sqlite", "pydantic")

Record = dict[str, object]


def render(rows: Sequence[Row], results: Results) -> str:
    """Return the table as Markdown, one line a row, columns aligned."""
    return markdown([COLUMNS, *(_cells(row, results) for row in rows)])


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """Return a table whose first line is its head, columns aligned."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def failures(results: Results) -> list[str]:
    """Return one line for each probe that gave no figures."""
    return [
        f"{each.side} {each.mode} {each.target} {dict(each.arguments)}: {past.reason}"
        for each, past in results.items()
        if isinstance(past, Failure)
    ]


def head() -> Record:
    """Return what every record begins with: when it was made, and on what."""
    return {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "environment": _environment()}


def record(rows: Sequence[Row], results: Results, *, notes: Sequence[str]) -> Record:
    """Return everything measured, JSON-able: each row, each round."""
    return {
        "rows": [_row_record(row, results) for row in rows],
        "failures": [
            f"{each.side} {each.mode} {each.target}" for each, past in results.items() if isinstance(past, Failure)
        ],
        "notes": list(notes),
    }


def _cells(row: Row, results: Results) -> tuple[str, ...]:
    peer = _spread(_values(row, row.peer, results))
    ratios = _ratios(row, row.peer, results)
    return (
        row.work,
        row.figure,
        _spread(_values(row, row.floor, results)),
        _beside(row, peer),
        _spread(_values(row, row.ours, results)),
        f"{_spread(ratios)}×" if ratios else "–",
        " and ".join(_target(goal) for goal in row.goals) or "–",
        _reached(row, results),
    )


def _beside(row: Row, figure: str) -> str:
    """Return a peer's figure with what says which it is: LangGraph, in one of its modes, unless it is named."""
    if row.peer is None:
        return figure
    name = row.peer.mode if row.peer.side == "LangGraph" else row.peer.side
    return f"{figure} ({name})" if name else figure


def _values(row: Row, each: Probe | None, results: Results) -> list[float]:
    past = results.get(each) if each else None
    return [] if past is None or isinstance(past, Failure) else [figures[row.figure] for figures in past]


def _ratios(row: Row, other: Probe | None, results: Results) -> list[float]:
    """Return per round how many times better Podium is than `other`."""
    pairs = zip(_values(row, other, results), _values(row, row.ours, results), strict=False)
    return [ours / theirs if row.more_is_better else theirs / ours for theirs, ours in pairs]


def _measured(goal: Goal, row: Row, results: Results) -> list[float]:
    if goal.of == "ratio":
        return _ratios(row, row.peer, results)
    if goal.of == "floor":
        return [1 / ratio for ratio in _ratios(row, row.floor, results)]
    return _values(row, row.ours, results)


def _target(goal: Goal) -> str:
    unit = {"value": "", "ratio": "× LangGraph", "floor": "× floor"}[goal.of]
    return f"{goal.sense} {goal.limit:g}{unit}"


def _reached(row: Row, results: Results) -> str:
    measured = [(goal, _measured(goal, row, results)) for goal in row.goals]
    if not measured or not all(values for _, values in measured):
        return "–"
    return "yes" if all(goal.holds(statistics.median(values)) for goal, values in measured) else "no"


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "–"
    middle = _short(statistics.median(values))
    least, most = _short(min(values)), _short(max(values))
    return middle if least == most else f"{middle} ({least}–{most})"


def _short(value: float) -> str:
    """Return at least three significant digits, never in powers of ten; counts as they are."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}"


def _row_record(row: Row, results: Results) -> Record:
    return {
        "work": row.work,
        "figure": row.figure,
        "mode": row.peer.mode if row.peer else None,
        "floor": _values(row, row.floor, results),
        "beside": row.peer.side if row.peer else None,
        "peer": _values(row, row.peer, results),
        "podium": _values(row, row.ours, results),
        "ratio": _ratios(row, row.peer, results),
        "target": [_target(goal) for goal in row.goals],
        "reached": _reached(row, results),
    }


def _environment() -> Record:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "commit": commit.stdout.strip() or None,
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {name: _version(name) for name in _DISTRIBUTIONS},
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
