"""The plainest client: it starts runs, asks of them and reads them, through the names and payloads of the wire."""

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.common import SearchAttributePair as Pair
from temporalio.common import TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from podium.core import stimuli as st
from podium.core.codec import decode
from podium.core.events import Event
from podium.engine import inbox
from podium.engine.ports import HumanTask, ParkedStep, RunInfo
from podium.graph.encode import graph_to_json
from podium.temporal import wire
from podium.temporal.stimuli import pack
from podium.workflow.binding import Compiled

BEATS = wire.Limits(heartbeat_ms=1_000)
"""For tests that wait until a worker counts as lost."""


AGAIN = (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.UNAVAILABLE)
"""Nobody answered: whoever held the run stands still, or the server is gone."""


class BareClient:
    """Asks and reads.

    Attributes:
        client: Of the server.
        queue: The task queue that runs are put on.
    """

    def __init__(self, client: Client, queue: str) -> None:
        self.client, self.queue = client, queue

    async def start(
        self, workflow: Compiled, *, id: str | None = None, limits: wire.Limits = BEATS, **data: Any
    ) -> "Run":
        run_id = id or secrets.token_hex(8)
        given = workflow.parse_input(json.dumps(data))
        start = wire.RunStart(
            run_id=run_id,
            namespace="tests",
            workflow=workflow.name,
            graph_hash=workflow.hash,
            graph=graph_to_json(workflow.graph),
            first=pack(st.RunAsked(run_id, given)),
            limits=limits,
        )
        await self.begin(start)
        return Run(self.client, run_id)

    async def begin(self, start: wire.RunStart, *parts: str) -> None:
        attributes = [Pair(wire.STATUS, "running"), Pair(wire.WORKFLOW, start.workflow)]
        await self.client.start_workflow(
            wire.RUN,
            args=[start, *parts],
            id=start.run_id,
            task_queue=self.queue,
            search_attributes=TypedSearchAttributes(attributes),
        )

    async def retry(self, run: "Run") -> None:
        """Send a run on that is over."""
        on = await run.handle.query(wire.CARRY, result_type=wire.Continuation)
        await self.begin(replace(on.start, first=pack(st.RetryWanted("ann"))), *on.parts)

    # ----- effects.ports.Outbox

    def know(self, workflow: Compiled) -> None:
        """The tests' workers know all of them."""

    async def start_run(self, graph_hash: str, data: dict[str, str], run_id: str) -> None:
        raise NotImplementedError(graph_hash, data, run_id)

    async def signal_run(self, run_id: str, name: str, payload: str, *, signal_id: str) -> None:
        body = json.dumps({"name": name, "payload": payload})
        asked = wire.Asked(id=signal_id, kind=inbox.SIGNAL, body=body)
        await self.client.get_workflow_handle(run_id).signal(wire.TELL, asked)

    async def cancel_run(self, run_id: str, *, cancel_id: str) -> None:
        raise NotImplementedError(run_id, cancel_id)


class Run:
    """A run."""

    def __init__(self, client: Client, run_id: str) -> None:
        self.client, self.id = client, run_id

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Of whatever execution is the run's last one."""
        return self.client.get_workflow_handle(self.id)

    async def over(self) -> RunInfo:
        """Wait for the end, and return how it stands."""
        while True:
            with suppress(WorkflowFailureError):  # how it ended is in its row
                await self.handle.result()
            found = await self.info()
            if found.status.is_terminal:
                return found

    async def data(self) -> dict[str, Any]:
        found = await self.over()
        assert found.output is not None, found
        data: dict[str, Any] = json.loads(found.output)
        return data

    async def info(self) -> RunInfo:
        while True:
            try:
                info: RunInfo = await self.handle.query(wire.INFO, result_type=RunInfo)
            except RPCError as error:
                if error.status not in AGAIN:
                    raise
            else:
                return info

    async def events(self) -> list[Event]:
        page: wire.EventsPage = await self.handle.query(wire.EVENTS, args=[0, 100_000], result_type=wire.EventsPage)
        return [decode(*row) for row in page.rows]

    async def kinds(self) -> list[str]:
        return [type(event).__name__ for event in await self.events()]

    async def tasks(self) -> list[HumanTask]:
        tasks: list[HumanTask] = await self.handle.query(wire.TASKS, result_type=list[HumanTask])
        return tasks

    async def parked(self) -> list[ParkedStep]:
        parked: list[ParkedStep] = await self.handle.query(wire.PARKED, result_type=list[ParkedStep])
        return parked

    async def until(self, status: str) -> RunInfo:
        """Wait until the run stands so."""
        async with asyncio.timeout(60):
            while True:
                found = await self.info()
                if found.status == status:
                    return found

    async def ask(self, kind: str, *, ask_id: str | None = None, **body: Any) -> str:
        asked = wire.Asked(id=ask_id or secrets.token_hex(8), kind=kind, body=json.dumps(body))
        verdict: str = await self.handle.execute_update(wire.ASK, asked, result_type=str)
        return verdict

    async def cancel(self) -> str:
        return await self.ask(inbox.CANCEL, by="ann", reason="enough")

    async def signal(self, name: str, payload: Any, *, ask_id: str | None = None) -> str:
        return await self.ask(inbox.SIGNAL, ask_id=ask_id, name=name, payload=json.dumps(payload))

    async def answer(self, path: str, answer: object) -> str:
        return await self.ask(inbox.ANSWER, path=path, answer=json.dumps(answer), by="ann")

    async def resolve(self, path: str, verb: str, answer: Any = None) -> str:
        text = None if answer is None else json.dumps(answer)
        return await self.ask(inbox.RESOLVE, path=path, verb=verb, answer=text, by="ann")

    async def heard_for_ms(self) -> int:
        """Return how long after its begin the activity under way was last heard."""
        described = await self.handle.describe()
        for activity in described.raw_description.pending_activities:
            begun, heard = activity.last_started_time, activity.last_heartbeat_time
            return max(0, heard.ToMilliseconds() - begun.ToMilliseconds())
        return 0

    async def shown(self) -> tuple[WorkflowExecutionStatus | None, str]:
        """Return how the server's lists show it."""
        found = await self.handle.describe()
        return found.status, str(found.typed_search_attributes.get(wire.STATUS))
