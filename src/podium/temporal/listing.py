"""Runs as the server lists them: found by its search attributes, told of from their memos, without any worker.

What the server lists is a little late: a change of status shows within about a second. Its order is the server's own:
runs that are not over, youngest first, then those that are, beginning with the one that ended last.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import chain
from typing import Any

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from podium.engine.ports import RunFilter, RunInfo, Status
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

_BY_FORCE = frozenset({WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT})


class Listing:
    """The runs of a task queue, as the server's visibility store knows them."""

    def __init__(self, client: Client, at: Address) -> None:
        self._client, self._at = client, at

    async def runs(self, which: RunFilter) -> list[RunInfo]:
        """Return runs in the server's order; see `RunFilter`."""
        clauses = [_has_status(which)] if which.statuses else []
        if which.workflow is not None:
            clauses.append(f"{WORKFLOW.name} = {_quoted(which.workflow)}")
        found: list[RunInfo] = []
        is_after = which.before is None
        async for info in self._each(clauses):
            if is_after and _fits(info, which):
                found.append(info)
            is_after = is_after or info.id == which.before
            if len(found) == which.limit:
                break
        return found

    async def open(self) -> list[RunInfo]:
        """Return all runs that are not over."""
        return [info async for info in self._each(["ExecutionStatus = 'Running'"])]

    async def changed_since(self, at_ms: int) -> AsyncIterator[RunInfo]:
        """Yield runs that are not over, and those that are over since `at_ms`."""
        closed = f"CloseTime >= {at_ms * 1_000_000}"
        async for info in self._each([f"(ExecutionStatus = 'Running' OR {closed})"]):
            yield info

    async def _each(self, clauses: list[str]) -> AsyncIterator[RunInfo]:
        """Yield runs, each as its last execution says."""
        mine = (f"WorkflowType = '{RUN}'", f"TaskQueue = {_quoted(self._at.queue)}")
        query = " AND ".join(chain(mine, ("ExecutionStatus != 'ContinuedAsNew'",), clauses))
        seen: set[str] = set()
        with asking(self._at, ""):
            async for execution in self._client.list_workflows(query):
                if execution.id not in seen:
                    seen.add(execution.id)
                    yield await row(execution)


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


def _has_status(which: RunFilter) -> str:
    wanted = set(which.statuses)
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


def _fits(info: RunInfo, which: RunFilter) -> bool:
    return which.text is None or any(which.text in text for text in (info.id, info.workflow, info.error or ""))
