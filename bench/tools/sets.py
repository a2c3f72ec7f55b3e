"""The tools and the queries of a folder, as a ranking takes them."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podium.routing.ranking.card import ToolCard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CURVE_SET = "metatool"
"""The one set with many queries for each tool."""
LEARNED_MAX = 20
JUDGED_MAX = 10
"""Queries of a tool that judge what was learned from its others."""


@dataclass(frozen=True, slots=True)
class Query:
    """A sentence, the tools that answer it, and the set that it is from."""

    text: str
    answers: frozenset[str]
    set: str


@dataclass(frozen=True, slots=True)
class Tools:
    """What a folder holds."""

    cards: tuple[ToolCard, ...]
    queries: tuple[Query, ...]


def tools(folder: Path) -> Tools:
    """Read `tools.jsonl` and `queries.jsonl`; of two tools of one name the later one gets its source behind it."""
    cards: dict[str, ToolCard] = {}
    names: dict[str, str] = {}
    for row in _rows(folder / "tools.jsonl"):
        name = row["name"] if row["name"] not in cards else f"{row['name']} {row['src']}"
        cards[name] = ToolCard(name=name, description=row["desc"], parameters=row["params"])
        names[row["id"]] = name
    queries = [
        Query(row["q"], frozenset(names[each] for each in row["rel"]), row["set"])
        for row in _rows(folder / "queries.jsonl")
    ]
    return Tools(tuple(cards.values()), tuple(queries))


def many_cards(folder: Path, *, count: int) -> list[ToolCard]:
    """Return `count` tools: those of the folder, what stands beside them to distract, and mixtures of these."""
    rows = [*_rows(folder / "tools.jsonl"), *_rows(folder / "distractors.jsonl")]
    lot = random.Random(1)
    while len(rows) < count:
        named, described = lot.choice(rows), lot.choice(rows)
        rows.append(described | {"name": f"{named['name']} {len(rows)}"})
    return [
        ToolCard(name=f"{row['name']} {number}", description=row["desc"], parameters=row["params"])
        for number, row in enumerate(rows[:count])
    ]


def split(queries: tuple[Query, ...]) -> tuple[dict[str, list[str]], list[Query]]:
    """Return the queries to learn from, by tool, and those to judge by: of tools that have enough for both."""
    by_tool: defaultdict[str, list[Query]] = defaultdict(list)
    for query in queries:
        if query.set == CURVE_SET:
            by_tool[next(iter(query.answers))].append(query)
    learned: dict[str, list[str]] = {}
    judged: list[Query] = []
    for name, own in sorted(by_tool.items()):
        if len(own) >= LEARNED_MAX + JUDGED_MAX:
            random.Random(name).shuffle(own)
            learned[name] = [query.text for query in own[:LEARNED_MAX]]
            judged += own[LEARNED_MAX : LEARNED_MAX + JUDGED_MAX]
    return learned, judged


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
