"""An answer that nobody waits for any more is signalled to its run."""

import asyncio
import logging
import secrets

from temporalio.client import Client
from temporalio.service import RPCError

from podium.core.stimuli import LateEvidence
from podium.engine import inbox
from podium.guard.clock import GuardClock
from podium.temporal.wire import TELL, Asked

_LOG = logging.getLogger("podium")


class LateAnswers:
    """Tells runs; where one can not be told, it is as much in doubt as it was."""

    def __init__(self, client: Client, clock: GuardClock) -> None:
        self._client, self._clock = client, clock
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, run_id: str, news: LateEvidence) -> None:
        """Tell a run, soon."""
        task = asyncio.get_running_loop().create_task(self._tell(run_id, news))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait until all was told."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _tell(self, run_id: str, news: LateEvidence) -> None:
        row = inbox.evidence_row(secrets.token_hex(8), run_id, news, at=self._clock.now_ms())
        try:
            await self._client.get_workflow_handle(run_id).signal(TELL, Asked(id=row.id, kind=row.kind, body=row.body))
        except RPCError as error:
            _LOG.warning("a late answer to %s of run %s is lost: %s", news.path, run_id, error)
