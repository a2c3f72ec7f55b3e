"""What pages of lists, of a long journal and of a large graph take, asked over HTTP."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.meter import bytes_in, scratch
from bench.ours.chain import url_in
from bench.ours.dag import Begin
from bench.ours.flows import Walk, counting, large
from bench.ours.served import serving, shares
from podium import Engine

INPUT_CHARS = 200
STATUSES = (
    ("completed",) * 80
    + ("failed",) * 8
    + ("running", "waiting", "cancelled") * 3
    + ("parked", "compensated", "compensated")
)
WORDS = ("ticket", "order", "invoice", "summary", "customer", "flight", "hotel", "refund", "approve", "article")
FIRST_AT = 1_780_000_000_000

RUN = (
    "INSERT INTO runs (no, id, workflow, graph_hash, target, status, owner, epoch, seq, wake_at, created_at,"
    " updated_at, parent, error, output, tenant) VALUES (?, ?, ?, 'made-up', '', ?, NULL, 1, 3, NULL, ?, ?, ?, ?, ?, ?)"
)
EVENT = "INSERT INTO journal (run, seq, kind, path, at, body) VALUES (?, ?, 'StepStarted', 'a', ?, '{}')"

ASKED: dict[str, dict[str, Any]] = {
    "all": {},
    "failed": {"status": "failed"},
    "completed or failed": {"status": "completed,failed"},
    "a workflow": {"workflow": "flow-7"},
    "a tenant": {"tenant": "ann"},
    "text in an id": {"text": "order-000123"},
    "text in inputs, frequent": {"text": "HOTEL"},
    "text in inputs, rare": {"text": "very rare"},
    "text in inputs, nowhere": {"text": "nowhere at all"},
    "text nowhere, failed, of a workflow and tenant": {
        "text": "nowhere at all",
        "status": "failed",
        "workflow": "flow-7",
        "tenant": "ann",
    },
}
COUNTED: dict[str, dict[str, Any]] = {
    "counts of all": {},
    "counts of a workflow": {"workflow": "flow-7"},
    "counts of a text in inputs": {"text": "HOTEL"},
}


def pages(*, runs: int) -> dict[str, float]:
    """Measure a page of a hundred runs under each filter, and counts, in a file of so many runs."""
    figures: dict[str, float] = {}
    with scratch() as folder:
        asyncio.run(_open_and_close(url_in(folder)))
        fill(folder / "podium.db", runs)
        figures["MB in the file"] = bytes_in(folder) / 1e6
        with serving(url_in(folder)) as server:
            for name, query in ASKED.items():
                figures |= shares(name, server.asked("/runs", limit=100, **query))
            for name, query in COUNTED.items():
                figures |= shares(name, server.asked("/runs/counts", **query))
            deep = server.asked("/runs", limit=200, times=1).body
            for _ in range(runs // 400):
                deep = server.http.get("/runs", params={"limit": 200, "cursor": deep["next"]}).json()
            figures |= shares("the page in the middle", server.asked("/runs", limit=100, cursor=deep["next"]))
            figures["MB resident in the server"] = server.resident_mb()
    return figures


def fill(path: Path, runs: int) -> None:
    """Put runs into a file, as if they had been."""
    chance = random.Random(runs)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(RUN, (_run(chance, no) for no in range(1, runs + 1)))
        connection.executemany(
            "INSERT INTO inputs VALUES (?, ?)", ((no, _input(chance, no)) for no in range(1, runs + 1))
        )
        events = ((no, seq, FIRST_AT + no * 100 + seq) for no in range(1, runs + 1) for seq in (1, 2, 3))
        connection.executemany(EVENT, events)


def _run(chance: random.Random, no: int) -> tuple[Any, ...]:
    status, at = chance.choice(STATUSES), FIRST_AT + no * 100
    error = f"ToolFailed: HTTP 503 from service {no % 50}" if status in ("failed", "compensated", "parked") else None
    output = _input(chance, no) if status == "completed" else None
    parent = f"order-{no - 1:06d}" if no % 1000 == 0 else None
    return (
        no,
        f"order-{no:06d}",
        f"flow-{no % 20}",
        status,
        at,
        at + 50,
        parent,
        error,
        output,
        chance.choice(("", "ann", "bob")),
    )


def _input(chance: random.Random, no: int) -> str:
    words = [f"{chance.choice(WORDS)}{chance.randrange(1_000_000)}" for _ in range(INPUT_CHARS // 13)]
    return json.dumps({"request": " ".join(words) + (" very rare" if no % 10_000 == 0 else ""), "number": no})


def journal(*, events: int) -> dict[str, float]:
    """Measure pages of the journal of a run with so many events, and what else is shown of it."""
    figures: dict[str, float] = {}
    with scratch() as folder:
        asyncio.run(_counted(url_in(folder), events // 2))
        with serving(url_in(folder)) as server:
            for name, after in (("first page", 0), ("last page", events - 500)):
                figures |= shares(f"journal, {name}", server.asked("/runs/long/journal", after=after, limit=500))
            figures |= shares("a page", server.asked("/runs/long/journal", after=events // 2, limit=200))
            figures |= shares("one kind, a page", server.asked("/runs/long/journal", kind="run_completed"))
            figures |= shares("run page", server.asked("/runs/long", times=5))
            figures |= shares("patches, a page", server.asked("/runs/long/patches", limit=500, times=5))
            figures |= shares("timeline", server.asked("/runs/long/timeline", times=5))
            figures["MB resident in the server"] = server.resident_mb()
    return figures


def page(*, nodes: int) -> dict[str, float]:
    """Measure the page of a run of a large graph, and its picture."""
    assert nodes == len(large.graph.nodes), "the graph is made with as many"
    figures: dict[str, float] = {}
    with scratch() as folder:
        asyncio.run(_run_large(url_in(folder)))
        with serving(url_in(folder)) as server:
            first = server.asked("/runs/large", times=1)
            figures["run page: ms, first"] = first.ms[0]
            figures |= shares("run page", server.asked("/runs/large", times=10))
            figures["run page: kB"] = len(json.dumps(first.body)) / 1e3
            figures |= shares("picture", server.asked("/runs/large/picture", times=10))
    return figures


async def _open_and_close(url: str) -> None:
    async with Engine(url):
        pass


async def _counted(url: str, goal: int) -> None:
    async with Engine(url) as engine:
        await (await engine.start(counting, Walk(goal=goal), id="long")).result()


async def _run_large(url: str) -> None:
    async with Engine(url) as engine:
        await (await engine.start(large, Begin(), id="large")).result()
