"""Which writes are in doubt, read off the journal alone: nothing else may be tried in their place."""

from podium.core import events as ev
from podium.core.events import Event
from podium.core.path import is_undo

_SETTLES = (ev.WriteDone, ev.WriteFailed, ev.WriteReleased, ev.StepResolved, ev.StepFailed, ev.StepCancelled)


class Doubts:
    """The open writes of all runs, and whether they may have happened."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], ev.WriteIntended] = {}
        self._doubted: set[tuple[str, str]] = set()
        self._in_place_of: dict[str, ev.WriteIntended] = {}

    def seen(self, run_id: str, event: Event) -> None:
        """An event of a run is on disk."""
        at = (run_id, getattr(event, "path", ""))
        if type(event) is ev.WriteIntended:
            if at in self._doubted and self._open[at].key != event.key:
                self._in_place_of[event.key] = self._open[at]
            self._open[at] = event
            self._doubted.discard(at)
        elif type(event) is ev.WriteDoubted:
            self._doubted.add(at)
        elif type(event) is ev.RunTakenOver:
            self._doubted |= {place for place in self._open if place[0] == run_id}
        elif isinstance(event, _SETTLES):
            self._open.pop(at, None)
            self._doubted.discard(at)

    def beside(self, run_id: str, intent: ev.WriteIntended, *, one_at_a_time: bool) -> ev.WriteIntended | None:
        """Return a write in doubt that this one may not be sent beside; None where there is none.

        Args:
            run_id: The run.
            intent: What is sent.
            one_at_a_time: It is of a machine: what is in doubt in another state of the same machine counts too.
        """
        if intent.key in self._in_place_of:
            return self._in_place_of[intent.key]
        is_current = self._open.get((run_id, intent.path)) is intent  # or whoever lost the run sends it once more
        if not is_current or not one_at_a_time or is_undo(intent.path):
            return None
        doubted = (self._open[place] for place in self._doubted if place[0] == run_id)
        near = (other for other in doubted if _scope(other.path) == _scope(intent.path) and not is_undo(other.path))
        return next((other for other in near if other is not intent), None)


def _scope(path: str) -> str:
    return path.rpartition("/")[0]
