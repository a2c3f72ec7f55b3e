"""A timeline as SVG: a row per attempt, long idle times drawn short. Colours are those of the page that holds it."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element  # builds, never parses

from podium.draw.svg_parts import add, number
from podium.draw.terminal import GLYPHS, seconds
from podium.draw.words import clean
from podium.views.timeline import Bar, BarPart, Gap, Timeline

BARS_MAX = 300

_WIDTH, _NAMES, _GAP, _ROW, _HEAD = 1000.0, 220.0, 36.0, 22.0, 26.0
_NAME_CHARS, _PART_MIN = 34, 1.5
_TICKS = 6


class _Piece(NamedTuple):
    """A stretch of time and where it is drawn."""

    began_at: int
    ended_at: int
    left: float
    right: float


class Scale:
    """From times to where they are drawn: even, but for gaps, which are all of one width."""

    def __init__(self, began_at: int, ended_at: int, gaps: Sequence[Gap]) -> None:
        idle = sum(gap.ended_at - gap.began_at for gap in gaps)
        busy = max(1, ended_at - began_at - idle)
        room = _WIDTH - _NAMES - _GAP * len(gaps)
        self.pieces: list[_Piece] = []
        at, left = began_at, _NAMES
        for gap in gaps:
            right = left + room * (gap.began_at - at) / busy
            self.pieces += [_Piece(at, gap.began_at, left, right)]
            self.pieces += [_Piece(gap.began_at, gap.ended_at, right, right + _GAP)]
            at, left = gap.ended_at, right + _GAP
        self.pieces.append(_Piece(at, max(at + 1, ended_at), left, _WIDTH))

    def x(self, at: int) -> float:
        """Return where a time is drawn."""
        for piece in self.pieces:
            if at <= piece.ended_at:
                share = (at - piece.began_at) / max(1, piece.ended_at - piece.began_at)
                return piece.left + share * (piece.right - piece.left)
        return _WIDTH


def timeline_svg(told: Timeline, *, now_ms: int) -> Element:
    """Return a timeline as an SVG element; of very many bars the first ones.

    Args:
        told: What is drawn.
        now_ms: Up to when bars are drawn that go on.
    """
    ended = now_ms if told.ended_at is None else told.ended_at
    bars = told.bars[:BARS_MAX]
    scale = Scale(told.began_at, max(ended, told.began_at), told.gaps)
    height = _HEAD + _ROW * len(bars) + 8
    size = {"viewBox": f"0 0 {number(_WIDTH)} {number(height)}", "width": number(_WIDTH), "height": number(height)}
    root = Element("svg", {"class": "timeline", "role": "img", "aria-label": _says(told, ended), **size})
    _ticks(root, scale, told.began_at, height)
    for gap in told.gaps:
        _gap(root, scale, gap, height)
    for at, bar in enumerate(bars):
        _bar(root, scale, bar, top=_HEAD + _ROW * at, ended=ended)
    return root


def _says(told: Timeline, ended: int) -> str:
    parts = f"{len(told.bars)} attempts in {seconds(max(0, ended - told.began_at))}"
    chain = ", ".join(clean(address) for address in told.critical[:50])
    return f"Timeline: {parts}. Decided when it ended: {chain or 'nothing yet'}. The table of steps says the same."


def _ticks(root: Element, scale: Scale, began_at: int, height: float) -> None:
    """Write times at the begin of each piece, and between where there is room."""
    last = _NAMES - 100
    for piece in scale.pieces[::2]:
        count = max(1, int(_TICKS * (piece.right - piece.left) / (_WIDTH - _NAMES)))
        for part in range(count):
            at = piece.began_at + (piece.ended_at - piece.began_at) * part // count
            x = scale.x(at)
            if x - last < 70:  # noqa: PLR2004  # as wide as a time is written
                continue
            last = x
            add(root, "line", {"class": "tick", "x1": x, "x2": x, "y1": _HEAD - 6, "y2": height})
            add(root, "text", {"class": "when", "x": x + 3, "y": 14.0}, text=f"+{seconds(at - began_at)}")


def _gap(root: Element, scale: Scale, gap: Gap, height: float) -> None:
    left, right = scale.x(gap.began_at), scale.x(gap.ended_at)
    group = add(root, "g", {"class": "gap"})
    add(group, "title", {}, text=f"nothing ran for {seconds(gap.ended_at - gap.began_at)}")
    add(group, "rect", {"x": left, "y": _HEAD - 6, "width": right - left, "height": height - _HEAD + 6})


def _bar(root: Element, scale: Scale, bar: Bar, *, top: float, ended: int) -> None:
    group = add(root, "g", {"class": f"bar {bar.status}" + (" critical" if bar.is_critical else "")})
    name = f"{clean(bar.address, chars_max=_NAME_CHARS)}" + (f" ·{bar.attempt}" if bar.attempt > 1 else "")
    add(group, "title", {}, text=_tooltip(bar, ended))
    add(group, "text", {"class": "step", "x": 4.0, "y": top + 15}, text=f"{GLYPHS[bar.status]} {name}")
    for part in bar.parts:
        _part(group, scale, part, top=top, ended=ended)


def _part(group: Element, scale: Scale, part: BarPart, *, top: float, ended: int) -> None:
    left, right = scale.x(part.began_at), scale.x(ended if part.ended_at is None else part.ended_at)
    is_thin = part.span != "running"
    size = {"y": top + (8 if is_thin else 4), "height": 6.0 if is_thin else 14.0, "rx": 2.0}
    add(group, "rect", {"class": str(part.span), "x": left, "width": max(_PART_MIN, right - left), **size})


def _tooltip(bar: Bar, ended: int) -> str:
    said = [f"{clean(bar.address)}, attempt {bar.attempt}: {bar.status}"]
    for part in bar.parts:
        took = seconds(max(0, (ended if part.ended_at is None else part.ended_at) - part.began_at))
        said.append(f"{str(part.span).replace('_', ' ')} {took}")
    return "\n".join(said + (["it decided when the run ended"] if bar.is_critical else []))
