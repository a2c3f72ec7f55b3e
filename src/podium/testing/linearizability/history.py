"""What processes did to a shared object, and when: a history of operations, as far as it is known.

A process writes a line before each operation and a line after it, to a file of its own. When it is killed in between,
the operation may or may not have happened. Times are of CLOCK_MONOTONIC, which all processes of one machine share.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

T = TypeVar("T")
DIED: Final = ("died",)
"""The last operation of each process."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on an object.

    Attributes:
        process: Who did it.
        key: On which object; "" is all of them, where a crash left open which it was.
        call: What was asked for: a verb and its arguments, as JSON has them.
        result: What came of it, as JSON has it; without meaning where it is open.
        invoked: When it began, in ns.
        returned: When it ended, in ns; where it is open: when its process was dead. It looked at no clock after
            that; but what it did may be seen later (see `docs/decisions/0043`).
        is_open: Its process died in it, so that it may or may not have happened.
    """

    process: str
    key: str
    call: tuple[Any, ...]
    result: Any
    invoked: int
    returned: int
    is_open: bool = False


class Log:
    """Where one process writes down what it does.

    Args:
        path: Made when it is missing; a process of its own file.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def did(self, key: str, call: tuple[Any, ...], do: Callable[[], T], *, result: Callable[[T], Any]) -> T:
        """Do an operation and write it down.

        Args:
            key: On which object; "" when the result will tell.
            call: What is asked for.
            do: Does it.
            result: Says what came of it; where `key` is "", as a pair of key and result, or None to forget it.
        """
        self.begin(key, call)
        done = do()
        self.end(result(done))
        return done

    def begin(self, key: str, call: tuple[Any, ...]) -> None:
        """Write down that an operation begins."""
        self._write({"at": time.monotonic_ns(), "key": key, "call": call})

    def end(self, result: Any) -> None:
        """Write down what came of the operation that was begun last."""
        self._write({"at": time.monotonic_ns(), "result": result})

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")


def read_log(path: Path, *, died_at: int) -> Iterator[Operation]:
    """Return the operations of one process, the last of which is `("died",)` on every object.

    Args:
        path: What its `Log` wrote; the file is called like the process.
        died_at: When it was seen to be dead, in ns.
    """
    lines = path.read_bytes().split(b"\n")[:-1]  # what has no end of line was not written to its end
    begun: dict[str, Any] | None = None
    lived_at = 0
    for line in map(json.loads, lines):
        lived_at = line["at"]
        if begun is None:
            begun = line
            continue
        if begun["key"] or line["result"] is not None:
            key, result = (begun["key"], line["result"]) if begun["key"] else line["result"]
            yield Operation(path.stem, key, tuple(begun["call"]), result, begun["at"], lived_at)
        begun = None
    if begun is not None:
        yield Operation(path.stem, begun["key"], tuple(begun["call"]), None, lived_at, died_at, is_open=True)
    yield Operation(path.stem, "", DIED, None, lived_at, died_at)


def by_key(history: Iterable[Operation]) -> dict[str, list[Operation]]:
    """Take a history apart by objects, oldest operation first.

    What may have been on any object is in each part; but the end of a process that did nothing there is not.

    A history is linearizable if and only if its parts are.

    Source: "locality" in Herlihy and Wing, Linearizability, 1990.
    """
    operations = sorted(history, key=lambda operation: operation.invoked)
    keys = dict.fromkeys(operation.key for operation in operations if operation.key)
    return {key: list(_about(key, operations)) for key in keys}


def _about(key: str, operations: Iterable[Operation]) -> Iterator[Operation]:
    active: set[str] = set()
    for operation in operations:
        if operation.call == DIED and operation.process not in active:
            continue
        if operation.key in (key, ""):
            active.add(operation.process)
            yield operation
