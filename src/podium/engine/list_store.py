"""What is listed of runs, and which: filters, counts, places in lists, what moved since the last look; who lists it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from podium.engine.status import Status

if TYPE_CHECKING:
    from podium.engine.ports import HumanTask, ParkedStep, RunInfo


@dataclass(slots=True, kw_only=True)
class RunFilter:
    """Which runs to list, newest first; None and empty mean all.

    Attributes:
        statuses: That stand so.
        workflow: Of the workflow of that name.
        tenant: On behalf of that tenant.
        text: With this in their id, the name of their workflow, their input as far as their row has it, or their error,
            whatever the case of ASCII letters.
        parent: Forked from that run.
        before: Continue after this run id; RunNotFoundError where it is not there (any more).
        limit: At most so many.
    """

    statuses: Collection[Status] = field(default_factory=tuple)
    workflow: str | None = None
    tenant: str | None = None
    text: str | None = None
    parent: str | None = None
    before: str | None = None
    limit: int = 50

    def passes(self, info: "RunInfo") -> bool:
        """Claim that a run passes, however it stands."""
        if any(
            wanted is not None and wanted != is_
            for wanted, is_ in ((self.workflow, info.workflow), (self.tenant, info.tenant), (self.parent, info.parent))
        ):
            return False
        text = (self.text or "").lower()
        return not text or any(text in part.lower() for part in (info.id, info.workflow, info.input, info.error or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many runs stand how; `is_exact`: none was left uncounted."""

    by_status: Mapping[Status, int]
    is_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much waits for people: open questions, and parked steps."""

    tasks: int
    parked: int


@dataclass(frozen=True, slots=True, order=True)
class ListPlace:
    """Where a question or a parked step stands in its list: when it came, its run, its path."""

    at: int
    run_id: str
    path: str


TOP = ListPlace(-1, "", "")
"""Stands before every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What moved since a look.

    Attributes:
        mark: What to give at the next look.
        runs: Each once, newest run first.
        is_whole: None was left out; else read anew what is shown.
    """

    mark: int
    runs: Sequence["RunInfo"] = ()
    is_whole: bool = True


MOVED_MAX = 200
"""So many runs are told of at one look."""


class Moves(Protocol):
    """Looks for runs that moved, whoever moved them."""

    async def look(self) -> Moved:
        """Return what moved since the look before; of the first one, nothing."""


class ListStore(Protocol):
    """The part of a store that people's lists are made from."""

    async def runs(self, which: RunFilter) -> Sequence["RunInfo"]:
        """List runs."""

    async def counts(self, which: RunFilter) -> Tally:
        """Count runs by status, whatever statuses and page `which` asks for."""

    async def moved(self, mark: int | None, *, limit: int = MOVED_MAX) -> Moved:
        """Say which runs have new events since `mark`, in any process; None: only where the mark is now."""

    async def versions(self, run_ids: Collection[str]) -> Mapping[str, object]:
        """Return a value for each run that is there: another one whenever anything of it was committed."""

    async def tasks(
        self, *, only_open: bool = True, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence["HumanTask"]:
        """List human tasks, oldest first: those that stand after a place."""

    async def parked(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence["ParkedStep"]:
        """List parked steps, oldest first: those that stand after a place."""

    async def waiting(self) -> Waiting:
        """Count open human tasks and parked steps."""
