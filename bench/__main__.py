"""`python -m bench`: Podium and LangGraph side by side, with the targets."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

from bench import harness, table, trace

BENCHES = {
    "chain": "ten trivial steps, in memory and durable: CPU per step, runs/s",
    "fsync": "what a ten-step run costs the disk",
    "fanout": "fan-out and fan-in of 100, durable",
    "loop": "1000 steps over a growing list and over an unchanged 100 kB",
    "barrier": "wall clock ÷ critical path: synthetic shapes and real DAGs",
    "noop_dag": "a real DAG of 1001 tasks that do nothing, durable",
    "herd": "a thousand callers and a breaker that is due; what a guarded call costs",
    "temporal": "ten tools in a row on a Temporal server, beside a workflow written for it",
    "coordinator": "a team of a thousand workers: what its coordinator costs, and what passes without it",
    "imports": "what importing and --help cost",
    "looks": "a graph of 500 nodes drawn; 10 000 events folded, and what each changed told",
    "simulate": "how many runs of five steps are simulated a second on one core",
}
COUNTED = {
    "intent": "public intent sets, routed: what is told right, what is asked, what it costs; beside semantic-router",
    "linearizability": "histories of keys and leases under SIGKILL: how many can not be explained",
    "replay": "public agent benchmarks, a fault at every call that changes something: what ends up wrong",
    "chaos": "workers of one file killed, frozen, upgraded while the clock jumps: what is lost or done twice",
    "scale": "100 000 steps, 10 000 nodes, 100 000 waiting runs, 10 000 recovered; upkeep of a large file",
    "server": "lists of 100 000 runs, a long journal, a large graph, and 500 who follow a run",
    "workers": "runs/s of one, two and four workers of one file",
    "tools_ranking": "thousands of tools, ranked: cold, after successes, among a hundred thousand; beside BM25",
    "dashboard": "the dashboard in Chromium: how soon it is drawn, how smoothly it moves, how late it is",
    "soak": "workers of one file under trouble of every kind: what is wrong at the end, what grows",
}
WHEN_NAMED = frozenset(
    {"chaos", "dashboard", "intent", "replay", "scale", "server", "soak", "temporal", "tools_ranking", "workers"}
)
"""Not run unless asked for: they take their time."""
ROUNDS, ROUNDS_QUICK = 5, 2


def main() -> int:
    """Run the benches asked for.

    Returns:
        1 if a probe failed, whatever the targets say, or if something was counted that should not be there.
    """
    asked = _parser().parse_args()
    options = harness.Options(
        data=asked.data,
        quick=asked.quick,
        clean_venv=asked.clean_venv,
        minutes=asked.minutes,
        repetitions=asked.repetitions,
    )
    names = asked.names or [name for name in (*BENCHES, *COUNTED) if name not in WHEN_NAMED]
    measured = [name for name in names if name in BENCHES]
    reports = [_measured(measured, options)] if measured else []
    reports += [_counted(name, options) for name in names if name in COUNTED]
    failures = [line for report in reports for line in report.failures]
    for report in reports:
        print(report.text)
    for line in failures:
        print(f"FAILED: {line}")
    if asked.json:
        record = {name: value for report in reports for name, value in report.record.items()}
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(table.head() | record, indent=1, ensure_ascii=False) + "\n")
    return 1 if failures else 0


def _measured(names: list[str], options: harness.Options) -> harness.Report:
    rows: list[harness.Row] = []
    notes = [] if trace.works() else ["strace is missing or forbidden: commits are counted, not fsyncs"]
    results: harness.Results = {}
    for name in names:
        print(f"{name}: {BENCHES[name]}", file=sys.stderr)
        plan: harness.Plan = importlib.import_module(f"bench.{name}").plan(options)
        results |= harness.run(plan.rows, rounds=ROUNDS_QUICK if options.quick else ROUNDS)
        rows += plan.rows
        notes += plan.notes
    text = "\n".join([table.render(rows, results), *(f"left out: {note}" for note in notes)])
    return harness.Report(text, table.record(rows, results, notes=notes), tuple(table.failures(results)))


def _counted(name: str, options: harness.Options) -> harness.Report:
    print(f"{name}: {COUNTED[name]}", file=sys.stderr)
    report: harness.Report = importlib.import_module(f"bench.{name}").report(options)
    return report


_NAMES = f"benches to run (default: all but {', '.join(sorted(WHEN_NAMED))}, which are run when named)"


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:15} {what}" for name, what in (BENCHES | COUNTED).items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=f"{__doc__}\n\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", choices=[*BENCHES, *COUNTED, []], metavar="name", help=_NAMES)
    parser.add_argument(
        "--data",
        type=Path,
        default=_data(),
        metavar="DIR",
        help="folder with the real DAGs, *.json, or with intent sets (default: $PODIUM_BENCH_DATA)",
    )
    parser.add_argument("--quick", action="store_true", help="two rounds and less work in each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every round to FILE")
    parser.add_argument("--minutes", type=float, default=30, help="soak: for so long (default: 30)")
    parser.add_argument("--repetitions", type=int, default=100, help="chaos: so many times (default: 100)")
    parser.add_argument(
        "--clean-venv",
        action="store_true",
        help="imports: also install each side in a new virtual environment and count distributions",
    )
    return parser


def _data() -> Path | None:
    folder = os.environ.get("PODIUM_BENCH_DATA")
    return Path(folder) if folder else None


if __name__ == "__main__":
    sys.exit(main())
