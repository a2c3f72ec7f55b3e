"""Workers: how much faster two and four workers of one file get through what waits for them than one."""

from __future__ import annotations

from dataclasses import asdict
from statistics import median

from bench import table
from bench.harness import Options, Report
from bench.meter import scratch
from bench.ours.crew import FLOWS, Pace, pace

COUNTS = (1, 2, 4)
ROUNDS = 3
RUNS = 1000


def report(options: Options) -> Report:
    """Measure, in turns, and take the median of what was measured."""
    runs, rounds = options.size(RUNS), 1 if options.quick else ROUNDS
    measured: dict[tuple[str, int], list[Pace]] = {(flow, count): [] for flow in FLOWS for count in COUNTS}
    for _ in range(rounds):
        for (flow, count), paces in measured.items():
            with scratch() as folder:
                paces.append(pace(folder, flow=flow, workers=count, runs=runs))
    lines = [["runs of", "workers", "runs/s", "CPU ms per run"]]
    for (flow, count), paces in measured.items():
        rate, cpu = (median(getattr(one, name) for one in paces) for name in ("runs_per_s", "cpu_ms_per_run"))
        lines.append([flow, str(count), f"{rate:.0f}", f"{cpu:.2f}"])
    record = {f"{flow}, {count} workers": [asdict(one) for one in paces] for (flow, count), paces in measured.items()}
    return Report(table.markdown(lines), {"workers": record})
