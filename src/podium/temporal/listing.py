"""Runs as the server lists them: found by its search attributes, told of from their memos, without any worker.

What the server lists is a little late: a change of status shows within about a second. Its order is the server's own:
runs that are not over, youngest first, then those that are, beginning with the one that ended last.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from itertools import chain
from typing import Any

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from podium.engine.list_store import MOVED_MAX, Moved, RunFilter, Tally
from podium.engine.ports import RunInfo, Status
from podium.errors import DamagedError
from podium.temporal.address import Address
from podium.temporal.rpc import asking
from podium.temporal.wire import ABOUT, RUN, STATUS, WORKFLOW

_CLOSED = {
    WorkflowExecutionStatus.COMPLETED: Status.COMPLETED,
    WorkflowExecutionStatus.CANCELED: Status.CANCELLED,
    WorkflowExecutionStatus.FAILED: Status.FAILED,
    WorkflowExecutionStatus.TERMINATED: Status.FAILED,
    WorkflowExecutionStatus.TIMED_OUT: Status.FAILED,
}

COUNTED_MAX = 1000
"""So many runs are looked at one by one to count them."""

_BY_FORCE = frozenset({WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT})


class Listing:
    """The runs of a task queue, as the server's visibility store knows them."""

    def __init__(self, client: Client, at: Address) -> None:
        self._client, self._at = client, at

    async def runs(self, which: RunFilter) -> list[RunInfo]:
        """Return runs in the server's order; see `RunFilter`."""
        clauses = _clauses(which)
        if which.statuses:
            clauses.append(_has_status(which.statuses))
        found: list[RunInfo] = []
        is_after = which.before is None
        async for info in self._each(clauses):
            if is_after and which.passes(info):
                found.append(info)
            is_after = is_after or info.id == which.before
            if len(found) == which.limit:
                break
        return found

    async def counts(self, which: RunFilter) -> Tally:
        """Count runs by status: the server does, where it knows what is asked for; else the first `COUNTED_MAX` count.

        What the server counts are executions: a run that was sent on after it was over counts once for each end.
        """
        if which.text or which.tenant is not None or which.parent is not None:
            return await self._counted(which)
        found = await asyncio.gather(*(self._count([*_clauses(which), _has_status([status])]) for status in Status))
        return Tally(by_status={status: count for status, count in zip(Status, found, strict=True) if count})

    async def _counted(self, which: RunFilter) -> Tally:
        found: Counter[Status] = Counter()
        looked_at = 0
        async for info in self._each(_clauses(which)):
            if looked_at == COUNTED_MAX:
                return Tally(by_status=found, is_exact=False)
            looked_at += 1
            found[info.status] += which.passes(info)
        return Tally(by_status=+found)

    async def _count(self, clauses: list[str]) -> int:
        with asking(self._at, ""):
            return (await self._client.count_workflows(self._query(clauses))).count

    async def open(self, statuses: Collection[Status] = ()) -> list[RunInfo]:
        """Return all runs that are not over, or those of them that stand so."""
        clauses = [_has_status(statuses)] if statuses else []
        return [info async for info in self._each(["ExecutionStatus = 'Running'", *clauses])]

    async def latest(self, limit: int) -> list[RunInfo]:
        """Return the runs that began last of those that are not over, and those that ended last, `limit` of each."""
        found: list[RunInfo] = []
        for clause in ("ExecutionStatus = 'Running'", "ExecutionStatus != 'Running'"):
            rows = [info async for info in self._each([clause], limit=limit)]
            found += rows
        return found

    async def changed_since(self, at_ms: int) -> AsyncIterator[RunInfo]:
        """Yield runs that are not over, and those that are over since `at_ms`."""
        closed = f"CloseTime >= {at_ms * 1_000_000}"
        async for info in self._each([f"(ExecutionStatus = 'Running' OR {closed})"]):
            yield info

    def _query(self, clauses: list[str]) -> str:
        mine = (f"WorkflowType = '{RUN}'", f"TaskQueue = {_quoted(self._at.queue)}")
        return " AND ".join(chain(mine, ("ExecutionStatus != 'ContinuedAsNew'",), clauses))

    async def _each(self, clauses: list[str], *, limit: int | None = None) -> AsyncIterator[RunInfo]:
        """Yield runs, each as its last execution says."""
        seen: set[str] = set()
        with asking(self._at, ""):
            async for execution in self._client.list_workflows(self._query(clauses), limit=limit):
                if execution.id not in seen:
                    seen.add(execution.id)
                    yield await row(execution)


class LatestMoves:
    """Looks for runs that the server lists differently, among the latest. It implements `list_store.Moves`."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._known: dict[str, RunInfo] | None = None

    async def look(self) -> Moved:
        """See `Moves.look`."""
        known, found = self._known, await self._listing.latest(MOVED_MAX // 2)
        self._known = {info.id: info for info in reversed(found)}
        if known is None:
            return Moved(mark=0)
        moved = [info for info in self._known.values() if known.get(info.id) != info]
        return Moved(mark=0, runs=moved, is_whole=len(moved) < MOVED_MAX // 2)


async def row(execution: WorkflowExecution) -> RunInfo:
    """Return a run's row as the server alone knows it.

    Raises:
        DamagedError: The execution was not started by Podium, or its memo can not be decoded.
    """
    try:
        info: RunInfo = await execution.memo_value(ABOUT, type_hint=RunInfo)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        message = f"execution {execution.id} has no memo that Podium can read: {error}"
        raise DamagedError(message) from error
    ended_ms = None if execution.close_time is None else int(execution.close_time.timestamp() * 1000)
    status = _status(execution)
    told: dict[str, Any] = {"status": status}
    if ended_ms is not None:
        told["updated_at"] = ended_ms
    if execution.status in _BY_FORCE:
        told["error"] = f"its execution was {execution.status.name.lower().replace('_', ' ')} on the server"
    return replace(info, **told)


def _status(execution: WorkflowExecution) -> Status:
    said = Status(execution.typed_search_attributes.get(STATUS, Status.RUNNING))
    closed = _CLOSED.get(execution.status) if execution.status is not None else None
    if closed is None or (said.is_terminal and closed is not Status.COMPLETED):
        return said
    return closed


def _clauses(which: RunFilter) -> list[str]:
    """Return what the server can say of runs, however they stand; the rest is in their memos."""
    return [] if which.workflow is None else [f"{WORKFLOW.name} = {_quoted(which.workflow)}"]


def _has_status(statuses: Collection[Status]) -> str:
    wanted = set(statuses)
    moving = sorted(status.value for status in wanted if not status.is_terminal)
    ended = sorted(status.value for status in wanted if status.is_terminal and status is not Status.COMPLETED)
    clauses = []
    if moving:
        clauses.append(f"(ExecutionStatus = 'Running' AND {_among(moving)})")
    if ended:
        clauses.append(f"(ExecutionStatus != 'Running' AND {_among(ended)})")
    if Status.COMPLETED in wanted:
        clauses.append("ExecutionStatus = 'Completed'")
    if Status.FAILED in wanted:
        clauses.append("ExecutionStatus IN ('Terminated', 'TimedOut')")
    return f"({' OR '.join(clauses)})"


def _among(statuses: list[str]) -> str:
    return f"{STATUS.name} IN ({', '.join(map(_quoted, statuses))})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
