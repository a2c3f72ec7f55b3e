"""A run as its page begins: all that is needed to draw it before anything more is asked for."""

from podium.views.picture import Picture
from podium.views.runs import RunRow
from podium.views.standing import Standing, StepLine
from podium.views.view import FailureView, Value, View


class RunPage(View):
    """A run.

    Attributes:
        run: Its row.
        picture, standing: Its graph, with the plans that it carried out, and how it stands.
        steps: In the order in which they began.
        input, output: Whole, as far as a page shows it.
        failure: What it ended with, or is undoing for.
        opens_at: The step to select first: the one that failed or is parked, else the one that moves; "" for none.
        children: Ids of runs that were forked from it, newest first, at most 50.
        can: What may be asked of it now: `cancel`, `retry`, `resume`, `fork`, `signal`, `answer`, `resolve`.
        signals: Names of signals that it may wait for.
        spent: Tokens and cost of its agents: (tokens in, tokens out, micro-units).
        boards: Names of boards with posts on them.
        has_code: A process of this server can run it.
    """

    run: RunRow
    picture: Picture
    standing: Standing
    steps: tuple[StepLine, ...]
    input: Value | None = None
    output: Value | None = None
    failure: FailureView | None = None
    opens_at: str = ""
    children: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    spent: tuple[int, int, int] = (0, 0, 0)
    boards: tuple[str, ...] = ()
    has_code: bool = True
