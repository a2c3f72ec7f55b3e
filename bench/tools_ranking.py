"""How well and how fast tools are ranked: cold, after successes, and among a hundred thousand; textbook BM25 beside.

It reads `tools/` in the folder given with `--data`: tools.jsonl, queries.jsonl and distractors.jsonl (bench/README.md).
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from bench import table
from bench.harness import Goal, Options, Report
from bench.tools.bm25 import Bm25
from bench.tools.marks import marks
from bench.tools.sets import CURVE_SET, LEARNED_MAX, Query, Tools, many_cards, split, tools
from podium.routing.embedding.minilm import minilm_embedder
from podium.routing.embedding.multilingual import multilingual_embedder
from podium.routing.embedding.static import static_embedder
from podium.routing.ranking import tool_index
from podium.routing.ranking.asking import Asked, Cut
from podium.routing.ranking.dense import SKETCHED_FROM
from podium.routing.ranking.tool_index import MEANING_SHARE, MEANING_SHARE_MINILM, ToolIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from podium.routing.embedding.embedder import Embedder

TEN: Final = Cut(share=0.0, least=10, most=10)
CURVE: Final = (0, 1, 2, 5, 10, 20)
SIZES: Final = {1_000: 0.25, 10_000: 2.0, 100_000: 5.0}
TIMED: Final = 300
EMBEDDERS: Final[dict[Callable[[], Embedder], float]] = {
    static_embedder: 45.0,
    minilm_embedder: 5_900.0,
    multilingual_embedder: 3_000.0,
}
"""What each may take for a text, in µs."""
COLUMNS: Final = ("work", "figure", "BM25", "Podium", "target", "reached")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    work: str
    figure: str
    ours: float
    goal: Goal | None = None
    beside: float | None = None

    def cells(self) -> tuple[str, ...]:
        """Return what stands in the columns."""
        target = f"{self.goal.sense} {self.goal.limit:g}" if self.goal else ""
        reached = ("yes" if self.goal.holds(self.ours) else "no") if self.goal else ""
        beside = "" if self.beside is None else f"{self.beside:.1f}"
        return (self.work, self.figure, beside, f"{self.ours:.3g}", target, reached)


def report(options: Options) -> Report:
    """Rank, learn, and take the time."""
    folder = (
        None
        if options.data is None
        else next((each for each in (options.data / "tools", options.data) if (each / "tools.jsonl").is_file()), None)
    )
    if folder is None:
        return Report("tools_ranking: left out, no tools.jsonl in --data", {})
    found = tools(folder)
    queries = found.queries[:: 5 if options.quick else 1]
    texts = [query.text for query in queries[:: max(1, len(queries) // TIMED)]][: options.size(TIMED)]
    lines = [*_cold(found, queries), *_curves(found, queries, options), *_embedding(texts)]
    lines += _speed(folder, texts, options)
    record = [dict(zip(COLUMNS, line.cells(), strict=True)) for line in lines]
    return Report(table.markdown([COLUMNS, *(line.cells() for line in lines)]), {"tools_ranking": record})


def _cold(found: Tools, queries: Sequence[Query]) -> list[Line]:
    beside = marks(queries, Bm25(found.cards).rank)
    goals = {"words alone": None, "static": (57.0, 52.0), "MiniLM": (60.0, 54.5)}
    work = f"{len(found.cards)} tools, {len({query.set for query in queries})} sets of queries, nothing learned"
    lines = []
    for name, goal in goals.items():
        made = _index(name, found)
        ours = marks(queries, _namer(made))
        lines += [
            Line(f"{work}, {name}", figure, ours[at], goal and Goal("≥", goal[at]), beside[at])
            for at, figure in enumerate(("recall@5", "nDCG@10"))
        ]
    return lines


def _curves(found: Tools, queries: Sequence[Query], options: Options) -> list[Line]:
    """Teach each tool so many queries that it answers; ask others. What nobody taught must not be lost."""
    learned, judged = split(found.queries)
    others = [query for query in queries if query.set != CURVE_SET]
    goals = {5: Goal("≥", 80.0), LEARNED_MAX: Goal("≥", 88.0)}
    lines = []
    for name in ("static",) if options.quick else ("static", "MiniLM"):
        made, done = _index(name, found), 0
        for many in CURVE:
            for tool, query in [(tool, query) for tool, own in learned.items() for query in own[done:many]]:
                made.learn(tool, query)
            done = many
            work = f"{len(learned)} tools after {many} successes each, {name}"
            lines.append(Line(work, "recall@5", marks(judged, _namer(made))[0], goals.get(many)))
        lines.append(Line(f"queries of all others after that, {name}", "recall@5", marks(others, _namer(made))[0]))
    return lines


def _embedding(texts: Sequence[str]) -> list[Line]:
    """Time one text at a time, as a router is asked."""
    lines = []
    for make, limit in EMBEDDERS.items():
        made = make()
        took = []
        for text in texts:
            begun = time.process_time()
            made.embed([text])
            took.append(time.process_time() - begun)
        work = f"a text embedded, {made.id}"
        lines.append(Line(work, "CPU µs", statistics.median(took) * 1e6, Goal("≤", limit)))
    return lines


def _speed(folder: Path, asked: Sequence[str], options: Options) -> list[Line]:
    lines = []
    for many, limit in SIZES.items():
        if options.quick and many > 10_000:
            break
        made = ToolIndex(static_embedder())
        cards = many_cards(folder, count=many)
        begun = time.process_time()
        made.add(*cards)
        built = (time.process_time() - begun) * 1e6 / many
        made.rank(Asked(query="the first one makes the sketch"))
        work = f"{many} tools, static"
        lines.append(Line(f"a ranking, {work}", "CPU ms", _cpu_ms(made, asked), Goal("≤", limit)))
        lines.append(Line(f"a tool put in, {work}", "CPU µs", built))
        lines.append(Line(f"a success learned, {work}", "CPU µs", _learning_us(made, asked, cards[0].name)))
        if many > SKETCHED_FROM:
            lines.append(Line(f"first five as without the sketch, {work}", "%", _agreement(made, asked)))
    return lines


def _index(name: str, found: Tools) -> ToolIndex:
    embedder: Embedder = minilm_embedder() if name == "MiniLM" else static_embedder()
    share = {"words alone": 0.0, "static": MEANING_SHARE, "MiniLM": MEANING_SHARE_MINILM}[name]
    made = ToolIndex(embedder, meaning_share=share)
    made.add(*found.cards)
    return made


def _namer(made: ToolIndex) -> Callable[[str], list[str]]:
    return lambda query: [each.name for each in made.rank(Asked(query=query, cut=TEN))]


def _cpu_ms(made: ToolIndex, asked: Sequence[str]) -> float:
    """Return the median CPU time of a ranking, its embedding included."""
    took = []
    for query in asked:
        begun = time.process_time()
        made.rank(Asked(query=query))
        took.append(time.process_time() - begun)
    return statistics.median(took) * 1e3


def _learning_us(made: ToolIndex, asked: Sequence[str], name: str) -> float:
    begun = time.process_time()
    for query in asked[:20]:
        made.learn(name, query)
    return (time.process_time() - begun) * 1e6 / 20


def _agreement(made: ToolIndex, asked: Sequence[str]) -> float:
    """Return how many of the first five an exact ranking has too."""
    rank = _namer(made)
    sketched = [set(rank(query)[:5]) for query in asked]
    with patch.object(tool_index, "SKETCHED_FROM", len(made) + 1):
        exact = [set(rank(query)[:5]) for query in asked]
    pairs = zip(sketched, exact, strict=True)
    return 100 * statistics.fmean(len(few & right) / len(right) for few, right in pairs if right)
