"""The other side, as files that outlive every process: what was asked of it, and what happened there."""

import fcntl
import os
import signal
from dataclasses import dataclass, replace
from pathlib import Path


def die() -> None:
    """End this process as the kernel does, with nothing run after it."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Outside:
    """A service that keeps what it is told on disk before it answers.

    Attributes:
        folder: Where.
        dies_before, dies_after: The effect around which whoever asks for it dies; "" for none.
        stops_after: The effect after which whoever asks for it stands still, until a test lets it go on; "" for none.
        loses: The effect whose first reply does not arrive; "" for none.
        mode: For code that does something else when it is run again.
    """

    folder: Path
    dies_before: str = ""
    dies_after: str = ""
    stops_after: str = ""
    loses: str = ""
    mode: str = "first"

    def deadly(self, when: str, effect: str) -> "Outside":
        """Return the same, but whoever asks for an effect dies `before` or `after` it."""
        return replace(
            self, dies_before=effect if when == "before" else "", dies_after=effect if when == "after" else ""
        )

    def ask(self, what: str) -> str:
        """Be read from."""
        self._append("asked", what)
        return f"{what}!"

    def do(self, what: str, key: str) -> str:
        """Make something happen, once per key."""
        self._append("tried", f"{what} {key}")
        if what == self.dies_before:
            die()
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.knows(key):
                self._append("done", f"{what} {key}")
        if what == self.dies_after:
            die()
        if what == self.stops_after:
            os.kill(os.getpid(), signal.SIGSTOP)
        if what == self.loses and self.tried().count(what) == 1:
            message = f"the reply to {what} is lost"
            raise ConnectionResetError(message)
        return f"{what} done"

    def knows(self, key: str) -> bool:
        """Claim that what was asked for under a key has happened."""
        return any(line.endswith(f" {key}") for line in self.lines("done"))

    def lines(self, name: str) -> list[str]:
        """Return what was asked, tried or done, in order."""
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def done(self) -> list[str]:
        """Return what happened, in order, without keys."""
        return [line.partition(" ")[0] for line in self.lines("done")]

    def tried(self) -> list[str]:
        """Return what was sent, in order, without keys."""
        return [line.partition(" ")[0] for line in self.lines("tried")]

    def _append(self, name: str, line: str) -> None:
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, f"{line}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
