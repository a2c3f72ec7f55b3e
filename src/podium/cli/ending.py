"""How a run stands when its command ends: the exit code, the result, and how to go on."""

from collections.abc import Mapping
from typing import Any

from podium.cli.database import Database
from podium.cli.decision import lines_of
from podium.cli.say import complain, note, tell
from podium.cli.table import when
from podium.engine.engine import Engine
from podium.engine.ports import HumanTask, RunInfo, Status
from podium.views.legible import json_text, parsed

_CODES = {
    Status.COMPLETED: 0,
    Status.FAILED: 1,
    Status.WAITING: 3,
    Status.COMPENSATING: 3,
    Status.COMPENSATED: 4,
    Status.PARKED: 5,
    Status.CANCELLED: 6,
}


GOES_ON = (Status.RUNNING, Status.WAITING, Status.COMPENSATING)
"""A worker gets the run on."""

ANOTHER = "another"
"""Stands for an answer that is no choice between words."""


def code_of(info: RunInfo) -> int:
    """Return the exit code of a command whose run stands like this; see the help of `podium`."""
    return _CODES[info.status]


async def say_end(opened: Engine, info: RunInfo, *, at: Database, as_json: bool) -> None:
    """Print a run's result to standard output, or why there is none, and how to go on, to standard error."""
    if info.status is Status.COMPLETED:
        if not as_json:
            tell(json_text(parsed(info.output or "null"), indent=2))
        return
    for text in await how_to_go_on(opened, info, at=at):
        note(text)
    if info.status is Status.FAILED:
        complain(f"run {info.id} failed: {info.error or 'no reason is on record'}")


async def how_to_go_on(opened: Engine, info: RunInfo, *, at: Database) -> list[str]:
    """Return what a person may do about a run, as lines with commands that can be pasted."""
    lines: list[str] = []
    for task in await opened.tasks(run_id=info.id):
        lines += asked(task, at)
    found = await (await opened.get(info.id)).parked() if await opened.parked(run_id=info.id) else []
    for record in found:
        lines += lines_of(record, at)
    if info.status is Status.PARKED and not found:
        lines += [f"run {info.id} is parked: {info.error or 'no reason is on record'}"]
    if info.status is Status.COMPENSATING:
        lines += [f"run {info.id} undoes what it wrote since {when(info.undoing_since)}: {info.error}"]
    if info.status is Status.FAILED:
        lines += [f"again from where it failed: {at.command('runs', 'retry', info.id)}"]
    if info.status in (Status.CANCELLED, Status.COMPENSATED):
        lines += [f"run {info.id} was {info.status}{f': {info.error}' if info.error else ''}"]
    if info.status in GOES_ON and info.owner in (None, opened.worker_id):
        lines += [f"on with it in this terminal: {at.command('runs', 'resume', info.id)}"]
    return lines


def asked(task: HumanTask, at: Database) -> list[str]:
    """Return a question and how it is answered."""
    lines = [f"{task.path} asks: {task.title}"]
    if task.context not in ("", "{}", "null"):
        lines.append(f"  {json_text(parsed(task.context))}")
    if is_choice(task, "approve"):
        lines.append(f"  yes: {at.command('tasks', 'answer', task.id, '--approve')}")
    if is_choice(task, "reject"):
        lines.append(f"  no:  {at.command('tasks', 'answer', task.id, '--reject')}")
    if not task.approval and not choices(task) <= {"approve", "reject"}:
        lines.append(f"  {at.command('tasks', 'answer', task.id, 'JSON')}")
        lines.append(f"  where JSON fits {json_text(parsed(task.schema))}")
    return lines


def is_choice(task: HumanTask, choice: str) -> bool:
    """Claim that a question can be answered with `--approve` or `--reject`."""
    return task.approval or choice in choices(task)


def choices(task: HumanTask) -> set[str]:
    """Return the words of `choice` among which a question lets people choose; ANOTHER for what has none."""
    return _choices(parsed(task.schema), {}) or {ANOTHER}


def _choices(schema: Any, defined: Mapping[str, Any]) -> set[str]:
    defined = schema.get("$defs", defined)
    if "$ref" in schema:
        return _choices(defined[schema["$ref"].rpartition("/")[2]], defined)
    options = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    if options:
        return {choice for option in options for choice in _choices(option, defined)}
    return {schema.get("properties", {}).get("choice", {}).get("const", ANOTHER)}
