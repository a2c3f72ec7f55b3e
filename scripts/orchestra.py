"""The whole orchestra on one page: boxes and arrows as tables, and the few functions that draw them.

`python scripts/pictures.py` writes docs/images/agent-orchestration-diagram.svg and .png from it.
"""

from typing import Literal, NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # builds, never parses

from podium.draw.arrows import ArrowKind
from podium.draw.overlay import Status
from podium.draw.palette import ARROWS_LIGHT, LIGHT, STATUS_LIGHT, Paint
from podium.draw.svg import NAMESPACE
from podium.draw.svg_parts import add, number

WIDTH, HEIGHT = 1600, 1060
PLAIN = Paint(LIGHT.border, LIGHT.card)
AREA = Paint(LIGHT.border, LIGHT.container)
BLUE, GREEN = STATUS_LIGHT[Status.RUNNING], STATUS_LIGHT[Status.DONE]
AMBER, UNDO = STATUS_LIGHT[Status.RETRYING], STATUS_LIGHT[Status.UNDONE]
PURPLE, ORANGE = STATUS_LIGHT[Status.WAITING], STATUS_LIGHT[Status.PARKED]
_NEXT, _ASKS, _PARKS = ARROWS_LIGHT[ArrowKind.NEXT], PURPLE.line, ORANGE.line
_BACK, _ERROR = UNDO.line, ARROWS_LIGHT[ArrowKind.ERROR]


class Box(NamedTuple):
    """A rectangle with a title and lines below it."""

    x: float
    y: float
    width: float
    height: float
    title: str
    lines: tuple[str, ...] = ()
    paint: Paint = PLAIN


class Arrow(NamedTuple):
    """A line through corner points, its head at the last; `at` is where its words stand."""

    points: tuple[tuple[float, float], ...]
    colour: str
    words: str = ""
    at: tuple[float, float] = (0, 0)
    anchor: Literal["start", "middle", "end"] = "middle"
    dashed: bool = False


AREAS = (
    Box(876, 110, 316, 244, "Workers: one role each", paint=AREA),
    Box(576, 440, 616, 236, "Guards: what a tool asks for, around each of its calls", paint=AREA),
    Box(1262, 440, 140, 236, "Tools", paint=AREA),
    Box(296, 884, 1264, 126, "Compensation: what a run has written is undone, the last write first", paint=AREA),
)

BOXES = (
    Box(40, 182, 180, 96, "A sentence", ("“Busan, three nights,", "with a car”"), BLUE),
    Box(
        296,
        160,
        210,
        140,
        "Intent router",
        ("which workflow is meant,", "and how sure that is;", "“none of these” is an", "answer too"),
        BLUE,
    ),
    Box(
        576,
        160,
        230,
        140,
        "Coordinator",
        ("after each round: who does", "what next, by what is on", "the board; bounded in", "rounds and budget"),
        BLUE,
    ),
    Box(900, 150, 268, 52, "planner", ("an agent: a model and its tools",)),
    Box(900, 214, 268, 52, "booker", ("a state machine or a DAG",)),
    Box(900, 278, 268, 52, "reviewer", ("an agent: checks, sends back",)),
    Box(
        1262,
        160,
        298,
        140,
        "Shared board",
        (
            "what each worker has found:",
            "posts in order, on record;",
            "read by the coordinator and",
            "by the other workers",
        ),
        BLUE,
    ),
    Box(
        40,
        440,
        180,
        236,
        "People",
        (
            "the inbox:",
            "questions, approvals,",
            "edits of a plan",
            "",
            "parked writes:",
            "what nobody can know",
            "is for them to decide",
        ),
        PURPLE,
    ),
    Box(
        296,
        488,
        210,
        140,
        "Tool router",
        ("which of the tools fit", "this step; one whose", "breaker is open is", "not offered"),
        BLUE,
    ),
    Box(600, 484, 272, 76, "fallback", ("what is called when", "this one has failed"), AMBER),
    Box(
        896,
        484,
        272,
        76,
        "journal",
        ("an answer on record is given again;", "a write's intent goes to disk first"),
        GREEN,
    ),
    Box(600, 580, 104, 76, "deadline", ("of the call,", "in all"), AMBER),
    Box(716, 580, 104, 76, "retry", ("under the", "same key"), AMBER),
    Box(832, 580, 104, 76, "breaker", ("open: not", "even asked"), AMBER),
    Box(948, 580, 104, 76, "rate", ("so many", "a minute"), AMBER),
    Box(1064, 580, 104, 76, "bulkhead", ("so many", "at once"), AMBER),
    Box(1280, 484, 104, 76, "read", ("may be", "asked again")),
    Box(1280, 580, 104, 76, "write", ("with a key", "of its own"), ORANGE),
    Box(1464, 484, 96, 172, "Outside", ("flights", "hotels", "cars", "models", "MCP"), PLAIN),
    Box(
        296,
        756,
        896,
        72,
        "Journal",
        ("each decision, request, answer and write of a run, in order; any living process takes the run over from it",),
        GREEN,
    ),
    Box(1262, 756, 112, 72, "SQLite", ("one file",), GREEN),
    Box(1386, 756, 104, 72, "Temporal", ("many hosts",), GREEN),
    Box(1326, 924, 210, 66, "failed for good", ("or cancelled",), STATUS_LIGHT[Status.FAILED]),
    Box(1064, 924, 190, 66, "undo write 3", ("the last comes first",), UNDO),
    Box(802, 924, 190, 66, "undo write 2", ("a key of its own",), UNDO),
    Box(540, 924, 190, 66, "undo write 1", ("again after a crash",), UNDO),
    Box(320, 924, 148, 66, "compensated", ("nothing is left",), UNDO),
)

ARROWS = (
    Arrow(((220, 230), (296, 230)), _NEXT),
    Arrow(((506, 230), (576, 230)), _NEXT, "starts", (541, 220)),
    Arrow(((806, 220), (876, 220)), _NEXT, "assigns", (841, 210)),
    Arrow(((1192, 230), (1262, 230)), _NEXT, "posts", (1227, 220)),
    Arrow(((1411, 160), (1411, 84), (691, 84), (691, 160)), _NEXT, "what is known by now", (1051, 76)),
    Arrow(
        ((340, 300), (340, 396), (170, 396), (170, 440)),
        _ASKS,
        "unsure: asks back, or escalates",
        (232, 388),
        dashed=True,
    ),
    Arrow(((90, 440), (90, 278)), _ASKS, "answers", (98, 350), "start"),
    Arrow(((1034, 354), (1034, 396), (401, 396), (401, 488)), _NEXT, "a step wants a tool", (718, 388)),
    Arrow(((506, 558), (576, 558)), _NEXT, "calls", (541, 548)),
    Arrow(((872, 522), (896, 522)), _NEXT),
    Arrow(((1032, 560), (1032, 570), (652, 570), (652, 580)), _NEXT),
    Arrow(((704, 618), (716, 618)), _NEXT),
    Arrow(((820, 618), (832, 618)), _NEXT),
    Arrow(((936, 618), (948, 618)), _NEXT),
    Arrow(((1052, 618), (1064, 618)), _NEXT),
    Arrow(((1192, 618), (1262, 618)), _NEXT, "sends", (1227, 608)),
    Arrow(((1402, 570), (1464, 570)), _NEXT),
    Arrow(((1168, 522), (1180, 522), (1180, 756)), GREEN.line, "commit before send", (1172, 712), "end"),
    Arrow(((620, 756), (620, 676)), GREEN.line, "on record: not sent again", (630, 712), "start"),
    Arrow(((401, 628), (401, 756)), GREEN.line, "what was chosen, and why", (411, 712), "start"),
    Arrow(((1192, 792), (1262, 792)), GREEN.line, "kept in", (1227, 782)),
    Arrow(((1332, 676), (1332, 716), (1516, 716), (1516, 924)), _ERROR, "no edge handles the error", (1424, 708)),
    Arrow(((1326, 957), (1254, 957)), _BACK, dashed=True),
    Arrow(((1064, 957), (992, 957)), _BACK, dashed=True),
    Arrow(((802, 957), (730, 957)), _BACK, dashed=True),
    Arrow(((540, 957), (468, 957)), _BACK, dashed=True),
    Arrow(
        ((635, 990), (635, 1034), (90, 1034), (90, 676)),
        _PARKS,
        "can not be undone: parks, with all that is needed to decide",
        (363, 1026),
        dashed=True,
    ),
    Arrow(((296, 792), (170, 792), (170, 676)), _PARKS, "in doubt: parks", (180, 744), "start", dashed=True),
)


def orchestra() -> Element:
    """Return the picture as an SVG element, light, the same on every machine."""
    root = Element(
        "svg", {"xmlns": NAMESPACE, "width": str(WIDTH), "height": str(HEIGHT), "viewBox": f"0 0 {WIDTH} {HEIGHT}"}
    )
    SubElement(root, "title").text = "The whole orchestra"
    add(root, "rect", {"width": WIDTH, "height": HEIGHT, "fill": LIGHT.canvas})
    _say(root, "Podium: the whole orchestra", (40, 52), font_size=26, font_weight="bold")
    for area in AREAS:
        _area(root, area)
    for arrow in ARROWS:
        _line(root, arrow)
    for box in BOXES:
        _box(root, box)
    return root


def text_of(root: Element) -> str:
    """Return an SVG as the text of a file."""
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _area(root: Element, area: Box) -> None:
    _frame(root, area)
    _say(root, area.title, (area.x + 16, area.y + 26), font_size=15, font_weight="bold", fill=LIGHT.faint)


def _box(root: Element, box: Box) -> None:
    """Draw a box; its title and lines stand in its middle."""
    _frame(root, box)
    middle, tall = box.x + box.width / 2, 19
    top = box.y + box.height / 2 - tall * len(box.lines) / 2 + 6
    _say(root, box.title, (middle, top), font_size=16, font_weight="bold", text_anchor="middle")
    for row, line in enumerate(box.lines, start=1):
        if line:
            _say(root, line, (middle, top + tall * row), font_size=14, text_anchor="middle")


def _frame(root: Element, box: Box) -> None:
    where: dict[str, str | float] = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": 8}
    add(root, "rect", {**where, "fill": box.paint.fill, "stroke": box.paint.line, "stroke-width": 1.5})


def _line(root: Element, arrow: Arrow) -> None:
    path = "M" + " L".join(f"{number(x)} {number(y)}" for x, y in arrow.points)
    dashes: dict[str, str | float] = {"stroke-dasharray": "6 4"} if arrow.dashed else {}
    look: dict[str, str | float] = {
        "fill": "none",
        "stroke": arrow.colour,
        "stroke-width": 2,
        "stroke-linejoin": "round",
    }
    add(root, "path", {"d": path, **look, **dashes})
    add(root, "path", {"d": _head(arrow.points[-2], arrow.points[-1]), "fill": arrow.colour})
    if arrow.words:
        _say(root, arrow.words, arrow.at, font_size=14, fill=arrow.colour, text_anchor=arrow.anchor)


def _head(before: tuple[float, float], tip: tuple[float, float]) -> str:
    """Return a triangle that points from `before` to `tip`; lines are level or upright."""
    (x, y), (from_x, from_y) = tip, before
    right, down = (x > from_x) - (x < from_x), (y > from_y) - (y < from_y)
    back_x, back_y = x - 10 * right, y - 10 * down
    corners = ((x, y), (back_x + 5 * down, back_y + 5 * right), (back_x - 5 * down, back_y - 5 * right))
    return "M" + " L".join(f"{number(a)} {number(b)}" for a, b in corners) + " Z"


def _say(root: Element, text: str, at: tuple[float, float], **look: str | float) -> None:
    """Write a line; `look` are attributes of SVG, with _ for -."""
    given = {
        "font-family": "sans-serif",
        "fill": LIGHT.text,
        **{name.replace("_", "-"): of for name, of in look.items()},
    }
    add(root, "text", {"x": at[0], "y": at[1], **given}, text=text)
