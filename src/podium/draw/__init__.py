"""Pictures of a graph, with or without a run laid over it: pure functions from data to text."""

from podium.draw.dot import dot
from podium.draw.layout import lay_out
from podium.draw.mermaid import mermaid
from podium.draw.overlay import NodeStatus, Overlay, Status
from podium.draw.plans import with_plans
from podium.draw.svg import svg
from podium.draw.terminal import GLYPHS, StepRow, TreeLine, seconds, tree, ways_back

__all__ = [
    "GLYPHS",
    "NodeStatus",
    "Overlay",
    "Status",
    "StepRow",
    "TreeLine",
    "dot",
    "lay_out",
    "mermaid",
    "seconds",
    "svg",
    "tree",
    "ways_back",
    "with_plans",
]
