"""The steps of a run, event by event: how each stood after every event that concerned it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from podium.core.path import is_undo, place, undone_path
from podium.core.state import StepStatus
from podium.draw.overlay import Status
from podium.draw.words import clean
from podium.views.changes import Changes
from podium.views.standing import StepLine

NOTE_CHARS_MAX = 200

ENDED = frozenset({Status.DONE, Status.FAILED, Status.SKIPPED, Status.CANCELLED, Status.UNDONE})
STATUS_OF = MappingProxyType(
    {
        StepStatus.CHECKING: Status.RUNNING,
        StepStatus.CHECKED: Status.RUNNING,
        StepStatus.RUNNING: Status.RUNNING,
        StepStatus.INSIDE: Status.RUNNING,
        StepStatus.WAITING: Status.WAITING,
        StepStatus.BACKOFF: Status.RETRYING,
        StepStatus.POSTPONED: Status.RETRYING,
        StepStatus.PARKED: Status.PARKED,
        StepStatus.UNDOING: Status.UNDOING,
        StepStatus.DONE: Status.DONE,
        StepStatus.SKIPPED: Status.SKIPPED,
        StepStatus.FAILED: Status.FAILED,
        StepStatus.CANCELLED: Status.CANCELLED,
    }
)
"""How people see what the law says of a step."""


class Look(NamedTuple):
    """How a step stood after event number `seq`."""

    seq: int
    status: Status
    note: str
    began_at: int
    began_seq: int
    ended_at: int | None = None
    ended_seq: int | None = None
    attempts: int = 1


@dataclass(slots=True)
class Seen:
    """A step that was seen; `order`: how many were seen before it."""

    address: str
    place: str
    order: int
    looks: list[Look] = field(default_factory=list)

    @property
    def now(self) -> Look:
        """How it stands."""
        return self.looks[-1]

    def line(self) -> StepLine:
        """Return it as a line."""
        now = self.now
        return StepLine(
            address=self.address,
            place=self.place,
            depth=self.address.count("/") + self.address.count("["),
            status=now.status,
            note=clean(now.note, chars_max=NOTE_CHARS_MAX),
            began_at=now.began_at,
            ended_at=now.ended_at,
            attempts=now.attempts,
        )


class Steps:
    """All steps that were seen, in the order in which they began."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self._count = 0
        self._changes = Changes()

    def __iter__(self) -> Iterator[Seen]:
        """Go over them in order."""
        return iter(self._seen.values())

    def __len__(self) -> int:
        """Count them."""
        return len(self._seen)

    def get(self, address: str) -> Seen | None:
        """Return what was seen of a step; None where it has not begun."""
        return self._seen.get(address)

    def begin(self, address: str, status: Status, *, seq: int, at: int) -> Seen:
        """Note that a step begins, or begins again."""
        return self._look(self._step(address), Look(seq, status, "", at, seq))

    def stand(self, address: str, status: Status | None, *, note: str | None, seq: int, at: int) -> Seen:
        """Note how a step stands now, and what is to be said of it; None: as before."""
        seen = self._step(address)
        if not seen.looks:
            seen.looks.append(Look(seq, status or Status.RUNNING, "", at, seq))
        now = seen.now
        status = now.status if status is None else status
        ended: tuple[int | None, int | None] = (None, None)
        if status in ENDED:
            ended = (at, seq) if now.ended_at is None else (now.ended_at, now.ended_seq)
        said = now.note if note is None else note
        return self._look(seen, now._replace(seq=seq, status=status, note=said, ended_at=ended[0], ended_seq=ended[1]))

    def is_undone(self, address: str, status: Status | None, *, note: str, seq: int) -> Seen:
        """Note how the undoing of a step's write stands now; the step itself was over before."""
        seen = self._step(address)
        return self._look(seen, seen.now._replace(seq=seq, status=status or seen.now.status, note=note))

    def try_again(self, address: str, attempt: int) -> None:
        """Note which attempt of a step is the next, or goes on."""
        seen = self._seen[address]
        seen.looks[-1] = seen.now._replace(attempts=attempt)

    def rewind(self, seq: int) -> None:
        """Forget what was seen after event number `seq`."""
        for seen in list(self._seen.values()):
            while seen.looks and seen.now.seq > seq:
                seen.looks.pop()
            if not seen.looks:
                del self._seen[seen.address]
        self._changes.clear()

    def since(self, seq: int) -> list[Seen]:
        """Return the steps that stand otherwise since event number `seq`, in order."""
        return sorted((self._seen[address] for address in self._changes.since(seq)), key=lambda seen: seen.order)

    def _step(self, address: str) -> Seen:
        seen = self._seen.get(address)
        if seen is None:
            where = place(undone_path(address) if is_undo(address) else address)
            seen = self._seen[address] = Seen(address, where, self._count)
            self._count += 1
        return seen

    def _look(self, seen: Seen, look: Look) -> Seen:
        if seen.looks and seen.now.seq == look.seq:
            seen.looks.pop()
        seen.looks.append(look)
        self._changes.mark(seen.address, look.seq)
        return seen
