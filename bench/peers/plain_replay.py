"""A task of a benchmark as a plain script: a loop with three tries a call, run again from the top after a crash."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.worlds.client import ServerError
from bench.worlds.play import Share, play, stage
from bench.worlds.server import Manners

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.worlds.client import Client
    from bench.worlds.server import Message
    from bench.worlds.task import Call, Task

TRIES = 3


def measured(*, has_keys: bool, **share: int) -> dict[str, float]:
    """Play a share of the tasks: with keys against a server that honours them.

    Without keys, and without asking, a server is like any other, and one is played.
    """

    def side(task: Task, manners: Manners) -> Callable[[Path, Client], Message]:
        del manners  # it is the same script
        return partial(live, task, has_keys=has_keys)

    return play(stage().share(Share(**share)), side, [Manners.KEYS if has_keys else Manners.NEITHER])


def live(task: Task, _: Path, client: Client, *, has_keys: bool) -> Message:
    """Make the calls one after another; the first that fails three times, or is refused, ends it.

    Args:
        task: What is called.
        client: The way to the server.
        has_keys: Send a key with each call that is the same in every life of the script, as a careful author would.
    """
    replies: dict[str, str] = {}
    for at, call in enumerate(task.calls):
        try:
            replies[str(at)] = tried(client, at, call, key=f"{task.id}/{at}" if has_keys else "")
        except ServerError as error:
            return {"status": "failed", "replies": replies, "why": str(error)}
    return {"status": "completed", "replies": replies, "why": None}


def tried(client: Client, at: int, call: Call, *, key: str) -> str:
    """Make one call, up to three times."""
    for left in reversed(range(TRIES)):
        try:
            text: str = client.call(at, call.name, call.arguments, key=key)["text"]
        except ServerError as error:
            if not left or not error.may_pass:
                raise
        else:
            return text
    raise AssertionError(TRIES)
