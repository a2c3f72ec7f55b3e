"""Replay of public agent benchmarks without a model, with one fault at every call that changes something.

BFCL's multi-turn tasks and AgentDojo's user tasks bring environments, and the calls that solve each task. The calls are
made through a tool server that fails once, by a process that is really killed, and then the environment is compared
with that of a play without faults.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING

from bench import harness, table
from bench.harness import Failure, Figures, Options, Probe, Report, probe
from bench.worlds.server import Fault, Manners

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARES = 24
NTH_QUICK = 12

SIDES: tuple[tuple[str, str, dict[str, bool]], ...] = (
    ("plain retry", "peers.plain_replay:measured", {"has_keys": False}),
    ("plain retry, keys by hand", "peers.plain_replay:measured", {"has_keys": True}),
    ("LangGraph", "peers.langgraph_replay:measured", {"has_keys": False}),
    ("LangGraph, keys by hand", "peers.langgraph_replay:measured", {"has_keys": True}),
    ("Podium", "ours.replay:measured", {}),
)
OURS = "Podium"
TARGETS = ("wrong_ends", "wrong_replies", "half_done", "duplicates")
"""What Podium must have none of."""

COUNTS = ("cases", "completed", "undone", "parked", *TARGETS)
TITLES = {
    "wrong_ends": "wrong end states",
    "wrong_replies": "wrong replies",
    "half_done": "half-done",
    "duplicates": "doubled effects",
}

Key = tuple[str, str, str]
"""A side, how the server behaves, and a fault; "all faults" for their sum."""

Counts = dict[Key, dict[str, int]]

ALL = "all faults"
ANY = "any"
"""The server of sides that send no key and ask nothing: to them all are alike."""


def report(options: Options) -> Report:
    """Play everything on every side, as many processes at a time as there are processors."""
    nth = NTH_QUICK if options.quick else 1
    work = [
        probe(side, target, mode="", **arguments, nth=nth, of=SHARES, number=number)
        for number, (side, target, arguments) in product(range(SHARES), SIDES)
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ended = list(pool.map(_measured, work))
    counts = _sum(zip(work, ended, strict=True))
    text = f"{_table(counts, by_fault=False)}\n\n{_table(counts, by_fault=True)}"
    record = {"replay": [dict(zip(("side", "server", "fault"), key, strict=True)) | counts[key] for key in counts]}
    return Report(text, record, (*_not_played(work, ended), *_missed(counts)))


def _measured(one: Probe) -> Figures | Failure:
    found = harness.measure(one)
    print(f"  {one.side} {json.dumps(dict(one.arguments))}", file=sys.stderr, flush=True)
    return found


def _sum(played: Iterable[tuple[Probe, Figures | Failure]]) -> Counts:
    counts: Counts = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for one, figures in played:
        if isinstance(figures, Failure):
            continue
        for name, count in figures.items():
            manners, fault, what = name.split("|")
            server = manners if one.side == OURS or manners == Manners.KEYS else ANY
            counts[one.side, server, fault][what] += int(count)
            counts[one.side, server, ALL][what] += int(count)
    return counts


def _not_played(work: Iterable[Probe], ended: Iterable[Figures | Failure]) -> list[str]:
    both = zip(work, ended, strict=True)
    return [f"{one.side} {dict(one.arguments)}: {found.reason}" for one, found in both if isinstance(found, Failure)]


def _missed(counts: Counts) -> list[str]:
    return [
        f"{server}, {fault}: {found[target]} {TITLES[target]}"
        for (side, server, fault), found in counts.items()
        for target in TARGETS
        if side == OURS and fault != ALL and found[target]
    ]


def _table(counts: Counts, *, by_fault: bool) -> str:
    head = ["tool server", *(["fault"] if by_fault else []), "side", *(TITLES.get(name, name) for name in COUNTS)]
    sides = [side for side, _, _ in SIDES]
    keys = [key for key in counts if (key[2] != ALL) == by_fault]
    servers, faults = [ANY, *Manners], [ALL, *Fault]
    keys.sort(key=lambda key: (servers.index(key[1]), faults.index(key[2]), sides.index(key[0])))
    lines = [
        [server, *([fault] if by_fault else []), side, *(str(counts[side, server, fault][name]) for name in COUNTS)]
        for side, server, fault in keys
    ]
    return table.markdown([head, *lines])
