"""The style sheet of a report: light, dark where the reader prefers it, and on paper."""

from collections.abc import Mapping

from podium.draw.overlay import Status
from podium.draw.palette import DARK, LIGHT, STATUS_DARK, STATUS_LIGHT, Paint, Theme

_SHAPE = """
:root { color-scheme: light dark }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; font: 15px/1.5 ui-sans-serif, system-ui, sans-serif }
h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
code, pre, .step, .mono { font-family: ui-monospace, monospace; font-size: .87rem }
pre { margin: .3rem 0; padding: .6rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere }
figure { margin: .5rem 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .6rem 0 }
dd { margin: 0; overflow-wrap: anywhere }
span.status { font-weight: 600; display: inline-block; padding: .1rem .6rem; border-radius: 6px; border: 1px solid }
.wide { overflow-x: auto; border-radius: 8px; border: 1px solid }
.wide > svg { display: block; height: auto; max-width: 100% }
table { border-collapse: collapse; width: 100%; text-align: left }
caption { text-align: left; padding: .3rem 0 }
th, td { padding: .3rem .6rem; border-bottom: 1px solid; vertical-align: top }
thead th, td.status { white-space: nowrap }
tbody th { max-width: 24rem; overflow-wrap: break-word }
td:last-child { width: 60%; overflow-wrap: anywhere }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums }
summary { cursor: pointer }
.timeline text { font: 11px ui-sans-serif, system-ui, sans-serif }
.timeline .step { font: 12px ui-monospace, monospace }
.timeline .critical .step { font-weight: 700 }
.timeline .gap rect { opacity: .5 }
.legend span { margin-right: 1.2rem }
@media print {
  body { max-width: none; padding: 0; font-size: 11px }
  h2 { break-after: avoid }
  tr, figure { break-inside: avoid }
  .wide { overflow: visible; border: 0 }
  details::details-content { content-visibility: visible; block-size: auto }
}
"""


def style() -> str:
    """Return the whole style sheet; always the same text."""
    light, dark = _theme(LIGHT, STATUS_LIGHT), _theme(DARK, STATUS_DARK)
    return f"{_SHAPE.strip()}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _theme(theme: Theme, status: Mapping[Status, Paint]) -> str:
    rules = [
        f"body {{ background: {theme.canvas}; color: {theme.text} }}",
        f"pre {{ background: {theme.container} }}",
        f"dt, caption, .faint {{ color: {theme.faint} }}",
        f"th, td, .wide {{ border-color: {theme.border} }}",
        f".timeline text {{ fill: {theme.text} }}",
        f".timeline .when {{ fill: {theme.faint} }}",
        f".timeline .tick {{ stroke: {theme.border} }}",
        f".timeline .gap rect {{ fill: {theme.border} }}",
        f".timeline .queued {{ fill: {theme.border} }}",
        f".timeline .waiting {{ fill: {status[Status.WAITING].line} }}",
        f".timeline .backing_off {{ fill: {status[Status.RETRYING].line} }}",
        f".timeline .critical rect {{ stroke: {theme.text}; stroke-width: 1.5 }}",
    ]
    for word, paint in status.items():
        rules.append(f".status.{word} {{ color: {paint.line} }}")
        rules.append(f"span.status.{word} {{ background: {paint.fill}; border-color: {paint.line} }}")
        rules.append(f".timeline .{word} .running {{ fill: {paint.line} }}")
    return "\n".join(rules)
