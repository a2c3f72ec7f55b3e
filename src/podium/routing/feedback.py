"""What people have said about decisions, kept in a file that any number of processes append to.

One line, one fact, written with one call to a file opened for appending, so that lines of several processes do not
mix. A fact has an id: a step that is entered again after a crash notes the same fact again, and it counts once. The
order in the file is the order that counts: of two facts about one sentence, the later one holds.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "feedback.jsonl"


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence is for a route: a person has said so.

    Attributes:
        id: The same for the same act of saying so.
        text: The sentence.
        route: The route's name.
    """

    id: str
    text: str
    route: str


class Feedback:
    """The facts in a folder, which is made when the first one is noted."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    @property
    def size(self) -> int:
        """Bytes in the file; it only grows, so that who has read so many has read all."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def add(self, fact: Fact) -> None:
        """Note a fact; it is on disk when this returns. Raise OSError where it does not get there."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(asdict(fact), ensure_ascii=False).encode() + b"\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            if self._ends_open(file):
                line = b"\n" + line  # whoever wrote last died in the middle of its line
            while line:  # on a disk that is nearly full a part is written, and only the next part raises
                line = line[os.write(file, line) :]
            os.fsync(file)
        finally:
            os.close(file)

    def read(self) -> dict[str, str]:
        """Return what holds: sentence to route. What is no fact (a line cut off by a crash) is passed over."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        for fact in self._facts():
            if fact.id not in seen:
                found.pop(fact.text, None)
                found[fact.text] = fact.route
            seen.add(fact.id)
        return found

    def _facts(self) -> Iterator[Fact]:
        if not self.size:
            return
        for line in self._path.read_bytes().splitlines():
            fact = _fact(line)
            if fact is not None:
                yield fact

    def _ends_open(self, file: int) -> bool:
        size = os.fstat(file).st_size
        if not size:
            return False
        with self._path.open("rb") as there:
            there.seek(size - 1)
            return there.read(1) != b"\n"


def _fact(line: bytes) -> Fact | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in ("id", "text", "route")):
        return None
    return Fact(found["id"], found["text"], found["route"])
