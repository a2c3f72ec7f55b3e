"""The audit: a file of what people did, written before it is done, and completed with how it ended.

Two lines an act, of one id: what is asked for, which is on disk before anything is done, and the outcome, which is
only written; an act without one was under way when the server ended. The file only grows until it is full; then it is
renamed, and the oldest of the renamed ones goes. Any number of processes may append to it.
"""

import json
import logging
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from podium.gate_errors import AuditError
from podium.sqlite.lock import FileLock
from podium.views.audit import AuditEntry, AuditPage

_LOG = logging.getLogger("podium.server")
FILE_BYTES = 8_000_000
FILES = 8
"""The file and the renamed ones before it: so much is kept."""


class Audit:
    """The audit of a server.

    Args:
        path: Its file.
        file_bytes: How long a file may be before the next one is begun.
    """

    def __init__(self, path: Path, *, file_bytes: int = FILE_BYTES) -> None:
        self.path = path
        self._file_bytes = file_bytes
        self._turn = threading.Lock()

    def asked(self, **said: Any) -> str:
        """Note what is asked for, and return the entry's id. It is on disk when this returns.

        Args:
            said: The fields of an AuditEntry but `id` and `outcome`.

        Raises:
            AuditError: It could not be written.
        """
        entry_id = f"{said['at']:013d}-{secrets.token_hex(4)}"
        self._append({"id": entry_id, **said}, syncs=True)
        return entry_id

    def ended(self, entry_id: str, outcome: str) -> None:
        """Note how an act ended. It is done by now: where this can not be written, the log says so."""
        try:
            self._append({"id": entry_id, "outcome": outcome}, syncs=False)
        except AuditError:
            _LOG.exception("the outcome of %s could not be noted: %s", entry_id, outcome)

    def page(self, *, before: str = "", limit: int = 100) -> AuditPage:
        """Return entries, the last written first, those written before the entry of that id.

        Raises:
            AuditError: A file is there and can not be read.
        """
        found: list[AuditEntry] = []
        is_there = not before
        for entry in self._entries():
            if not is_there:  # by place: a clock may have gone back
                is_there = entry.id == before
                continue
            if len(found) == limit:
                return AuditPage(entries=tuple(found), next=found[-1].id)
            found.append(entry)
        return AuditPage(entries=tuple(found))

    def _append(self, line: dict[str, Any], *, syncs: bool) -> None:
        data = json.dumps(line).encode() + b"\n"
        with self._turn:
            try:
                self._begin_next(len(data))
                _append(self.path, data, syncs=syncs)
            except OSError as error:
                message = f"{self.path}: {error}; nothing is done that can not be noted"
                raise AuditError(message) from error

    def _begin_next(self, more: int) -> None:
        """Rename a file that is full. Where another process is about to, it is left to that one."""
        if self._size() + more <= self._file_bytes:
            return
        with suppress(BlockingIOError, PermissionError):
            lock = FileLock(self.path.with_name(f"{self.path.name}.lock"))
            try:
                if self._size() + more > self._file_bytes:
                    self._rename()
            finally:
                lock.release()

    def _rename(self) -> None:
        for number in range(FILES - 1, 0, -1):
            older = self._file(number)
            newer = self._file(number - 1)
            if newer.exists():
                newer.replace(older)

    def _file(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path

    def _size(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def _entries(self) -> Iterator[AuditEntry]:
        """Yield entries, newest first. Outcomes stand after what they are of, so they are met before it."""
        outcomes: dict[str, str] = {}
        for number in range(FILES):
            for line in reversed(self._lines(number)):
                if "outcome" in line:
                    outcomes[line["id"]] = line["outcome"]
                    continue
                entry = _entry(line, outcomes.pop(line["id"], ""))
                if entry is not None:
                    yield entry

    def _lines(self, number: int) -> list[dict[str, Any]]:
        try:
            text = self._file(number).read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"{self._file(number)}: {error}"
            raise AuditError(message) from error
        return [line for line in map(_line, text.splitlines()) if line is not None]


def _entry(line: dict[str, Any], outcome: str) -> AuditEntry | None:
    try:
        return AuditEntry.model_validate({**line, "outcome": outcome})
    except ValidationError:  # of another version
        return None


def _line(text: bytes) -> dict[str, Any] | None:
    """Return a line as written; None for what a crash cut off."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("id"), str) else None


def _append(path: Path, data: bytes, *, syncs: bool) -> None:
    """Add a line to a file; one that a crash cut off is ended first."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.lseek(file, 0, os.SEEK_END)
        if size and os.lseek(file, size - 1, os.SEEK_SET) >= 0 and os.read(file, 1) != b"\n":
            data = b"\n" + data
        while data:  # on a disk that is nearly full a part is written, and only the next part raises
            data = data[os.write(file, data) :]
        if syncs:
            os.fsync(file)
    finally:
        os.close(file)
