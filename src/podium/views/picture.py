"""A laid-out graph, ready to be drawn: every path, box and text of `draw.svg`, with no run laid over it."""

from podium.views.view import View


class PictureBox(View):
    """A box. See `draw.picture.Box`, whose numbers these are.

    Attributes:
        place: Node names from the root down, joined by "/".
        shape: `start`, `end`, `node` or `container`.
        kind: What the node is (`step`, `tool`, `human`, `sleep`, `wait`, `workflow`, `plan`); "" for start and end.
        name, lines: What is written: the name, then a line each.
        icon: SVG path of what it is, in a square of 16.
        writes: Its own code names a tool that writes.
        is_map: Once per item.
        is_conditional: Only if its condition holds.
        is_folded: It holds a nested graph that is not drawn.
    """

    place: str
    shape: str
    x: float
    y: float
    width: float
    height: float
    depth: int = 0
    kind: str = ""
    name: str = ""
    lines: tuple[str, ...] = ()
    icon: str = ""
    writes: bool = False
    is_map: bool = False
    is_conditional: bool = False
    is_folded: bool = False


class PictureLine(View):
    """An arrow: SVG paths of its line and its head, and of the same way backwards, and the words on it, if any.

    `label_x`, `label_y`: the middle of the words, or where words would best be.
    """

    source: str
    target: str
    kind: str
    line: str
    head: str
    back_line: str
    back_head: str
    label: str = ""
    label_x: float = 0
    label_y: float = 0
    label_width: float = 0
    label_height: float = 0


class Picture(View):
    """A whole picture, in pixels; boxes from outer to inner. `foldable`: places whose nested graphs can be folded."""

    width: float
    height: float
    boxes: tuple[PictureBox, ...]
    lines: tuple[PictureLine, ...]
    foldable: tuple[str, ...] = ()
