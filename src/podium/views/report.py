"""A run as one HTML file: no script, nothing to fetch, for a mail, a ticket or an archive.

Its content security policy allows the two style sheets in it, by their hashes, and nothing else.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element  # builds, never parses

from podium.core.path import ROOT
from podium.draw.overlay import Status
from podium.draw.svg import svg_element
from podium.draw.svg_style import style as svg_style
from podium.draw.terminal import GLYPHS, seconds
from podium.draw.words import KIND_WORDS
from podium.engine.status import Status as RunStatus
from podium.views.html import add, document, pairs, row, table
from podium.views.journal import JournalRow
from podium.views.journal_rows import journal_row
from podium.views.legible import json_text, parsed
from podium.views.record import Record
from podium.views.report_style import style
from podium.views.standing import StepLine
from podium.views.story import RunStory
from podium.views.timeline import Span, Timeline
from podium.views.timeline_svg import BARS_MAX, timeline_svg
from podium.views.timelines import timeline
from podium.views.view import object_text

STEPS_MAX, ROWS_MAX = 1_000, 2_000
_BODY_CHARS_MAX, _BODIES_CHARS_MAX = 8_000, 2_000_000
_VALUE_CHARS_MAX = 20_000
_PRETTY_CHARS_MAX = 4_000

_LOOKS = {
    RunStatus.COMPLETED: Status.DONE,
    RunStatus.COMPENSATING: Status.UNDOING,
    RunStatus.COMPENSATED: Status.UNDONE,
}
_LEGEND = {
    Span.RUNNING: "running: tall bars in the colour of how the attempt ended",
    Span.WAITING: "waiting: low bars, for a person, a signal, a time or a decision",
    Span.BACKING_OFF: "backing off: low bars between attempts",
    Span.QUEUED: "queued: low grey bars, due and not begun",
}


def report(run: Record, *, now_ms: int) -> str:
    """Return a run as an HTML page.

    Args:
        run: All that is committed of it.
        now_ms: The time that what goes on is drawn up to.

    Raises:
        InvariantError: The events do not fit each other.
    """
    story = RunStory(run.info.id, run.graph)
    rows = []
    for number, event in enumerate(run.events, 1):
        story.take(number, event)
        rows.append(journal_row(number, event, chars_max=_BODY_CHARS_MAX))
    told = timeline(run.graph, run.events, now_ms)
    root = Element("html", {"lang": "en"})
    _head(root, f"{run.info.workflow} {run.info.id}")
    body = add(root, "body")
    _header(body, run, story, told)
    main = add(body, "main")
    _picture(main, story)
    _timeline(main, told, now_ms=max(now_ms, story.at))
    _values(main, run, story)
    _steps(main, story, told, rows)
    _journal(main, rows, told.began_at)
    add(body, "footer", f"Written by Podium, {_when(now_ms)}.", class_="faint")
    return document(root)


def _head(root: Element, title: str) -> None:
    head = add(root, "head")
    add(head, "meta", charset="utf-8")
    policy = f"default-src 'none'; style-src {_hash(style())} {_hash(svg_style())}; base-uri 'none'; form-action 'none'"
    head.append(Element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}))
    add(head, "meta", name="referrer", content="no-referrer")
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "title", title)
    own = add(head, "style")
    own.text = style()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _header(body: Element, run: Record, story: RunStory, told: Timeline) -> None:
    info, header = run.info, add(body, "header")
    add(header, "h1", f"{info.workflow} {info.id}")
    looks = _LOOKS.get(info.status) or Status(info.status)
    add(add(header, "p"), "span", f"{GLYPHS[looks]} {info.status}", class_=f"status {looks}")
    over = story.at if told.ended_at is None else told.ended_at
    chain = ", ".join(told.critical[:20]) + (" …" if len(told.critical) > 20 else "")  # noqa: PLR2004  # as many as are read
    pairs(
        header,
        [
            ("cause", _cause(run, story)),
            ("began", _when(told.began_at)),
            ("took", f"{seconds(over - told.began_at)}{'' if told.ended_at else ' so far'}"),
            ("decided by", f"{chain}: {seconds(told.critical_ms)} of running" if chain else ""),
            ("events", str(len(run.events))),
            ("workflow", f"{info.workflow}, a {KIND_WORDS[run.graph.kind]}, graph {info.graph_hash}"),
            ("code", info.target),
            ("copy of", info.parent or ""),
            ("on behalf of", info.tenant),
        ],
    )


def _cause(run: Record, story: RunStory) -> str:
    failure = story.state.failure or story.state.root.failure
    return str(failure) if failure else run.info.error or ""


def _picture(main: Element, story: RunStory) -> None:
    section = _section(main, "Picture")
    held = add(section, "figure", class_="wide", tabindex="0", role="region", aria_label="picture of the run")
    held.append(svg_element(story.drawn, story.overlay()))


def _timeline(main: Element, told: Timeline, *, now_ms: int) -> None:
    section = _section(main, "Timeline")
    held = add(section, "figure", class_="wide", tabindex="0", role="region", aria_label="timeline of the run")
    held.append(timeline_svg(told, now_ms=now_ms))
    says = [_LEGEND[span] for span in Span if any(part.span is span for bar in told.bars for part in bar.parts)]
    add(section, "p", "; ".join([*says, "outlined and bold: what decided when the run ended"]) + ".", class_="faint")
    if told.gaps:
        idle = sum(gap.ended_at - gap.began_at for gap in told.gaps)
        add(section, "p", f"Drawn short: {seconds(idle)} in which nothing ran.", class_="faint")
    if len(told.bars) > BARS_MAX:
        add(section, "p", f"The first {BARS_MAX} of {len(told.bars)} attempts.", class_="faint")


def _values(main: Element, run: Record, story: RunStory) -> None:
    section = _section(main, "Input and result")
    given = run.info.input if story.given is None else object_text(story.given)
    for name, text in (("input", given), ("result", run.info.output)):
        if text is not None:
            add(section, "h3", name)
            _json(section, text)


def _json(parent: Element, text: str) -> None:
    """Show a recorded text, short ones laid out."""
    shown = json_text(parsed(text), indent=2) if len(text) <= _PRETTY_CHARS_MAX else text[:_VALUE_CHARS_MAX]
    add(parent, "pre", shown, tabindex="0")
    if len(text) > _VALUE_CHARS_MAX:
        add(parent, "p", f"The first {_VALUE_CHARS_MAX} of {len(text)} characters.", class_="faint")


def _steps(main: Element, story: RunStory, told: Timeline, rows: Sequence[JournalRow]) -> None:
    section = _section(main, "Steps")
    lines = story.steps()
    body = table(section, _shown(len(lines), STEPS_MAX, "steps"), ("step", "status", "began", "ran", "tries", "what"))
    ran = _running(told, story.at)
    by_step: dict[str, list[JournalRow]] = {}
    for told_row in rows:
        by_step.setdefault(told_row.address, []).append(told_row)
    budget = _Budget(_BODIES_CHARS_MAX)
    for line in lines[:STEPS_MAX]:
        cells = (line.address, "", f"+{seconds(line.began_at - told.began_at)}", seconds(ran.get(line.address, 0)))
        told_line = row(body, (*cells, str(line.attempts), ""))
        _step_cells(told_line, line)
        _details(told_line[-1], line, by_step.get(line.address, ()), budget)


def _step_cells(told: Element, line: StepLine) -> None:
    head, status, *numbers, _ = told
    head.set("class", "mono")
    status.text, status.attrib["class"] = f"{GLYPHS[line.status]} {line.status}", f"status {line.status}"
    for number in numbers:
        number.set("class", "number")


class _Budget:
    """How many characters of bodies are shown in all."""

    def __init__(self, left: int) -> None:
        self.left = left

    def takes(self, text: str) -> bool:
        """Claim that there is room for a text, and take it."""
        self.left -= len(text)
        return self.left >= 0


def _details(cell: Element, line: StepLine, rows: Sequence[JournalRow], budget: _Budget) -> None:
    """Put a step's events behind a line that can be opened."""
    held = add(cell, "details")
    add(held, "summary", line.note or f"{len(rows)} events")
    for told in rows:
        add(held, "p", f"{told.seq} {told.kind} {told.note}", class_="mono")
        if budget.takes(told.body):
            add(held, "pre", told.body + _rest(told), tabindex="0")


def _rest(told: JournalRow) -> str:
    return "" if len(told.body) == told.chars else f"… ({told.chars} characters in all)"


def _running(told: Timeline, upto: int) -> dict[str, int]:
    """Return how long each step ran."""
    found: dict[str, int] = {}
    for bar in told.bars:
        ran = (
            (upto if part.ended_at is None else part.ended_at) - part.began_at
            for part in bar.parts
            if part.span is Span.RUNNING
        )
        found[bar.address] = found.get(bar.address, 0) + max(0, sum(ran))
    return found


def _journal(main: Element, rows: Sequence[JournalRow], began_at: int) -> None:
    section = _section(main, "Journal")
    body = table(
        section, _shown(len(rows), ROWS_MAX, "events"), ("number", "when", "what happened", "step", "in words")
    )
    for told in rows[:ROWS_MAX]:
        row(body, (str(told.seq), f"+{seconds(told.at - began_at)}", told.kind, told.address, told.note))
    if any(told.address == ROOT for told in rows):
        note = "An event without a step concerns the whole run. `podium runs export` writes all of it, for programs."
        add(section, "p", note, class_="faint")


def _shown(count: int, most: int, what: str) -> str:
    if count == 1:
        return f"1 {what.removesuffix('s')}"
    return f"{count} {what}" if count <= most else f"The first {most} of {count} {what}; `podium runs export` has all."


def _section(main: Element, title: str) -> Element:
    section = add(main, "section")
    add(section, "h2", title)
    return section


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
