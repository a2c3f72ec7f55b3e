"""Icons as strokes in a square of 16: paths, because a reader's fonts may lack any sign that is not a letter."""

from podium.draw.overlay import Status
from podium.draw.words import writes
from podium.graph.nodes import Node, NodeKind

SIZE = 16

_PEN = "M2.8 13.2l.9-3.5L10.9 2.5l2.6 2.6-7.2 7.2zM9.3 4.1l2.6 2.6"
_LENS = "M7 2.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 1 0 0-8.4M10.1 10.1l3.6 3.6"
_KINDS = {
    NodeKind.STEP: "M3 4l4 4-4 4M8.5 12h5",
    NodeKind.TOOL: _LENS,
    NodeKind.HUMAN: "M8 2.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M2.4 14c.3-2.8 2.6-4.2 5.6-4.2s5.3 1.4 5.6 4.2",
    NodeKind.SLEEP: "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6M8 4.8V8l2.3 1.8",
    NodeKind.WAIT: "M4.2 11V7.2a3.8 3.8 0 0 1 7.6 0V11l1.4 1.2H2.8zM6.8 14.2h2.4",
    NodeKind.PLAN: "M3 2.5h10v11H3zM5.2 5.5h1M5.2 8h1M5.2 10.5h1M8 5.5h3M8 8h3M8 10.5h3",
    NodeKind.WORKFLOW: "M2.5 2.5h5v4h-5zM8.5 9.5h5v4h-5zM5 6.5v5h3.5",
}

STATUS = {
    Status.WAITING: "M5.5 3.5v9M10.5 3.5v9",
    Status.RUNNING: "M5 3l8 5-8 5z",
    Status.RETRYING: "M13 8a5 5 0 1 1-1.5-3.6M13 1.8v3.4H9.6",
    Status.DONE: "M3 8.6l3.4 3.4L13 4.6",
    Status.FAILED: "M4 4l8 8M12 4l-8 8",
    Status.SKIPPED: "M2.5 4l5 4-5 4zM8.5 4l5 4-5 4z",
    Status.PARKED: "M8 2.5l6 11H2zM8 6.4v3.4M8 11.6v.3",
    Status.CANCELLED: "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6M4 4l8 8",
    Status.UNDOING: "M6 2.8L2.5 6.3 6 9.8M2.5 6.3H10a3.5 3.5 0 0 1 0 7H6",
    Status.UNDONE: "M6 2.8L2.5 6.3 6 9.8M2.5 6.3H10a3.5 3.5 0 0 1 0 7H6",
}


def kind_icon(node: Node) -> str:
    """Return the path for what a node is; whatever writes by its own code gets a pen."""
    return _PEN if writes(node) else _KINDS[node.kind]
