"""Chaos: workers of one file are killed, frozen past their leases, replaced, upgraded, and the clock jumps by hours.

Of all runs none may be lost, and of all acts none done twice.
A repetition is a database of its own with three to four workers. A seed says what is done to them; when it is done is
the machine's, so a seed leads to the same trouble and not to the same story.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import httpx

from bench import table
from bench.chaotic.ordeal import ordeal
from bench.harness import Options, Report
from bench.meter import scratch
from bench.soaking.processes import serve

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20261122
WRONG_SHOWN = 20


def report(options: Options) -> Report:
    """Go through as many repetitions as were asked for."""
    with scratch() as folder:
        found = asyncio.run(_chaos(folder, options.size(options.repetitions)))
    lines = [["figure", "value"], *([name, str(value)] for name, value in found["figures"].items())]
    return Report(table.markdown(lines), {"chaos": found}, tuple(found["wrong"][:WRONG_SHOWN]))


async def _chaos(folder: Path, repetitions: int) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    lines: list[str] = []
    service, desk = await serve(folder, seed=SEED)
    try:
        async with httpx.AsyncClient(base_url=desk, trust_env=False) as http:
            (await http.post("/calm")).raise_for_status()
        for number in range(repetitions):
            one = await ordeal(folder / f"r{number}", desk, folder / "ledger.db", Random(SEED + number))
            counts += one.counts
            lines += [f"repetition {number}: {line}" for line in one.wrong]
            print(f"  repetition {number + 1}/{repetitions}  wrong: {len(lines)}", file=sys.stderr, flush=True)
            for line in one.wrong:
                print(f"    {line}", file=sys.stderr, flush=True)
    finally:
        service.kill()
        await service.wait()
    figures = {"repetitions": repetitions, **dict(sorted(counts.items())), "wrong": len(lines)}
    return {"figures": figures, "wrong": lines}
