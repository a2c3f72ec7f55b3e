"""What followers of a run are sent."""

from podium.views.journal import JournalRow
from podium.views.runs import RunRow
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
