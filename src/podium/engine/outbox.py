"""What steps ask of other runs, through the engine that they run in."""

from contextlib import suppress
from typing import TYPE_CHECKING

from podium.engine import inbox
from podium.engine.ports import Status
from podium.engine.registry import Registry
from podium.errors import NotDone, RunNotFoundError
from podium.upkeep_errors import RunPrunedError
from podium.workflow.binding import Compiled

if TYPE_CHECKING:
    from podium.engine.engine import Engine

CANCELLED_BY_UNDO = "the step that started it was undone"

_WITHOUT_SUCCESS = frozenset({Status.FAILED, Status.CANCELLED, Status.COMPENSATING, Status.COMPENSATED})


class EngineOutbox:
    """Other runs of the same engine. It implements `effects.ports.Outbox`."""

    def __init__(self, engine: "Engine", registry: Registry) -> None:
        self._engine, self._registry = engine, registry

    def know(self, workflow: Compiled) -> None:
        """Be able to run a workflow from now on."""
        self._registry.add(workflow)

    async def start_run(self, graph_hash: str, data: dict[str, str], run_id: str) -> None:
        """Start a run of a workflow that this process knows; one that is there, or was, is left alone."""
        with suppress(RunPrunedError):
            await self._engine.start_by_step(self._registry.get(graph_hash, name=graph_hash), data, id=run_id)

    async def signal_run(self, run_id: str, name: str, payload: str, *, signal_id: str) -> None:
        """Send a run a signal, once per id."""
        await self._engine.post(run_id, inbox.SIGNAL, signal_id, name=name, payload=payload)

    async def cancel_run(self, run_id: str, *, cancel_id: str) -> None:
        """Call a run off that a step had started; raise NotDone where it is completed, or refuses."""
        try:
            reason = await self._engine.ask(run_id, inbox.CANCEL, cancel_id, by="podium", reason=CANCELLED_BY_UNDO)
            info = await self._engine.info(run_id)
        except RunNotFoundError as gone:
            raise NotDone(str(gone)) from gone
        if reason and info.status not in _WITHOUT_SUCCESS:
            raise NotDone(reason)
