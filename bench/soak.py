"""Soak: workers of one file under every kind of trouble for a while, and then everything has to be right to the act.

Workers are killed, requests fail in six ways, people answer, signal and call off; some runs are refused for good and
give everything back. At the end each completed run's bookings are in the service's ledger once, and of each
compensated run nothing is left.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING, Any

import httpx

from bench import table
from bench.harness import Options, Report
from bench.meter import scratch
from bench.soaking import ledger
from bench.soaking.audit import wrong
from bench.soaking.conductor import STEADY, Conductor
from bench.soaking.processes import Fleet
from bench.soaking.samples import slope
from podium import Engine, Status

if TYPE_CHECKING:
    from pathlib import Path

    from podium import RunInfo

MORTALS = ("first", "second")
PACE_S = 0.5
CALM_S_MAX = 150.0
SEED = 20261122
WRONG_SHOWN = 20
MB = 1e6


def report(options: Options) -> Report:
    """Soak for as many minutes as were asked for (quick: two)."""
    minutes = 2.0 if options.quick else options.minutes
    with scratch() as folder:
        found = asyncio.run(_soak(folder, minutes * 60))
    lines: list[list[str]] = [["figure", "value"], *([name, str(value)] for name, value in found["figures"].items())]
    failures = tuple(found["wrong"][:WRONG_SHOWN])
    return Report(table.markdown(lines), {"soak": found}, failures)


async def _soak(folder: Path, seconds: float) -> dict[str, Any]:
    database = folder / "podium.db"
    url = f"sqlite:///{database}"
    fleet = Fleet(folder, url, pace_s=PACE_S)
    await fleet.serve(seed=SEED)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(Engine(url, recovers=False))
        for name in (STEADY, *MORTALS):
            await fleet.start(name)
        conductor = Conductor(engine, fleet, database, Random(SEED))
        await conductor.trouble(seconds)
        faults = await _calm(fleet.desk)
        await fleet.tell()
        await conductor.calm(CALM_S_MAX)
        runs = await conductor.runs()
        parked = [f"{one.run_id}:{one.path} {one.reason}" for one in await engine.parked()]
        await fleet.tell()
        bad = await fleet.end()
    lines = wrong(runs, ledger.read(folder / "ledger.db")) + bad
    return {
        "minutes": seconds / 60,
        "figures": _figures(conductor, runs, faults) | {"parked, listed": len(parked), "wrong": len(lines)},
        "parked": parked,
        "wrong": lines,
        "samples": [asdict(sample) for sample in conductor.samples],
    }


async def _calm(desk: str) -> dict[str, int]:
    """End the trouble of the service; return how much there was."""
    async with httpx.AsyncClient(base_url=desk, trust_env=False) as http:
        counts: dict[str, int] = (await http.post("/calm")).raise_for_status().json()
    return counts


def _figures(conductor: Conductor, runs: list[RunInfo], faults: dict[str, int]) -> dict[str, float | str]:
    statuses = Counter(run.status for run in runs)
    later = conductor.samples[len(conductor.samples) // 3 :]
    hours = [(sample.at_s / 3600, sample.rss_bytes / MB) for sample in later]
    per_run = [(float(sample.runs), float(sample.file_bytes)) for sample in later]
    return {
        "runs": len(runs),
        **{f"runs {status}": statuses[status] for status in Status if statuses[status]},
        **dict(sorted(conductor.counts.items())),
        **{f"faults: {kind}": count for kind, count in sorted(faults.items())},
        "RSS of a worker, MB, begin": round(conductor.samples[0].rss_bytes / MB, 1),
        "RSS of a worker, MB, after a third": round(later[0].rss_bytes / MB, 1),
        "RSS of a worker, MB, end": round(later[-1].rss_bytes / MB, 1),
        "RSS slope over the last two thirds, MB/h": round(slope(hours), 1),
        "file, MB": round(later[-1].file_bytes / MB, 1),
        "file, bytes per run": round(slope(per_run)),
        "WAL, MB, most": round(max(sample.wal_bytes for sample in conductor.samples) / MB, 1),
    }
