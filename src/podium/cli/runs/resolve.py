"""`podium runs resolve`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.decide import Asked, decide, decide_checked
from podium.cli.forms import DEFAULT_DB, By, Db, RunId, who
from podium.cli.given import json_given
from podium.cli.verb import Verb
from podium.core.stimuli import Verb as Resolving
from podium.engine import inbox
from podium.errors import InvalidAnswerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """Decide about a parked step, as `podium runs parked` shows it. Say one of the four."""

    run: RunId
    path: Annotated[str, typer.Argument(metavar="PATH", help="The step, as `podium runs parked` shows it.")]
    done: Annotated[
        str | None,
        typer.Option("--done", metavar="JSON|@FILE|-", help="It happened, and this is what the tool would have given."),
    ] = None
    not_done: Annotated[bool, typer.Option("--not-done", help="It did not happen: do it anew, under a new key.")] = (
        False
    )
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Send the same again under the same key; without a write in doubt, run again."),
    ] = False
    abort: Annotated[bool, typer.Option("--abort", help="Give up: the step fails.")] = False
    by: By = None
    db: Db = DEFAULT_DB


async def _resolve(asked: Resolve) -> int:
    verb = _verb(asked)
    answer = None if asked.done is None else json_given(asked.done)
    body = {"path": asked.path, "verb": verb.value, "answer": answer, "by": who(asked.by)}
    what = Asked(run=asked.run, kind=inbox.RESOLVE, body=body, done=f"{asked.path}: {verb}")
    return await (decide_checked if verb is Resolving.DONE else decide)(asked.db, what)


def _verb(asked: Resolve) -> Resolving:
    said = {
        Resolving.DONE: asked.done is not None,
        Resolving.NOT_DONE: asked.not_done,
        Resolving.SEND_AGAIN: asked.retry,
        Resolving.ABORT: asked.abort,
    }
    chosen = [verb for verb, is_said in said.items() if is_said]
    if len(chosen) != 1:
        message = "say one of --done JSON, --not-done, --retry and --abort"
        raise InvalidAnswerError(message)
    return chosen[0]


VERB = Verb(
    Resolve,
    _resolve,
    (
        'podium runs resolve order-17 flight --done \'{"id": "KE123"}\'',
        "podium runs resolve order-17 flight --not-done --by kim",
    ),
)
