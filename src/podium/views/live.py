"""What followers of a run, or of a list of runs, are sent."""

from podium.engine.status import Status
from podium.views.journal import JournalRow
from podium.views.runs import RunCounts, RunRow
from podium.views.standing import Patch, StepLine
from podium.views.view import View


class LiveNews(View):
    """What followers of a run are sent: what changed, and how long the journal has become.

    Attributes:
        run: Its row.
        patch: For the picture.
        steps: Lines that are new or changed, in order.
        journal: Rows of the journal, those since the news before; at most 500, else None: read them.
    """

    run: RunRow
    patch: Patch
    steps: tuple[StepLine, ...] = ()
    journal: tuple[JournalRow, ...] | None = ()


class LiveEnd(View):
    """The last that followers of a run are sent: how it ended; None where it can not be read any more, and why."""

    status: Status | None
    why: str = ""


class RunsNews(View):
    """What followers of a list of runs are sent.

    Attributes:
        changed: Runs that moved and pass the list's filter, however they stand: one that has another status than the
            list shows has left it.
        counts: Under the list's filter.
        tasks, parked: How much waits for people, in all.
        is_whole: No run that moved was left out; else what is shown is to be read anew.
    """

    changed: tuple[RunRow, ...]
    counts: RunCounts
    tasks: int
    parked: int
    is_whole: bool = True


class TokenNews(View):
    """What was added to an answer that a step waits for; see `effects.ports.Token`. Text of a model, provisional."""

    path: str
    stream: int
    text: str
