"""The live tree of a run as plain lines, which the command line colours and draws; nothing here knows a terminal.

A loop is one line with its count, a map one line with its counts and the items that want attention, a nested workflow
a line with its own below it. Notes come from tools and models: they are made harmless here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from podium.core.path import ROOT, Element, parse
from podium.draw.overlay import Status
from podium.draw.words import NOT_REACHED, clean
from podium.graph.nodes import Graph, GraphKind, Node

GLYPHS: Mapping[Status | None, str] = {
    None: "○",
    Status.WAITING: "⏸",
    Status.RUNNING: "⠋",
    Status.RETRYING: "↻",
    Status.DONE: "✔",
    Status.FAILED: "✖",
    Status.SKIPPED: "–",
    Status.PARKED: "⚑",
    Status.CANCELLED: "⊘",
    Status.UNDOING: "↩",
    Status.UNDONE: "↩",
}
"""One sign for each status; RUNNING has the first frame of a spinner. The word is `TreeLine.word`."""

_WANT_ATTENTION = frozenset({Status.FAILED, Status.PARKED, Status.WAITING, Status.RETRYING, Status.UNDOING})
_ITEMS_MAX = 3
_SECOND_MS, _MINUTE_MS, _HOUR_MS = 1_000, 60_000, 3_600_000
_NOTE_CHARS_MAX = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a run, as it stands.

    Attributes:
        path: Its address: `write#2/draft#3`, `summaries[7]`.
        status: How it stands.
        note: What to say of it, as `attempt 2/4 · next in 3.2s`; may hold text from a tool or a model.
        took_ms: How long it has run.
    """

    path: str
    status: Status
    note: str = ""
    took_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLine:
    """One line of the tree.

    Attributes:
        glyph: One sign for the status.
        depth: How many nodes it lies in.
        stem: The branch before the glyph, drawn: `│   ├── `.
        name: The node's name, or the index of an item: `[7]`.
        note: What to say of it; one line.
        took_ms: How long it has run.
        status: How it stands; None where the run has not been.
    """

    glyph: str
    depth: int
    stem: str
    name: str
    note: str = ""
    took_ms: int | None = None
    status: Status | None = None

    @property
    def word(self) -> str:
        """The status in a word, for who does not see signs or colours."""
        return NOT_REACHED if self.status is None else str(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Branch:
    """A line and what hangs on it."""

    name: str
    row: StepRow | None
    note: str = ""
    below: "tuple[_Branch, ...]" = ()


Rows = Mapping[str, Sequence[tuple[Element, StepRow]]]
"""Rows by the address of the scope they stand in, in the order in which they began."""


def tree(graph: Graph, rows: Iterable[StepRow]) -> tuple[TreeLine, ...]:
    """Return the lines of the tree, top to bottom.

    A machine shows the states it was in, in that order, and those that will certainly follow; a DAG shows every node.

    Args:
        graph: The root graph.
        rows: Every step of the run, in the order in which they began.
    """
    by_scope: dict[str, list[tuple[Element, StepRow]]] = {}
    for row in rows:
        element = parse(row.path)
        by_scope.setdefault(element.scope, []).append((element, row))
    return tuple(_drawn(_branches(graph, by_scope, scope=ROOT), stem="", depth=0))


def ways_back(undone: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the ways that compensation has gone, as lines: `↩ undone: hotel → flight`; ways that meet are one line.

    Args:
        undone: See `overlay.Overlay`.
    """
    chains: list[list[str]] = []
    for source, target in undone:
        if chains and chains[-1][-1] == source:
            chains[-1].append(target)
        else:
            chains.append([source, target])
    return tuple(f"{GLYPHS[Status.UNDONE]} {Status.UNDONE}: {clean(' → '.join(chain))}" for chain in chains)


def seconds(ms: int) -> str:
    """Return a time as the tree shows it: `0.46s`, `4.1s`, `3m 20s`, `2h 05m`."""
    if ms < _SECOND_MS:
        return f"{ms // 10 / 100:.2f}s"
    if ms < _MINUTE_MS:
        return f"{ms // 100 / 10:.1f}s"
    if ms < _HOUR_MS:
        return f"{ms // _MINUTE_MS}m {ms % _MINUTE_MS // _SECOND_MS:02}s"
    return f"{ms // _HOUR_MS}h {ms % _HOUR_MS // _MINUTE_MS:02}m"


def _branches(graph: Graph, rows: Rows, *, scope: str) -> list[_Branch]:
    here = rows.get(scope, ())
    reached = list(dict.fromkeys(element.name for element, _ in here))
    names = list(graph.nodes) if graph.kind is GraphKind.DAG else [*reached, *_ahead(graph, reached)]
    return [_branch(graph.nodes[name], rows, scope=scope) for name in names]


def _ahead(graph: Graph, reached: Sequence[str]) -> Iterator[str]:
    """Return the states that follow the last one whatever happens short of a failure."""
    name = graph.nodes[reached[-1]].next if reached else graph.start
    seen = set(reached)
    while name is not None and name in graph.nodes and name not in seen:
        yield name
        seen.add(name)
        name = graph.nodes[name].next


def _branch(node: Node, rows: Rows, *, scope: str) -> _Branch:
    mine = [(element, row) for element, row in rows.get(scope, ()) if element.name == node.name]
    visits = [(element, row) for element, row in mine if element.item is None]
    if not visits:
        return _Branch(name=node.name, row=None)
    last, row = max(visits, key=lambda visit: visit[0].visit)
    items = [(element, item) for element, item in mine if element.item is not None and element.visit == last.visit]
    said = [f"×{last.visit}"] if last.visit > 1 else []
    said += [_counts(item for _, item in items)] if items else []
    below = list(_noteworthy(items))
    if node.child is not None and node.each is None:
        below += _branches(node.child, rows, scope=row.path)
    return _Branch(
        name=node.name, row=row, note=" · ".join([*said, row.note] if row.note else said), below=tuple(below)
    )


def _counts(items: Iterable[StepRow]) -> str:
    counted = Counter(item.status for item in items)
    return ", ".join(f"{counted[status]} {status}" for status in Status if status in counted)


def _noteworthy(items: Sequence[tuple[Element, StepRow]]) -> Iterator[_Branch]:
    """Return the first few items that failed or wait for something."""
    wanted = [(element, row) for element, row in items if row.status in _WANT_ATTENTION]
    for element, row in wanted[:_ITEMS_MAX]:
        yield _Branch(name=f"[{element.item}]", row=row, note=row.note)


def _drawn(branches: Sequence[_Branch], *, stem: str, depth: int) -> Iterator[TreeLine]:
    for at, branch in enumerate(branches):
        is_last = at == len(branches) - 1
        status = branch.row.status if branch.row else None
        yield TreeLine(
            glyph=GLYPHS[status],
            depth=depth,
            stem=stem + ("└── " if is_last else "├── "),
            name=clean(branch.name),
            note=clean(branch.note, chars_max=_NOTE_CHARS_MAX),
            took_ms=branch.row.took_ms if branch.row else None,
            status=status,
        )
        yield from _drawn(branch.below, stem=stem + ("    " if is_last else "│   "), depth=depth + 1)
