"""What clients ask of runs: by updates while they go on, by the law itself once they are over, by signals at last."""

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from podium.engine.ports import Clock, InboxRow, RunInfo, Status
from podium.engine.registry import Registry
from podium.errors import StoreUnavailableError
from podium.temporal import closed, wire
from podium.temporal.address import Address
from podium.temporal.records import Records
from podium.temporal.rpc import apart, asking, typed, until_back

_WENT_ON = "AcceptedUpdateCompletedWorkflow"
"""How an update fails whose execution ended, or continued as a new one, with the question open."""


class Requests:
    """Starts runs and gives them stimuli.

    Args:
        client, at: The server.
        records: Reads what is on record.
        registry: The code that checks what is asked of runs that are over, where it is here.
        clock: Time.
    """

    def __init__(self, client: Client, at: Address, records: Records, *, registry: Registry, clock: Clock) -> None:
        self._client, self._at, self._records = client, at, records
        self._registry, self._clock = registry, clock

    async def start(self, begin: wire.Continuation, info: RunInfo, *, again: bool = False) -> None:
        """Start an execution of a run; `again`: of one that had another before.

        Raises:
            WorkflowAlreadyStartedError: The id is taken. StoreUnavailableError: The server does not do it.
        """
        shown = [
            SearchAttributePair(wire.STATUS, Status.RUNNING.value),
            SearchAttributePair(wire.WORKFLOW, info.workflow),
        ]
        policy = WorkflowIDReusePolicy.ALLOW_DUPLICATE if again else WorkflowIDReusePolicy.REJECT_DUPLICATE
        with asking(self._at, ""):
            await self._client.start_workflow(
                wire.RUN,
                args=[begin.start, *begin.parts],
                id=info.id,
                task_queue=self._at.queue,
                id_reuse_policy=policy,
                memo={wire.ABOUT: info},
                search_attributes=TypedSearchAttributes(shown),
            )

    async def ask(self, row: InboxRow) -> str:
        """Give a stimulus to its run and wait for the verdict, which a worker gives, whatever becomes of the server."""
        while (verdict := await self._once(row)) is None:
            pass  # under the same id, so it counts once
        return verdict

    async def _once(self, row: InboxRow) -> str | None:
        """Ask; return None where it has to be asked again."""
        try:
            return await until_back(lambda: self._update(row), self._at)
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return None  # no worker took it yet
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == _WENT_ON:
                return None
            message = f"run {row.run_id} could not decide: {error.cause}"
            raise StoreUnavailableError(message) from error
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise typed(error, self._at, row.run_id) from error
        return await self._ask_closed(row)

    async def _update(self, row: InboxRow) -> str:
        handle = self._client.get_workflow_handle(row.run_id)
        return await apart(handle.execute_update(wire.ASK, _asked(row), id=row.id, result_type=str))

    async def _ask_closed(self, row: InboxRow) -> str | None:
        """Decide about a run that is over; return None where it is not over any more."""
        info = await self._records.described(row.run_id)
        if not info.status.is_terminal:
            return None
        decided = await closed.decide(row, self._records, self._registry, now_ms=self._clock.now_ms())
        if isinstance(decided, str):
            return decided
        try:
            await self.start(decided, info, again=True)
        except WorkflowAlreadyStartedError:
            return None
        return ""

    async def post(self, row: InboxRow) -> None:
        """Give a stimulus to its run, once per id; where the run is over, it is of no use and not kept."""
        handle = self._client.get_workflow_handle(row.run_id)
        try:
            await until_back(lambda: handle.signal(wire.TELL, _asked(row)), self._at)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise typed(error, self._at, row.run_id) from error
            await self._records.described(row.run_id)


def _asked(row: InboxRow) -> wire.Asked:
    return wire.Asked(id=row.id, kind=row.kind, body=row.body)
