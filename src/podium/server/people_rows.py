"""What waits for people, as rows."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from podium.core.stimuli import Verb
from podium.engine.parked import ParkedRecord
from podium.engine.ports import HumanTask
from podium.views.failures import failure_view
from podium.views.people import AnswerOption, ParkedAction, ParkedRow, ParkedTry, TaskRow
from podium.views.view import value

_TAKES_ANSWER = frozenset({Verb.DONE, Verb.SEND_AGAIN})


def task_row(task: HumanTask, workflow: str) -> TaskRow:
    """Return an open question of a run of that workflow."""
    context, args = value(task.context), None
    about = _object(task.context) if task.approval else {}
    if task.approval and "args" in about:
        args = value(json.dumps(about["args"], ensure_ascii=False, separators=(",", ":")))
    assert context is not None, "a text is a value"
    return TaskRow(
        id=task.id,
        run_id=task.run_id,
        path=task.path,
        workflow=workflow,
        title=task.title,
        is_approval=task.approval,
        context=context,
        schema_text=task.schema,
        options=tuple(_options(task)),
        tool=str(about.get("tool", "")),
        args=args,
        asked_at=task.asked_at,
        until=task.until,
    )


def _options(task: HumanTask) -> Iterator[AnswerOption]:
    """Yield the answers that may be chosen from, each by the word in its `choice`."""
    if task.approval:
        yield AnswerOption(name="approve", schema_text="{}", as_is="true")
        yield AnswerOption(name="reject", schema_text="{}", as_is="false")
        return
    schema = _object(task.schema)
    named = schema.get("$defs", {})
    for way in schema.get("anyOf") or schema.get("oneOf") or [schema]:
        if not isinstance(way, dict):
            continue
        found = named.get(str(way.get("$ref", "")).removeprefix("#/$defs/"), way)
        choice = found.get("properties", {}).get("choice", {}).get("const")
        if isinstance(choice, str):
            text = json.dumps(found, ensure_ascii=False)
            whole = json.dumps({**found, "$defs": named}, ensure_ascii=False) if '"$ref"' in text else text
            yield AnswerOption(name=choice, schema_text=whole, as_is=_as_is(found, choice))


def _as_is(schema: Mapping[str, Any], choice: str) -> str | None:
    wanted = set(schema.get("required", ())) - {"choice"}
    return None if wanted else json.dumps({"choice": choice})


def parked_row(record: ParkedRecord) -> ParkedRow:
    """Return a step that waits for a decision."""
    step = record.step
    return ParkedRow(
        run_id=step.run_id,
        path=step.path,
        workflow=record.workflow,
        reason=step.reason,
        detail=step.detail,
        tool=step.tool,
        args=value(step.args or None),
        key=step.key,
        parked_at=step.parked_at,
        version=step.version,
        known=record.known,
        unknown=record.unknown,
        tried=tuple(ParkedTry(at=one.at, what=one.what, failure=failure_view(one.failure)) for one in record.tried),
        waiting=record.waiting,
        actions=tuple(
            ParkedAction(verb=verb, means=means, takes_answer=_takes_answer(record, verb))
            for verb, means in record.actions
        ),
        history=tuple((one.at, one.by, one.verb, one.reason) for one in record.decided),
    )


def _takes_answer(record: ParkedRecord, verb: Verb) -> bool:
    """Claim that an answer goes with a decision: what the tool would have given, or what its compensation takes."""
    is_in_doubt = any(one.startswith("whether") for one in record.unknown)
    is_undo = record.step.path.endswith(".undo")
    return verb is Verb.DONE if not is_undo else verb is Verb.SEND_AGAIN and not is_in_doubt


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
