"""A task of a benchmark in LangGraph: each call a node with a retry policy, a durable checkpoint after each.

After a crash the thread is resumed from its last checkpoint, which is what LangGraph offers.
"""

from __future__ import annotations

import operator
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy

from bench.peers.langgraph_saver import thread
from bench.worlds.client import Client, ServerError
from bench.worlds.play import Share, play, stage
from bench.worlds.server import Manners

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.worlds.server import Message
    from bench.worlds.task import Call, Task

TRIES = 3


class Replies(TypedDict):
    """The state: the answer to each call."""

    replies: Annotated[dict[str, str], operator.or_]


def measured(*, has_keys: bool, **share: int) -> dict[str, float]:
    """See `plain_replay.measured`."""

    def side(task: Task, manners: Manners) -> Callable[[Path, Client], Message]:
        del manners  # it is the same graph
        return partial(live, task, has_keys=has_keys)

    return play(stage().share(Share(**share)), side, [Manners.KEYS if has_keys else Manners.NEITHER])


def live(task: Task, folder: Path, client: Client, *, has_keys: bool) -> Message:
    """Run the task's graph, or resume it where a checkpoint is there; see `plain_replay.live`."""
    with closing(sqlite3.connect(folder / "langgraph.db", check_same_thread=False)) as connection:
        saver = SqliteSaver(connection)
        saver.setup()
        connection.execute("PRAGMA synchronous=FULL")
        graph = _graph(task, client, has_keys=has_keys).compile(checkpointer=saver)
        begun = saver.get_tuple(thread("run")) is not None
        why: str | None = None
        try:
            graph.invoke(None if begun else {"replies": {}}, thread("run"), durability="sync")
        except ServerError as error:
            why = str(error)
        replies = graph.get_state(thread("run")).values.get("replies", {})
    return {"status": "failed" if why else "completed", "replies": replies, "why": why}


def _graph(task: Task, client: Client, *, has_keys: bool) -> StateGraph[Any]:
    builder: StateGraph[Any] = StateGraph(Replies)
    policy = RetryPolicy(max_attempts=TRIES, initial_interval=0.001, jitter=False, retry_on=_may_pass)
    names = [f"s{at}" for at in range(len(task.calls))]
    for at, (name, call) in enumerate(zip(names, task.calls, strict=True)):
        key = f"{task.id}/{at}" if has_keys else ""
        builder.add_node(name, _node(client, at, call, key=key), retry_policy=policy)
    for before, after in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(before, after)
    return builder


def _node(client: Client, at: int, call: Call, *, key: str) -> Callable[[Replies], Replies]:
    def node(_: Replies) -> Replies:
        return {"replies": {str(at): client.call(at, call.name, call.arguments, key=key)["text"]}}

    return node


def _may_pass(error: Exception) -> bool:
    return isinstance(error, ServerError) and error.may_pass
