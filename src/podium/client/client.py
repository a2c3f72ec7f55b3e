"""The facade over HTTP: start runs on a server, and find them again."""

import json
from typing import Any, Self, TypeVar, overload

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from podium.client.connection import Connection, told
from podium.client.handle import RunHandle, path_of
from podium.client.records import info_of
from podium.engine.ports import Clock, RunFilter, RunInfo
from podium.graph.policies import Duration
from podium.views.answers import About
from podium.views.runs import RunPageOfList, RunRow
from podium.workflow.workflow import Workflow

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out")

_PAGE = 200


class Client:
    """The runs of a server (`podium serve`), with the verbs and the errors of `Engine`.

    Open it with `async with`. A request whose answer is lost is asked again under the same key: it is done once, also
    where the server is killed in between.

    Args:
        url: Where the server is.
        token: What lets one in, where it asks for one.
        patience: How long a request is tried before ServerUnavailableError says so.
        clock: Time; tests give one of their own.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8800",
        *,
        token: str | None = None,
        patience: Duration = 60,
        clock: Clock | None = None,
    ) -> None:
        self.url = url
        self._connection = Connection(url, token=token, patience=patience, clock=clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self._connection.close()

    async def about(self) -> About:
        """Return what the server is, and who it takes us for."""
        return told(About, await self._connection.get("/"))

    @overload
    async def start(
        self, workflow: Workflow[In, Out], input: In, *, id: str | None = None, tenant: str = ""
    ) -> RunHandle[Out]: ...
    @overload
    async def start(
        self, workflow: str, input: Any = None, *, id: str | None = None, tenant: str = ""
    ) -> RunHandle[Any]: ...
    async def start(
        self, workflow: Workflow[Any, Any] | str, input: Any = None, *, id: str | None = None, tenant: str = ""
    ) -> RunHandle[Any]:
        """Start a run and return its handle once the run is on disk there.

        Args:
            workflow: What to run: the workflow, or its name on the server.
            input: A value of its input model, or what it is made of.
            id: The same id with the same input gives the same run; None makes one up.
            tenant: On whose behalf.

        Raises:
            NothingThereError: The server has no such workflow. Otherwise as `Engine.start`.
        """
        compiled = None if isinstance(workflow, str) else workflow
        name = workflow if isinstance(workflow, str) else workflow.name
        body = {"workflow": name, "input": _plain(compiled, input), "id": id, "tenant": tenant}
        said = await self._connection.post("/runs", body)
        return RunHandle(self._connection, told(RunRow, said).id, compiled)

    async def get(self, run_id: str) -> RunHandle[Any]:
        """Return the handle of a run of any workflow; raise RunNotFoundError."""
        return RunHandle(self._connection, (await self._row(run_id)).id, None)

    async def resume(self, run_id: str) -> RunHandle[Any]:
        """Get a run on there, if no living process holds it."""
        await self._connection.post(f"{path_of(run_id)}/resume")
        return RunHandle(self._connection, run_id, None)

    async def runs(self, which: RunFilter | None = None) -> list[RunInfo]:
        """List runs, newest first; of long inputs and results, the beginning. `before` of the filter is not used."""
        which = which or RunFilter()
        query = {
            "status": ",".join(which.statuses),
            "workflow": which.workflow,
            "tenant": which.tenant,
            "text": which.text,
        }
        found: list[RunInfo] = []
        cursor: str | None = None
        while True:
            limit = min(_PAGE, which.limit - len(found))
            said = await self._connection.get("/runs", **query, cursor=cursor, limit=limit)
            page = told(RunPageOfList, said)
            found += map(info_of, page.runs)
            cursor = page.next
            if cursor is None or len(found) >= which.limit:
                return found

    async def _row(self, run_id: str) -> RunRow:
        return told(RunRow, await self._connection.get(f"{path_of(run_id)}/row"))


def _plain(workflow: Workflow[Any, Any] | None, input: Any) -> Any:
    """Return an input as JSON data, checked where the workflow is here; raise InvalidInputError."""
    if workflow is None:
        return to_jsonable_python(input)
    return {name: json.loads(text) for name, text in workflow.encode_input(input).items()}
