"""Stimuli as rows: whoever asks something of a run, in this process or another, goes through the store's inbox."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from podium.core import stimuli as st
from podium.core.codec import read_failure, to_text
from podium.core.path import place
from podium.core.state import DoneWrite, RunState, Step
from podium.effects.builtin import is_builtin
from podium.engine.confidential import refuse_secrets
from podium.engine.ports import InboxRow
from podium.errors import InvalidAnswerError
from podium.graph.nodes import Graph, NodeKind
from podium.workflow.binding import Compiled

INVALID = "invalid: "
"""How a verdict begins when what was given does not fit, rather than what was asked for."""

SIGNAL, ANSWER, CANCEL, RETRY, RESOLVE = "signal", "answer", "cancel", "retry", "resolve"
EVIDENCE = "evidence"


def row(inbox_id: str, run_id: str, kind: str, at: int, **body: Any) -> InboxRow:
    """Return a stimulus as a row; texts in `body` that are JSON stay texts.

    Raises:
        SecretGivenError: It holds a known secret.
    """
    refuse_secrets(f"what is sent to run {run_id}", body.values())
    return InboxRow(id=inbox_id, run_id=run_id, kind=kind, body=json.dumps(body, ensure_ascii=False), at=at)


def evidence_row(inbox_id: str, run_id: str, news: st.LateEvidence, *, at: int) -> InboxRow:
    """Return a late answer as a row."""
    body: dict[str, Any] = {field.name: getattr(news, field.name) for field in fields(news)}
    body["failure"] = None if news.failure is None else to_text(news.failure)
    return row(inbox_id, run_id, EVIDENCE, at, **body)


def _evidence(body: Mapping[str, Any]) -> st.LateEvidence:
    failure = None if body["failure"] is None else read_failure(body["failure"])
    return st.LateEvidence(**{**body, "failure": failure})


def stimulus(inbox: InboxRow, state: RunState, compiled: Compiled | None) -> st.Stimulus:
    """Return the news that a row holds, with what it carries checked by the workflow's code where there is any.

    Raises:
        InvalidAnswerError: What it carries does not fit, or it can not be read; nothing has changed.
    """
    try:
        return _read(inbox, json.loads(inbox.body), state, compiled)
    except (ValueError, LookupError, TypeError) as error:  # anything may have written the row
        message = f"the stimulus {inbox.id!r} ({inbox.kind}) can not be read: {type(error).__name__}: {error}"
        raise InvalidAnswerError(message) from error


def _read(inbox: InboxRow, body: Mapping[str, Any], state: RunState, compiled: Compiled | None) -> st.Stimulus:
    if inbox.kind == SIGNAL:
        return st.SignalSent(body["name"], _payload(state.graph, compiled, body))
    if inbox.kind == ANSWER:
        return st.AnswerGiven(body["path"], _answer(state, compiled, body), body["by"])
    if inbox.kind == CANCEL:
        return st.CancelWanted(body["by"], body["reason"])
    if inbox.kind == RETRY:
        return st.RetryWanted(body["by"])
    if inbox.kind == EVIDENCE:
        return _evidence(body)
    if inbox.kind == RESOLVE:
        return _resolution(body, state, compiled)
    message = f"unknown kind of stimulus {inbox.kind!r}; it was written by a newer Podium"
    raise InvalidAnswerError(message)


def _payload(graph: Graph, compiled: Compiled | None, body: Mapping[str, Any]) -> str:
    """Return the payload in its stored form, as the workflow's `wait` of that signal declares it."""
    payload: str = body["payload"]
    found = _waits(graph, body["name"], "")
    if compiled is None or not found:
        return payload
    return compiled.binding(found[0]).check_answer(payload)


def _waits(graph: Graph, signal: str, prefix: str) -> list[str]:
    found: list[str] = []
    for node in graph.nodes.values():
        if node.signal == signal:
            found.append(prefix + node.name)
        if node.child is not None:
            found.extend(_waits(node.child, signal, f"{prefix}{node.name}/"))
    return found


def _answer(state: RunState, compiled: Compiled | None, body: Mapping[str, Any]) -> str:
    answer: str = body["answer"]
    step: Step | None = state.steps.get(body["path"])
    if step is None or compiled is None:
        return answer
    if step.write is None and step.node.kind is NodeKind.HUMAN:
        return compiled.binding(place(step.path)).check_answer(answer)
    if answer not in ("true", "false"):
        message = f"{body['path']} asks whether a write may be made: the answer is true or false, not {answer[:80]}"
        raise InvalidAnswerError(message)
    return answer


def _resolution(body: Mapping[str, Any], state: RunState, compiled: Compiled | None) -> st.Resolution:
    path, verb, answer = body["path"], st.Verb(body["verb"]), body["answer"]
    step: Step | None = state.steps.get(path)
    if answer is not None and step is not None and compiled is not None:
        answer = _checked(answer, step, verb, compiled)
    return st.Resolution(path, verb, answer, body.get("by", ""), body.get("reason", ""), body.get("version"))


def _checked(answer: str, step: Step, verb: st.Verb, compiled: Compiled) -> str:
    """Return what was given by hand as the tool would have given it, or as its compensator takes it."""
    if step.undoes is not None:
        return _checked_undo(answer, step.undoes, verb, compiled)
    if step.write is None or is_builtin(step.write.tool):
        return answer
    return compiled.tool(step.write.tool).check(answer)


def _checked_undo(answer: str, record: DoneWrite, verb: st.Verb, compiled: Compiled) -> str:
    """Return what a compensation is to take, checked; what it gave is evidence, and of no type."""
    code = compiled.undo(record.tool, record.undo)
    return code.check(answer) if code is not None and verb is st.Verb.SEND_AGAIN else answer
