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
    """Decide about a parked step, as `podium runs parked RUN` shows it. Say one of the five; all of it is kept."""

    run: RunId
    path: Annotated[str, typer.Argument(metavar="PATH", help="The step, as `podium runs parked RUN` shows it.")]
    done: Annotated[bool, typer.Option("--done", help="It happened; --answer is what the tool would have given.")] = (
        False
    )
    not_done: Annotated[bool, typer.Option("--not-done", help="It did not happen: do it anew, under a new key.")] = (
        False
    )
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Send the same again under the same key; without a write in doubt, run again."),
    ] = False
    abort: Annotated[bool, typer.Option("--abort", help="Give up: the step fails.")] = False
    skip: Annotated[
        bool, typer.Option("--skip", help="Of what undoes a write: leave the write as it is, and go on.")
    ] = False
    answer: Annotated[
        str | None,
        typer.Option(
            "--answer",
            metavar="JSON|@FILE|-",
            help="With --done, what the tool would have given; with --retry of what undoes a write, what it takes.",
        ),
    ] = None
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept.")] = ""
    version: Annotated[
        int | None,
        typer.Option("--version", metavar="N", help="Decide only if it is still parked as event N parked it."),
    ] = None
    by: By = None
    db: Db = DEFAULT_DB


async def _resolve(asked: Resolve) -> int:
    verb = _verb(asked)
    answer = None if asked.answer is None else json_given(asked.answer)
    said = {"by": who(asked.by), "reason": asked.reason, "version": asked.version}
    body = {"path": asked.path, "verb": verb.value, "answer": answer, **said}
    what = Asked(run=asked.run, kind=inbox.RESOLVE, body=body, done=f"{asked.path}: {verb}")
    return await (decide if answer is None else decide_checked)(asked.db, what)


def _verb(asked: Resolve) -> Resolving:
    said = {
        Resolving.DONE: asked.done,
        Resolving.NOT_DONE: asked.not_done,
        Resolving.SEND_AGAIN: asked.retry,
        Resolving.ABORT: asked.abort,
        Resolving.SKIP: asked.skip,
    }
    chosen = [verb for verb, is_said in said.items() if is_said]
    if len(chosen) != 1:
        message = "say one of --done, --not-done, --retry, --abort and --skip"
        raise InvalidAnswerError(message)
    return chosen[0]


VERB = Verb(
    Resolve,
    _resolve,
    (
        'podium runs resolve order-17 flight --done --answer \'{"id": "KE123"}\'',
        "podium runs resolve order-17 flight --not-done --by kim",
        'podium runs resolve order-17 flight.undo --skip --reason "refunded by mail" --version 31',
    ),
)
