"""What is kept of a run that was told once: JSON lines, each with one thing, so that a change shows as a line.

{"golden": …, "core": …, "graph": {…}}   what it is about, which core told it, what was walked
{"news": "AttemptEnded", "now": 1000, …}  what came in, and when
{"event": ["StepDone", "a", 1000, "{…}"]} what followed, as the codec writes it
{"refused": "…"}                          or that it was refused
{"pending": ["Perform b 1"]}              what should be in flight then
{"status": "completed", …, "snapshot": …} where it ended
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from podium.core import stimuli as st
from podium.core.codec import Row, decode
from podium.core.events import Event
from podium.core.pending import pending
from podium.core.state import RunState
from podium.graph.encode import graph_from_json
from podium.graph.nodes import Graph

FOLDER = Path(__file__).parent / "journals"

_NEWS = {cls.__name__: cls for cls in get_args(st.Stimulus)}
_OUTCOMES = {cls.__name__: cls for cls in get_args(st.Outcome)}


@dataclass
class Cut:
    """One piece of news and what followed: an append, which a store keeps whole."""

    news: st.Stimulus
    now_ms: int
    rows: list[Row] = field(default_factory=list)
    refused: str = ""
    pending: list[str] = field(default_factory=list)

    def events(self) -> list[Event]:
        return [decode(*row) for row in self.rows]


@dataclass
class Golden:
    """A journal that is kept."""

    name: str
    about: str
    core: int
    graph: Graph
    cuts: list[Cut]
    end: dict[str, Any]

    def rows(self) -> list[Row]:
        return [row for cut in self.cuts for row in cut.rows]

    def events(self) -> list[Event]:
        return [event for cut in self.cuts for event in cut.events()]

    def empty(self) -> RunState:
        return RunState("r", self.graph)


def orders(state: RunState) -> list[str]:
    """Return what should be in flight, in words."""
    found = (to_jsonable_python(order) | {"kind": type(order).__name__} for order in pending(state))
    return sorted(f"{one.pop('kind')} {json.dumps(one, sort_keys=True)}" for one in found)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def read(name: str) -> Golden:
    """Return the journal of that name."""
    lines = iter((FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines())
    head = json.loads(next(lines))
    plain = [json.loads(line) for line in lines]
    graph = graph_from_json(json.dumps(head["graph"]))
    return Golden(head["golden"], head["about"], head["core"], graph, list(_cuts(plain[:-1])), plain[-1])


def _cuts(lines: Sequence[dict[str, Any]]) -> Iterator[Cut]:
    cut: Cut | None = None
    for line in lines:
        if "news" in line:
            cut = Cut(_news(line), line["now"])
            yield cut
            continue
        assert cut is not None, "news comes first"
        if "event" in line:
            cut.rows.append(tuple(line["event"]))
        cut.refused = line.get("refused", cut.refused)
        cut.pending = line.get("pending", cut.pending)


def to_lines(golden: Golden, plain_graph: str) -> Iterator[str]:
    """Yield the lines of a journal."""
    head = {"golden": golden.name, "about": golden.about, "core": golden.core, "graph": json.loads(plain_graph)}
    yield _line(head)
    for cut in golden.cuts:
        yield _line({"news": type(cut.news).__name__, "now": cut.now_ms, **_said(cut.news)})
        for row in cut.rows:
            yield _line({"event": row})
        if cut.refused:
            yield _line({"refused": cut.refused})
        yield _line({"pending": cut.pending})
    yield _line(golden.end)


def _line(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False)


def _said(news: Any) -> dict[str, Any]:
    """Return the fields of news that are not as by default."""
    plain = {item.name: getattr(news, item.name) for item in fields(news) if getattr(news, item.name) != item.default}
    if isinstance(news, st.AttemptEnded):
        plain["outcome"] = {"kind": type(news.outcome).__name__, **_said(news.outcome)}
    said: dict[str, Any] = to_jsonable_python(plain)
    return said


def _news(line: dict[str, Any]) -> st.Stimulus:
    plain = {name: value for name, value in line.items() if name not in {"news", "now"}}
    if "outcome" in plain:
        outcome = plain.pop("outcome")
        made = _OUTCOMES[outcome.pop("kind")]
        return st.AttemptEnded(**plain, outcome=TypeAdapter(made).validate_python(outcome))
    news: st.Stimulus = TypeAdapter(_NEWS[line["news"]]).validate_python(plain)
    return news
