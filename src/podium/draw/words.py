"""Texts for pictures: what a node is and does in a few words, and hostile text made harmless to look at.

Names and titles are data: each format escapes them in its own way, after `clean` took out what no picture can show.
"""

import unicodedata

from podium.draw.overlay import NodeStatus
from podium.graph.nodes import GraphKind, Node, NodeKind, OnItemError, ToolFacts

KIND_WORDS = {GraphKind.MACHINE: "state machine", GraphKind.DAG: "DAG"}

NOT_REACHED = "not reached"

_NAME_CHARS_MAX = 48
_READ_PER_CHAR = 20

_UNITS_MS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))
_SPACE = frozenset({"Zl", "Zp", "Zs"})
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
"""Categories of characters that show nothing, break lines, or turn the direction of the text around them."""


def clean(text: str, *, chars_max: int = 200) -> str:
    """Return `text` on one line, without control, direction and unassigned characters, cut with an ellipsis.

    Of a text that is very much longer, only the beginning is looked at.
    """
    begun = text[: chars_max * _READ_PER_CHAR]
    line = " ".join(begun.split()) if begun.isascii() and begun.isprintable() else _line(begun)
    return line if len(line) <= chars_max and len(begun) == len(text) else line[: chars_max - 1].rstrip() + "…"


def marks(node: Node, *, compensates: bool) -> tuple[str, ...]:
    """Return what is worth knowing of a node besides its name and title, most telling first.

    Args:
        node: The node.
        compensates: The run undoes its writes when it fails.
    """
    found = [_kind(node), *_until(node), *_map(node)]
    found += ["only if its condition holds"] if node.has_condition else []
    found += _writes(node.tools, compensates=compensates)
    found += [clean(limit) for limit in node.limits]
    found += _guards(node)
    found += _fallbacks(node)
    return tuple(mark for mark in found if mark)


def duration(ms: int) -> str:
    """Return a time span in its two largest units: `2 d`, `1 h 30 min`, `250 ms`."""
    parts = []
    left = ms
    for unit_ms, unit in _UNITS_MS:
        count, left = divmod(left, unit_ms)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2]) or f"{ms} ms"


def status_words(status: NodeStatus) -> str:
    """Return how a node stands: `running · ×17 · 3/7 · in draft`."""
    words = [str(status.status)]
    words += [f"×{status.visits}"] if status.visits > 1 else []
    words += [f"attempt {status.attempts}"] if status.attempts > 1 else []
    words += [f"{status.items_done}/{status.items_total}"] if status.items_total is not None else []
    words += [f"in {clean(status.inside, chars_max=_NAME_CHARS_MAX)}"] if status.inside else []
    return " · ".join(words)


def short_type(name: str) -> str:
    """Return the class of a stored exception name without its module."""
    return name.rpartition(".")[2]


def writes(node: Node) -> bool:
    """Return whether a node's own code names a tool that writes."""
    return any(tool.writes for tool in node.tools)


def can_undo(node: Node) -> bool:
    """Return whether something that the node writes, or that its nested workflow writes, has a compensation."""
    if any(tool.compensable for tool in node.tools):
        return True
    return node.child is not None and any(can_undo(inner) for inner in node.child.nodes.values())


def _line(text: str) -> str:
    return " ".join("".join(map(_seen, text)).split())


def _seen(char: str) -> str:
    if char in "\t\n\r\v\f" or unicodedata.category(char) in _SPACE:
        return " "
    return "" if unicodedata.category(char) in _UNSEEN else char


def _kind(node: Node) -> str:
    match node.kind:
        case NodeKind.HUMAN:
            return "asks a person"
        case NodeKind.SLEEP:
            return f"sleeps {duration(node.duration_ms or 0)}"
        case NodeKind.WAIT:
            return f"waits for signal {clean(node.signal or '')}"
        case NodeKind.WORKFLOW:
            return KIND_WORDS[node.child.kind] if node.child else "workflow"
        case NodeKind.PLAN:
            return "carries out a plan"
        case NodeKind.STEP | NodeKind.TOOL:
            return ""


def _until(node: Node) -> list[str]:
    if node.timeout_ms is None:
        return []
    return [f"at most {duration(node.timeout_ms)}" + (", then the default" if node.default_answer is not None else "")]


def _map(node: Node) -> list[str]:
    if node.each is None:
        return []
    at_once = f", {node.concurrency} at once" if node.concurrency else ""
    kept = ["keeps failed items"] if node.on_item_error is OnItemError.COLLECT else []
    return [f"for each {node.each}{at_once}", *kept]


def _guards(node: Node) -> list[str]:
    """Return the guards of each tool that a step's code names; a node that is a tool has them as its own."""
    if node.kind is NodeKind.TOOL:
        return []
    return [clean(f"{tool.name}: {', '.join(tool.limits)}") for tool in node.tools if tool.limits]


def _fallbacks(node: Node) -> list[str]:
    """Return what is called in place of each tool of a step when it fails."""
    found = [(tool.name, f"falls back to {', '.join(tool.fallback)}") for tool in node.tools if tool.fallback]
    return [clean(told if node.kind is NodeKind.TOOL else f"{name}: {told}") for name, told in found]


def _writes(tools: tuple[ToolFacts, ...], *, compensates: bool) -> list[str]:
    found = [tool for tool in tools if tool.writes]
    if not found:
        return []
    marked = ["writes"]
    marked += ["may ask first"] if any(tool.asks for tool in found) else []
    marked += ["can be undone"] if compensates and any(tool.compensable for tool in found) else []
    marked += ["can not be undone"] if any(tool.irreversible for tool in found) else []
    return marked
