"""A task of a benchmark as a Podium workflow: each call is a tool, each tool a state of a machine or a node of a DAG.

Tools are declared as their server allows: with keys, with a reconcile, or with nothing. Every write has a compensator
that puts the world back to the image from before it.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, create_model

from bench.worlds.client import Client
from bench.worlds.play import Share, play, stage
from bench.worlds.server import Manners
from podium import END, FROM_ENGINE, START, Dag, Engine, IdempotencyKey, Retry, StateMachine, Verb, tool
from podium.core.events import StepDone, StepParked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bench.worlds.server import Message
    from bench.worlds.task import Task
    from podium import Handle

RUN = "run"
RETRY = Retry(attempts=3, base=0.001)


class Asked(BaseModel):
    """What a step is to call."""

    at: int
    arguments: str


class Reply(BaseModel):
    """What the server answered. `before`: the image of the world before the call."""

    text: str
    before: int


Tool = Any  # Tool[…] of one of the closures below
Flow = StateMachine[Any] | Dag[Any, Any]


def measured(**share: int) -> dict[str, float]:
    """Play a share of the tasks against all servers; those with an even number of calls are DAGs."""
    whole = stage()

    def side(task: Task, manners: Manners) -> Callable[[Path, Client], Message]:
        return partial(live, flow(task, whole.writes, manners, is_dag=len(task.calls) % 2 == 0))

    return play(whole.share(Share(**share)), side, Manners)


def flow(task: Task, writes: frozenset[str], manners: Manners, *, is_dag: bool) -> Flow:
    """Return the workflow of a task.

    Args:
        task: What is called.
        writes: The functions that change their world anywhere in the benchmark; the others are reads.
        manners: What its tools may rely on.
        is_dag: A DAG, in which each call needs the one before, rather than a machine.
    """
    tools = [_write(call.name, manners) if call.name in writes else _read(call.name) for call in task.calls]
    asked = {f"c{at}": (Asked, Asked(at=at, arguments=call.arguments)) for at, call in enumerate(task.calls)}
    if is_dag:
        nodes = [one.node(f"s{at}", take=_needs(at)) for at, one in enumerate(tools)]
        return Dag("task", create_model("Given", **asked), *nodes, gives=nodes[-1])  # type: ignore[call-overload]  # fields by name
    replies = {f"r{at}": (Reply | None, None) for at in range(len(tools))}
    chain: Any = START
    for at, one in enumerate(tools):
        chain = chain >> one.state(f"s{at}", take={"asked": f"c{at}"}, give=f"r{at}")
    return StateMachine("task", create_model("Record", **asked, **replies), chain >> END)  # type: ignore[call-overload]  # as above


def _needs(at: int) -> dict[str, str]:
    return {"asked": f"c{at}", **({"after": f"s{at - 1}"} if at else {})}


def live(flow: Flow, folder: Path, client: Client) -> Message:
    """Start the task's run, or take it over from a process that died; stay until it is over.

    A write that parks is decided by a person who looks at the server: done with this answer, or not done.
    """
    return asyncio.run(_live(flow, folder, client))


async def _live(flow: Flow, folder: Path, client: Client) -> Message:
    url = f"sqlite:///{folder / 'podium.db'}"
    async with Engine(url, workflows=[flow], resources=partial(_resources, client)) as engine:
        run: Handle[Any] = await engine.start(flow, _input(flow), id=RUN)
        replies: dict[str, str] = {}
        async for _, event in run.events():
            if isinstance(event, StepDone):
                replies[event.path.removeprefix("s")] = _reply(event)
            elif isinstance(event, StepParked):
                await _decide(run, client)
        info = await run.status()
    return {"status": info.status, "replies": replies, "why": info.error}


def _input(flow: Flow) -> BaseModel:
    made: BaseModel = flow.input.model()
    return made


@asynccontextmanager
async def _resources(client: Client) -> AsyncIterator[Client]:
    yield client


def _reply(event: StepDone) -> str:
    text = next(iter(event.changes.values())) if event.changes else event.output
    return Reply.model_validate_json(text or "").text


async def _decide(run: Handle[Any], client: Client) -> None:
    """Look at the server what has happened of what is parked, if anything still is, and say so."""
    for record in await run.parked():
        path, args = record.step.path, json.loads(record.step.args)
        about = {"what": "call", "at": args["asked"]["at"]} if "asked" in args else _undone_by(args)
        found = client.ask({"do": "look", **about})
        if found:
            await run.resolve(path, Verb.DONE, answer=found if "text" in found else True)
        else:
            await run.resolve(path, Verb.NOT_DONE)


def _undone_by(args: Message) -> Message:
    return {"what": "restore", "at": args["reply"]["before"]}


# ----- tools, one of each name and kind


@cache
def _read(name: str) -> Tool:
    async def read(asked: Asked, after: Reply | None = None, *, server: Client = FROM_ENGINE) -> Reply:
        del after  # only says what comes first
        return Reply(**server.call(asked.at, name, asked.arguments))

    return tool.read(retry=RETRY)(_named(read, name))


@cache
def _write(name: str, manners: Manners) -> Tool:
    sends = manners is not Manners.NEITHER

    async def write(
        asked: Asked, after: Reply | None = None, *, key: IdempotencyKey = FROM_ENGINE, server: Client = FROM_ENGINE
    ) -> Reply:
        del after  # as above
        return Reply(**server.call(asked.at, name, asked.arguments, key=key if sends else ""))

    async def undo(reply: Reply, *, key: IdempotencyKey = FROM_ENGINE, server: Client = FROM_ENGINE) -> bool:
        request = {"do": "restore", "at": reply.before, "key": key if sends else ""}
        return bool(server.ask(request)["restored"])

    async def found(*, key: IdempotencyKey = FROM_ENGINE, server: Client = FROM_ENGINE) -> Reply | None:
        there = server.ask({"do": "find", "key": key})
        return Reply(**there) if there else None

    async def undone(*, key: IdempotencyKey = FROM_ENGINE, server: Client = FROM_ENGINE) -> bool | None:
        return True if server.ask({"do": "find", "key": key}) else None

    reads_back = manners is Manners.READ_BACK
    made = tool.write(idempotent=manners is Manners.KEYS, retry=RETRY)(_named(write, name))
    made.compensate(reconcile=undone if reads_back else None)(_named(undo, f"undo_{name}"))
    if reads_back:
        made.reconcile(found)
    return made


def _named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    return function
