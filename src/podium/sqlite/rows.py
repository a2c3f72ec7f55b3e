"""Rows become the nouns of `engine.ports`."""

import hashlib
from typing import Any

from podium.core.codec import decode
from podium.core.events import Event
from podium.engine.ports import HumanTask, InboxRow, ParkedStep, RunInfo, Status
from podium.errors import DamagedError, UnknownEventError
from podium.sqlite import checksum, errors

RUN = (
    "id, workflow, graph_hash, target, ifnull(inputs.body, ''), status, owner, epoch, seq, wake_at, created_at,"
    " updated_at, output, error, parent, undoing_since, restored_at, tenant"
    " FROM runs LEFT JOIN inputs ON inputs.run = runs.no"
)
_STATUS, _ERROR = 5, 13
"""Where they are in a row of RUN."""

TASK = (
    "runs.id, path, approval, title, context, schema, asked_at, until, answer, by, is_open"
    " FROM human_tasks JOIN runs ON runs.no = human_tasks.run"
)
PARKED = (
    "runs.id, path, reason, detail, tool, args, key, parked_at, version FROM parked JOIN runs ON runs.no = parked.run"
)
INBOX = "id, run_id, kind, CAST(body AS BLOB), at FROM inbox"
EVENT = (
    "seq, kind, path, at, journal.body, blob, blobs.body, journal.crc"
    " FROM journal LEFT JOIN blobs ON blobs.hash = journal.blob"
)


def run_info(row: tuple[Any, ...]) -> RunInfo:
    """Return what `SELECT {RUN}` found."""
    run_id, workflow, graph_hash, target, given, status, owner, epoch, seq, *rest = row
    wake_at, created_at, updated_at, output, error, parent, undoing_since, restored_at, tenant = rest
    return RunInfo(
        id=run_id,
        workflow=workflow,
        graph_hash=graph_hash,
        target=target,
        input=given,
        status=status_of(run_id, status),
        owner=owner,
        epoch=epoch,
        seq=seq,
        wake_at=wake_at,
        created_at=created_at,
        updated_at=updated_at,
        output=output,
        error=error,
        parent=parent,
        undoing_since=undoing_since,
        restored_at=restored_at,
        tenant=tenant,
    )


def listed(row: tuple[Any, ...]) -> RunInfo:
    """As `run_info`; but one that can not be read is shown, as parked, so that it does not hide the others."""
    try:
        return run_info(row)
    except DamagedError as error:
        shown = dict(enumerate(row)) | {_STATUS: Status.PARKED, _ERROR: str(error)}
        return run_info(tuple(shown.values()))


def status_of(run_id: str, status: str) -> Status:
    """Return the status that a run's row has; raise DamagedError."""
    try:
        return Status(status)
    except ValueError as unknown:
        raise errors.damaged(run_id, unknown) from unknown


def human_task(row: tuple[Any, ...]) -> HumanTask:
    """Return what `SELECT {TASK}` found."""
    run_id, path, approval, title, context, schema, asked_at, until, answer, by, is_open = row
    return HumanTask(
        run_id=run_id,
        path=path,
        approval=bool(approval),
        title=title,
        context=context,
        schema=schema,
        asked_at=asked_at,
        until=until,
        answer=answer,
        by=by,
        is_open=bool(is_open),
    )


def parked_step(row: tuple[Any, ...]) -> ParkedStep:
    """Return what `SELECT {PARKED}` found."""
    run_id, path, reason, detail, tool, args, key, parked_at, version = row
    return ParkedStep(
        run_id=run_id,
        path=path,
        reason=reason,
        detail=detail,
        tool=tool,
        args=args,
        key=key,
        parked_at=parked_at,
        version=version,
    )


def inbox_row(row: tuple[Any, ...]) -> InboxRow:
    """Return what `SELECT {INBOX}` found."""
    inbox_id, run_id, kind, body, at = row
    text = (body or b"").decode("utf-8", "replace")  # what is no JSON then is refused, alone
    return InboxRow(id=inbox_id, run_id=run_id, kind=kind, body=text, at=at)


def event(run_id: str, row: tuple[Any, ...]) -> tuple[int, Event]:
    """Return what `SELECT {EVENT}` found; raise DamagedError or UnknownEventError, naming run and number."""
    seq, kind, path, at, body, digest, blob, crc = row
    try:
        if not isinstance(at, int):
            raise errors.no_time(at)
        if crc is not None and crc != checksum.of_event(seq, kind, path, at, body):
            raise errors.changed()
        return seq, decode(kind, path, at, body if digest is None else _blob(digest, blob))
    except (DamagedError, UnknownEventError) as error:
        raise errors.placed(error, run_id=run_id, seq=seq) from error


def _blob(digest: bytes, body: str | None) -> str:
    if body is None:
        raise errors.missing_blob(digest)
    if hashlib.sha256(body.encode()).digest() != digest:
        raise errors.wrong_blob(digest)
    return body
