"""How a run stands, place by place of its picture, and what changes from event to event."""

from podium.draw.overlay import Status
from podium.views.view import View


class NodeStanding(View):
    """How one place stands; see `draw.overlay.NodeStatus`.

    Attributes:
        status: Of the latest visit; of what holds a nested graph and runs, that of what is inside it.
        words: What is written under the box, status first.
        address: The step to select for this place: the latest visit, or the item of a map that wants attention.
        visits, attempts: How often it was entered; which try the latest visit is at.
        items_done, items_total: Of a map its items, inside the items of a map the visits; None: no matter of many.
    """

    status: Status
    words: str
    address: str
    visits: int = 1
    attempts: int = 1
    items_done: int = 0
    items_total: int | None = None


Way = tuple[str, str]


class Standing(View):
    """What is laid over a picture after event number `seq`.

    Attributes:
        seq, at: The last event told, and when it was.
        nodes: By place; what is missing was not reached.
        taken: Ways that the run went.
        undone: Ways that compensation has gone, each from the undone place to the one that is undone next, in order. It
            is a line of the picture with these ends, else one with them exchanged, drawn backwards (`back_line`).
    """

    seq: int
    at: int
    nodes: dict[str, NodeStanding]
    taken: tuple[Way, ...] = ()
    undone: tuple[Way, ...] = ()


class Patch(View):
    """What to change in a standing to get a later one; `patching.patched` does it.

    Attributes:
        seq, at: The last event that this tells of.
        nodes: Those that stand differently; None: not reached any more.
        taken, undone: Ways to add at the end; None for none.
        resets: Forget everything first, steps too (a rewound run, another plan in the place of one).
        redraws: A plan came with the data since: the picture is another one.
    """

    seq: int
    at: int
    nodes: dict[str, NodeStanding | None]
    taken: tuple[Way, ...] | None = None
    undone: tuple[Way, ...] | None = None
    resets: bool = False
    redraws: bool = False


class StepLine(View):
    """A step on one line of the tree and of the table beside the picture.

    Attributes:
        address: As `draft#2`, `summaries[7]`, `flight.undo`.
        place: Where it stands in the picture.
        depth: How deep it is nested.
        status, note: How it stands, and a few words on it; may hold text from a tool.
        began_at, ended_at: Times; None while it goes on.
        attempts: How many so far.
    """

    address: str
    place: str
    depth: int
    status: Status
    note: str = ""
    began_at: int
    ended_at: int | None = None
    attempts: int = 1
