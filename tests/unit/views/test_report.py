"""A report is one page that holds a run, fetches nothing, runs nothing, and keeps every text in its place."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.core.codec import to_text
from podium.engine.ports import RunInfo, Status
from podium.graph.encode import graph_hash
from podium.views import report as module
from podium.views.record import Record
from podium.views.report import report
from tests.unit.core.builders import dag, mapped
from tests.unit.core.shell import Shell
from tests.unit.views.clocked import PACES, SHAPES, THROWS, played
from tests.unit.views.strange import HOSTILE, told

ALLOWED = frozenset(
    {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "figure"),
        *("h1", "h2", "h3", "p", "span", "dl", "dt", "dd", "pre", "details", "summary"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td"),
        *("svg", "g", "rect", "circle", "line", "path", "text", "desc"),
    }
)
VOID = frozenset({"meta"})


class Page(HTMLParser):
    """What a browser makes of a page: elements, attributes, text, and that everything is closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.styles: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for _, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            self.styles.append(data)
        else:
            self.text += data


def page_of(shell: Shell, **more: object) -> tuple[str, Page]:
    info = RunInfo(id="r", workflow=shell.state.graph.name, graph_hash=graph_hash(shell.state.graph))
    for name, given_value in more.items():
        setattr(info, name, given_value)
    text = report(Record(info, shell.state.graph, shell.journal), now_ms=shell.now_ms)
    return text, Page(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_strange_text_stays_text(text: str) -> None:
    shell = told(text)
    said, page = page_of(shell, error=text, target=text, tenant=text, status=Status.COMPENSATING)
    assert page.tags <= ALLOWED
    assert not [name for name in page.attributes if name.startswith("on") or name in ("href", "src", "style")]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", said)
    shown = "".join(char for char in text if char.isprintable())
    assert shown.split("[2J")[0].strip("\u202e") in page.text


@settings(max_examples=30)
@given(text=st.text(max_size=60))
def test_so_does_any_text(text: str) -> None:
    _, page = page_of(told(text), id=text, error=text)
    assert page.tags <= ALLOWED


def test_policy_allows_the_two_style_sheets_and_nothing_else() -> None:
    said, page = page_of(told("x"))
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in page.styles}
    policy = next(value for value in page.values if "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src ")
    assert set(re.findall(r"'sha256-[^']+'", policy)) == hashes
    assert len(page.styles) == 2
    assert "url(" not in said
    assert "@import" not in said
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", said)


def test_report_says_what_happened_and_why() -> None:
    shell = told("sold out")
    shell.undo("a")
    _, page = page_of(shell, status=Status.COMPENSATED)
    for text in ("compensated", "sold out: sold out", "Timeline", "Steps", "Journal", "undone", "a.undo"):
        assert text in page.text


@settings(max_examples=30)
@given(shape=SHAPES, throws=THROWS, paces=PACES)
def test_any_run_can_be_reported(shape: bytes, throws: bytes, paces: list[int]) -> None:
    player = played(shape, throws, paces)
    _, page = page_of(player)
    assert page.tags <= ALLOWED


def test_long_run_is_told_within_bounds_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS_MAX", 5)
    monkeypatch.setattr(module, "ROWS_MAX", 7)
    monkeypatch.setattr(module, "_BODIES_CHARS_MAX", 200)
    shell = Shell(dag(mapped("m", "list")))
    shell.start(list=to_text(list(range(320))))
    for number in range(320):
        shell.done(f"m[{number}]", output='"' + "x" * 100 + '"')
    _, page = page_of(shell)
    assert "The first 5 of 321 steps" in page.text
    assert "The first 7 of 644 events" in page.text
    assert "The first 300 of 321 attempts" in page.text
    assert page.text.count("x" * 100) <= 4
