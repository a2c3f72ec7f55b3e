"""`podium tasks answer`."""

import json
from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.database import engine, existing
from podium.cli.decide import Asked, decide_checked
from podium.cli.ending import is_choice
from podium.cli.forms import DEFAULT_DB, By, Db, who
from podium.cli.given import json_given
from podium.cli.verb import Verb
from podium.engine import inbox
from podium.engine.ports import HumanTask
from podium.errors import InvalidAnswerError, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Answer a question that a run asks: with JSON, or by --approve or --reject."""

    task: Annotated[str, typer.Argument(metavar="RUN:PATH", help="The question, as `podium tasks ls` shows it.")]
    answer: Annotated[
        str | None, typer.Argument(metavar="JSON|@FILE|-", help="One of the answers that the question allows.")
    ] = None
    approve: Annotated[bool, typer.Option("--approve", help="Yes, go on.")] = False
    reject: Annotated[bool, typer.Option("--reject", help="No, do not.")] = False
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why not; with --reject.")] = None
    by: By = None
    db: Db = DEFAULT_DB


async def _answer(asked: Answer) -> int:
    run_id, colon, path = asked.task.rpartition(":")
    if not colon or not run_id or not path:
        message = f"{asked.task!r} is no RUN:PATH; `podium tasks ls` lists the open questions"
        raise InvalidAnswerError(message)
    async with engine(existing(asked.db)) as opened:
        await opened.info(run_id)
        task = next((task for task in await opened.tasks(run_id=run_id) if task.path == path), None)
    if task is None:
        message = f"run {run_id} does not ask anything at {path!r} (any more); `podium tasks ls` lists what is open"
        raise RefusedError(message)
    body = {"path": path, "answer": _text(asked, task), "by": who(asked.by)}
    return await decide_checked(asked.db, Asked(run=run_id, kind=inbox.ANSWER, body=body, done="answered"))


def _text(asked: Answer, task: HumanTask) -> str:
    """Return the answer as JSON text."""
    if sum((asked.answer is not None, asked.approve, asked.reject)) != 1:
        message = "say one of: an answer as JSON, --approve, --reject"
        raise InvalidAnswerError(message)
    if asked.reason is not None and (task.approval or not asked.reject):
        message = "--reason goes with --reject, where the question keeps a reason"
        raise InvalidAnswerError(message)
    if asked.answer is not None:
        return json_given(asked.answer)
    choice = "approve" if asked.approve else "reject"
    if not is_choice(task, choice):
        message = f"{task.id} can not be answered with --{choice}; give JSON that fits {task.schema}"
        raise InvalidAnswerError(message)
    if task.approval:
        return json.dumps(asked.approve)
    reason = {} if asked.reason is None else {"reason": asked.reason}
    return json.dumps({"choice": choice, **reason})


VERB = Verb(
    Answer,
    _answer,
    (
        "podium tasks answer order-17:approve --approve",
        'podium tasks answer article-3:editor --reject --reason "no sources"',
        'podium tasks answer article-3:editor \'{"choice": "edit", "value": "better"}\'',
    ),
)
