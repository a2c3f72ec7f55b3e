"""A parked step as people look at it: what is known and unknown, what was tried, and the commands that decide."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from podium.cli.database import Database
from podium.cli.table import when
from podium.core.path import is_undo
from podium.core.stimuli import Verb
from podium.engine.parked import ParkedRecord, PastTry
from podium.engine.ports import ParkedStep
from podium.views.legible import parsed
from podium.views.wording import in_words

_TRIED_MAX = 5

_FLAGS = {
    Verb.DONE: "--done",
    Verb.NOT_DONE: "--not-done",
    Verb.SEND_AGAIN: "--retry",
    Verb.ABORT: "--abort",
    Verb.SKIP: "--skip",
}


def brief(step: ParkedStep) -> str:
    """Return what is parked and why, in one line."""
    return f"{step.path} is parked ({step.reason}): {step.detail}"


def lines_of(record: ParkedRecord, at: Database) -> list[str]:
    """Return all that is known about a parked step, and how to decide, with commands that can be pasted."""
    step = record.step
    lines = [brief(step), f"  since {when(step.parked_at)}, as event {step.version}"]
    lines += [f"  known: {sentence}" for sentence in record.known]
    if step.reason != "in-doubt" and step.tool and not is_undo(step.path) and not record.known:
        lines.append(f"  known: it asked for {step.tool} with {step.args}, key {step.key}")
    lines += [f"  unknown: {sentence}" for sentence in record.unknown]
    lines += _tried(record.tried)
    if record.waiting:
        lines.append(f"  waits for it: undoing {', '.join(record.waiting)}")
    for verb, meaning in record.actions:
        lines += [f"  {meaning}:", f"    {_command(record, verb, at)}"]
    return lines


def plain_step(step: ParkedStep) -> dict[str, Any]:
    """Return a row as JSON has it."""
    return {**asdict(step), "args": parsed(step.args) if step.args else None}


def plain(record: ParkedRecord) -> dict[str, Any]:
    """Return all that is known about a parked step as JSON has it."""
    tried = [
        {"at": one.at, "what": one.what, "kind": one.failure.kind, "error": str(one.failure)} for one in record.tried
    ]
    return {
        **plain_step(record.step),
        "workflow": record.workflow,
        "known": record.known,
        "unknown": record.unknown,
        "tried": tried,
        "waiting": record.waiting,
        "actions": {verb.value: meaning for verb, meaning in record.actions},
    }


def _tried(tried: tuple[PastTry, ...]) -> Iterator[str]:
    if len(tried) > _TRIED_MAX:
        yield f"  tried: {len(tried)} failures, these are the last {_TRIED_MAX}"
    for one in tried[-_TRIED_MAX:]:
        yield f"  tried: {when(one.at)} {one.what} ({one.failure.kind}): {in_words(one.failure)}"


def _command(record: ParkedRecord, verb: Verb, at: Database) -> str:
    step = record.step
    words = ["runs", "resolve", step.run_id, step.path, _FLAGS[verb]]
    words += ["--answer", "JSON"] if verb is Verb.DONE and not is_undo(step.path) else []
    words += ["--reason", "WHY"] if verb is Verb.SKIP else []
    return at.command(*words, "--version", str(step.version))
