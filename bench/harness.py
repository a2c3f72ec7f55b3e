"""Runs the sides of a comparison in turn, each in a fresh process.

Wall clock on a shared machine drifts within minutes. So the sides alternate
(A B A B …) and are compared pair by pair; what drifts, drifts for both.

A bench names its rows and the probes behind them; rows may share a probe, which
then runs once a round. A probe is a function that measures itself and returns
named figures. This module knows nothing about what is measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bench import trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROBE_SECONDS_MAX = 900
ERROR_CHARACTERS_MAX = 160


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for.

    Attributes:
        data: Folder with the real DAGs (`*.json`), or None.
        quick: Fewer rounds and less work in each; for trying things out.
        clean_venv: Also count distributions, each side in a virtual environment of its own.
        minutes: How long to soak.
        repetitions: How often to go through chaos.
    """

    data: Path | None
    quick: bool
    clean_venv: bool
    minutes: float = 30.0
    repetitions: int = 100

    def size(self, full: int) -> int:
        """Return how much work to do where a full run does `full`."""
        return max(full // 5, 1) if self.quick else full


@dataclass(frozen=True, slots=True)
class Probe:
    """One side of a comparison.

    Attributes:
        side: "Podium", "LangGraph", or what the floor is.
        mode: Which of the side's ways of doing it; "" where there is one.
        target: The function that measures, as "module:function".
        arguments: Its keyword arguments, JSON-able.
        counted: Count what reaches the disk while it measures (slower).
        once: Run in the first round only; for what does not vary.
    """

    side: str
    mode: str
    target: str
    arguments: tuple[tuple[str, str | int | float | bool], ...]
    counted: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit on Podium's figure, on its ratio to the peer, or on its ratio to the floor."""

    sense: Literal["≤", "≥"]
    limit: float
    of: Literal["value", "ratio", "floor"] = "value"

    def holds(self, measured: float) -> bool:
        """Tell whether `measured` is on the right side of the limit."""
        return measured <= self.limit if self.sense == "≤" else measured >= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: one figure of the same work, side by side.

    Attributes:
        work: What was done, with its size.
        figure: Which of the probes' figures.
        ours: Podium.
        peer: LangGraph in one of its modes; None where it has no such thing.
        floor: The least it could cost, where that can be measured.
        goals: What Podium must reach; every one of them.
        more_is_better: True for rates.
    """

    work: str
    figure: str
    ours: Probe
    peer: Probe | None = None
    floor: Probe | None = None
    goals: tuple[Goal, ...] = ()
    more_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bench wants run, and what it had to leave out and why."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a bench that counts, rather than measures, has found.

    Attributes:
        text: Tables, as Markdown.
        record: The same and more, JSON-able.
        failures: What should be zero and is not, or could not be counted.
    """

    text: str
    record: Mapping[str, object]
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a probe gave no figures."""

    reason: str


Arguments = dict[str, Any]
Figures = dict[str, float]
Results = dict[Probe, list[Figures] | Failure]


def probe(
    side: str,
    target: str,
    *,
    mode: str = "",
    counted: bool = False,
    once: bool = False,
    **arguments: Any,
) -> Probe:
    """Return a probe of `bench.<target>`, called with `arguments`."""
    return Probe(side, mode, f"bench.{target}", tuple(sorted(arguments.items())), counted, once)


def run(rows: Iterable[Row], *, rounds: int) -> Results:
    """Run every probe of `rows` once a round, in the order of the rows.

    A probe that fails is not tried again; the others go on.
    """
    sides = [probe for row in rows for probe in (row.floor, row.peer, row.ours) if probe]
    results: Results = {probe: [] for probe in dict.fromkeys(sides)}
    for number in range(1, rounds + 1):
        for each, past in results.items():
            if isinstance(past, Failure) or (each.once and number > 1):
                continue
            print(f"  round {number}/{rounds}  {_title(each)}", file=sys.stderr, flush=True)
            figures = measure(each)
            if isinstance(figures, Failure):
                results[each] = figures
            else:
                past.append(figures)
    return results


def _title(each: Probe) -> str:
    arguments = " ".join(f"{name}={value}" for name, value in each.arguments)
    return f"{each.side} {each.mode} {each.target.removeprefix('bench.')} {arguments}"


def measure(each: Probe) -> Figures | Failure:
    """Run a probe in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "strace.txt"
        command = [sys.executable, "-m", "bench.child", each.target, json.dumps(dict(each.arguments))]
        environment = dict(os.environ)
        if each.counted and trace.works():
            command = trace.command(log) + command
        elif each.counted:
            environment[trace.COUNT_COMMITS] = "1"
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                env=environment,
                timeout=PROBE_SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Failure(f"not done after {PROBE_SECONDS_MAX} s")
        if done.returncode != 0:
            return Failure(_last_line(done.stderr))
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        if log.exists():
            figures[trace.FSYNCS] = trace.count(log) / figures["runs"]
        return figures


def _last_line(text: str) -> str:
    lines = text.strip().splitlines() or ["no message"]
    return lines[-1][:ERROR_CHARACTERS_MAX]
