"""The style sheet inside an SVG: plain rules, light first, then dark where the reader prefers it.

No custom properties: not every program that shows SVG knows them. Every selector begins with the picture's own class,
so that a page may hold the picture inline.
"""

from collections.abc import Mapping

from podium.draw.arrows import ArrowKind
from podium.draw.overlay import Status
from podium.draw.palette import (
    ARROWS_DARK,
    ARROWS_LIGHT,
    DARK,
    LIGHT,
    STATUS_DARK,
    STATUS_LIGHT,
    Paint,
    Theme,
)

ROOT_CLASS = "podium"
LAID_CLASS = "podium-run"

_SHAPE = """
text { font: 11px ui-sans-serif, system-ui, sans-serif }
.name { font: 600 13px ui-monospace, monospace }
.card { stroke-width: 1.25 }
.conditional .card { stroke-dasharray: 5 3 }
.icon { fill: none; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round }
.word { font-weight: 600 }
.edge { fill: none; stroke-width: 1.5 }
.condition .edge { stroke-dasharray: 2 3 }
.undo .edge { stroke-dasharray: 5 4 }
.taken .edge { stroke-width: 2.75 }
.chip text { text-anchor: middle }
"""


_LAID = """
.line { opacity: 0.5 }
.line.taken { opacity: 1 }
"""
"""Only with a run laid over."""


def style() -> str:
    """Return the whole style sheet; always the same text."""
    light = _theme(LIGHT, arrows=ARROWS_LIGHT, status=STATUS_LIGHT)
    dark = _theme(DARK, arrows=ARROWS_DARK, status=STATUS_DARK)
    return (
        f"{_own(_SHAPE)}\n{_own(_LAID, root=LAID_CLASS)}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"
    )


def _theme(theme: Theme, *, arrows: Mapping[ArrowKind, str], status: Mapping[Status, Paint]) -> str:
    rules = [
        f".canvas {{ fill: {theme.canvas} }}",
        f".card {{ fill: {theme.card}; stroke: {theme.border} }}",
        f".container .card {{ fill: {theme.container} }}",
        f"text {{ fill: {theme.faint} }}",
        f".name {{ fill: {theme.text} }}",
        f".icon {{ stroke: {theme.faint} }}",
        f".dot {{ fill: {theme.text} }}",
        f".ring {{ fill: none; stroke: {theme.text}; stroke-width: 1.5 }}",
        f".chip rect {{ fill: {theme.card} }}",
    ]
    for kind, colour in arrows.items():
        rules.append(f".{kind} .edge, .{kind} .chip rect {{ stroke: {colour} }}")
        rules.append(f".{kind} .head, .{kind} .chip text {{ fill: {colour} }}")
        rules.append(f".{kind} .chip .icon {{ stroke: {colour} }}")
    rules.append(f".next.taken .edge {{ stroke: {theme.text} }}")
    rules.append(f".next.taken .head {{ fill: {theme.text} }}")
    for word, paint in status.items():
        rules.append(f".{word} .card {{ stroke: {paint.line} }}")
        rules.append(f".{word}.node .card {{ fill: {paint.fill} }}")
        rules.append(f".{word} .state {{ stroke: {paint.line} }}")
        rules.append(f".{word} .word {{ fill: {paint.line} }}")
        rules.append(f".{word} .bar {{ fill: {paint.line} }}")
    return _own("\n".join(rules))


def _own(rules: str, *, root: str = ROOT_CLASS) -> str:
    """Put the picture's class before every selector."""
    owned = []
    for rule in rules.strip().splitlines():
        selectors, _, body = rule.partition(" {")
        owned.append(", ".join(f".{root} {part.strip()}" for part in selectors.split(",")) + " {" + body)
    return "\n".join(owned)
