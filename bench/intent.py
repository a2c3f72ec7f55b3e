"""Public intent sets through the intent router, beside what semantic-router's algorithm makes of the same vectors.

No rounds: what is told right is the same each time. CPU is that of one process on one thread.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import harness, table
from bench.harness import Failure, Goal, Options, Report, probe
from bench.intents import sets
from bench.meter import scratch

if TYPE_CHECKING:
    from pathlib import Path

    from bench.harness import Figures

ACC, AUROC, OOS5, CPU = "acc", "AUROC", "OOS@5", "CPU µs"
_SHARES = frozenset({ACC, AUROC, OOS5})
_LOAD = """
from pathlib import Path
from podium.routing.embedding.static import static_embedder
from podium.routing.intent.model import IntentModel
IntentModel.load(Path({folder!r}), static_embedder())
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One set, one split, one embedder.

    Attributes:
        name, split: Which.
        embedder: "static", "minilm" or "multilingual".
        goals: Least shares, and most CPU, by figure.
        is_long: Left out of a quick run.
    """

    name: str
    split: str
    embedder: str
    goals: dict[str, float] = field(default_factory=dict)
    is_long: bool = False

    def probe(self, data: Path) -> harness.Probe:
        """Return what measures it."""
        if self.name == sets.KOREAN:
            return probe("Podium", "ours.intent:korean", data=str(data), how=self.split, embedder=self.embedder)
        return probe(
            "Podium",
            "ours.intent:measured",
            data=str(data),
            name=self.name,
            split=self.split,
            embedder=self.embedder,
        )


CASES = (
    Case("clinc150", "train_10", "static", {ACC: 0.865, AUROC: 0.94, OOS5: 0.68, CPU: 250}),
    Case("clinc150", "train_10", "minilm", {ACC: 0.91, AUROC: 0.96, OOS5: 0.82}),
    Case("clinc150", "train", "static", is_long=True),
    Case("clinc150", "train", "minilm", {ACC: 0.955, OOS5: 0.85}, is_long=True),
    Case("clinc150", "train_5", "static"),
    Case("banking77", "train_10", "static", {ACC: 0.81}),
    Case("banking77", "train_10", "minilm", {ACC: 0.865}),
    Case("hwu64", "train_10", "static", {ACC: 0.795}),
    Case("hwu64", "train_10", "minilm", {ACC: 0.845}),
    Case(sets.KOREAN, "left out", "multilingual", {ACC: 0.70}),
    Case(sets.KOREAN, "across", "multilingual"),
    Case(sets.KOREAN, "left out", "static"),
)
LOAD_CPU_MS_MAX = 150.0
COLUMNS = ("set, split, embedder", "figure", "semantic-router", "Podium", "target", "reached")
DONE = ("set, split, embedder", "of sentences", "routed at once", "escalated", "out", "alone: routed", "alone: asked")


def report(options: Options) -> Report:
    """Measure every set that is there."""
    if options.data is None or not sets.place(options.data).is_dir():
        return Report("intent: left out, no sets; give their folder with --data", {"intent": "left out: no --data"})
    os.environ["OMP_NUM_THREADS"] = "1"
    found: dict[str, Figures] = {}
    failures: list[str] = []
    cases = [case for case in CASES if not (options.quick and case.is_long)]
    for case in cases:
        figures = harness.measure(case.probe(options.data))
        if isinstance(figures, Failure):
            failures.append(f"{_title(case)}: {figures.reason}")
        else:
            found[_title(case)] = figures
    loads = _loads(options.data)
    if isinstance(loads, Failure):
        failures.append(f"import and load: {loads.reason}")
    else:
        found["import and load"] = loads
    text = "\n\n".join((_figures(cases, found), _verdicts(cases, found)))
    return Report(text, {"intent": found}, tuple(failures))


def _loads(data: Path) -> Figures | Failure:
    """Measure a process that imports the router and loads a model of 150 routes, and one that does nothing."""
    with scratch() as folder:
        model = str(folder / "model")
        saved = harness.measure(probe("Podium", "ours.intent:saved", data=str(data), folder=model))
        loaded = harness.measure(probe("Podium", "imports:start", code=_LOAD.format(folder=model)))
        nothing = harness.measure(probe("floor", "imports:start", code="pass"))
    for each in (saved, loaded, nothing):
        if isinstance(each, Failure):
            return each
    assert not isinstance(saved, Failure)
    assert not isinstance(loaded, Failure)
    assert not isinstance(nothing, Failure)
    return {"CPU ms": loaded["CPU ms"] - nothing["CPU ms"], "RSS MB": loaded["RSS MB"], "bytes": saved["bytes"]}


def _figures(cases: list[Case], found: dict[str, Figures]) -> str:
    lines: list[tuple[str, ...]] = [COLUMNS]
    for case in cases:
        figures = found.get(_title(case), {})
        lines += [_line(case, figure, figures) for figure in (ACC, AUROC, OOS5, CPU) if figure in figures]
        if "fit CPU s" in figures:
            lines.append((_title(case), "fit CPU s", "", f"{figures['fit CPU s']:.1f}", "", ""))
    if "import and load" in found:
        cpu_ms = found["import and load"]["CPU ms"]
        reached = "yes" if cpu_ms <= LOAD_CPU_MS_MAX else "NO"
        lines.append(
            ("import and load, 150 routes", "CPU ms", "", f"{cpu_ms:.0f}", f"≤ {LOAD_CPU_MS_MAX:.0f}", reached)
        )
    return table.markdown(lines)


def _line(case: Case, figure: str, figures: Figures) -> tuple[str, ...]:
    ours, peer, limit = figures[figure], figures.get(f"peer {figure}"), case.goals.get(figure)
    goal = None if limit is None else Goal("≥" if figure in _SHARES else "≤", limit)
    said = "" if goal is None else f"{goal.sense} {_said(figure, goal.limit)}"
    reached = "" if goal is None else "yes" if goal.holds(ours) else "NO"
    return (_title(case), figure, "" if peer is None else _said(figure, peer), _said(figure, ours), said, reached)


def _verdicts(cases: list[Case], found: dict[str, Figures]) -> str:
    lines: list[tuple[str, ...]] = [DONE]
    for case in cases:
        figures = found.get(_title(case), {})
        if figures:
            lines.append((_title(case), "inside", *_done(figures, "inside")))
        if "outside routed" in figures:
            lines.append((_title(case), "outside", *_done(figures, "outside")))
    return table.markdown(lines)


def _done(figures: Figures, of: str) -> tuple[str, ...]:
    def share(name: str) -> str:
        return _said(ACC, figures[f"{of} {name}"])

    def routed(name: str) -> str:
        return f"{share(name)} (right {share(f'{name} right')})" if of == "inside" else share(name)

    return (routed("routed"), share("escalated"), share("out"), routed("alone routed"), share("alone asked"))


def _said(figure: str, value: float) -> str:
    return f"{100 * value:.1f}" if figure in _SHARES else f"{value:.0f}"


def _title(case: Case) -> str:
    return f"{case.name}, {case.split}, {case.embedder}"
