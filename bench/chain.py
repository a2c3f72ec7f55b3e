"""Ten steps in a row that do next to nothing: what the engine itself costs.

Three kinds for Podium: a bare step, a step that calls one read tool, a step that
calls one write tool. LangGraph tells none of these apart; its node awaits a
plain function each time. Podium does more runs in a round than LangGraph,
because it needs them to be measured as long; figures are per step and per second.
"""

from __future__ import annotations

from itertools import product

from bench.harness import Goal, Options, Plan, Probe, Row, probe

PEER, OURS = "peers.langgraph_chain:chain", "ours.chain:chain"
CPU, RATE = "CPU µs/step", "runs/s"
KINDS = ("step", "read", "write")
CONCURRENCIES = (1, 100)

_CPU_MEMORY = Goal("≤", 15)
_CPU_DURABLE = {1: Goal("≤", 100), 100: Goal("≤", 50)}
_RATE = {"step": Goal("≥", 2500), "read": Goal("≥", 2500), "write": Goal("≥", 1200)}
_TIMES = Goal("≥", 40, "ratio")


def plan(options: Options) -> Plan:
    """Return the rows: in memory, durable, and LangGraph's faster, weaker modes."""
    each = list(product(CONCURRENCIES, KINDS))
    rows = [_memory(options, concurrency) for concurrency in CONCURRENCIES]
    rows += [_cpu(options, concurrency, kind) for concurrency, kind in each]
    rows += [_rate(options, concurrency, kind) for concurrency, kind in each]
    for concurrency, mode in product(CONCURRENCIES, ("async", "exit")):
        for figure in (CPU, RATE):
            ours, peer = _ours(options, concurrency, "step"), _peer(options, concurrency, mode)
            work = f"chain of 10 steps, durable, concurrency {concurrency}"
            rows.append(Row(work, figure, ours, peer, more_is_better=figure == RATE))
    return Plan(tuple(rows))


def _memory(options: Options, concurrency: int) -> Row:
    runs = options.size(300)
    peer = probe("LangGraph", PEER, mode="no checkpointer", durability="", runs=runs, concurrency=concurrency)
    ours = probe("Podium", OURS, kind="step", durable=False, runs=runs * 10, concurrency=concurrency)
    return Row(f"chain of 10 steps, in memory, concurrency {concurrency}", CPU, ours, peer, goals=(_CPU_MEMORY,))


def _cpu(options: Options, concurrency: int, kind: str) -> Row:
    goals = () if kind == "write" else (_CPU_DURABLE[concurrency],)
    work = f"chain of 10 {kind}s, durable, concurrency {concurrency}"
    return Row(work, CPU, _ours(options, concurrency, kind), _peer(options, concurrency, "sync"), goals=goals)


def _rate(options: Options, concurrency: int, kind: str) -> Row:
    goals = () if concurrency == 1 else (_RATE[kind], _TIMES)
    return Row(
        f"chain of 10 {kind}s, durable, concurrency {concurrency}",
        RATE,
        _ours(options, concurrency, kind),
        _peer(options, concurrency, "sync"),
        goals=goals,
        more_is_better=True,
    )


def _ours(options: Options, concurrency: int, kind: str) -> Probe:
    runs = options.size(500 if concurrency == 1 else 5000)
    return probe("Podium", OURS, kind=kind, durable=True, runs=runs, concurrency=concurrency)


def _peer(options: Options, concurrency: int, mode: str) -> Probe:
    runs = options.size(100 if concurrency == 1 else 300)
    return probe("LangGraph", PEER, mode=mode, durability=mode, runs=runs, concurrency=concurrency)
