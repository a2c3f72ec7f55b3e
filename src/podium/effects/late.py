"""An answer to a write that comes when nobody waits for it any more: it may still end a doubt.

Its time was up and a thread, or a task that would not be cancelled, was left behind; or the run was taken over while
the answer was on its way.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from podium.core.stimuli import LateEvidence
from podium.effects.attempt import encoded, failure_of_miss
from podium.effects.ports import RunPort
from podium.guard.classify import meaning_of
from podium.guard.flight import Miss
from podium.workflow.binding import ToolCode


@dataclass(frozen=True, slots=True)
class Listener:
    """Whoever sent a write, and may hear of it later.

    Attributes:
        run, path, entry, key: What was sent.
        tool: By which tool.
    """

    run: RunPort
    path: str
    entry: int
    key: str
    tool: ToolCode

    def listen(self, left: "asyncio.Future[Any]", is_only: Callable[[], bool]) -> None:
        """Tell of the answer once it comes.

        Args:
            left: What was left behind.
            is_only: Says, when the answer is there, whether no other attempt was made under the key.
        """
        left.add_done_callback(lambda done: self._came(done, is_only=is_only()))

    def _came(self, left: "asyncio.Future[Any]", *, is_only: bool) -> None:
        self.tell(self.answer_of(left), is_only=is_only)

    def answer_of(self, left: "asyncio.Future[Any]") -> str | Miss:
        """Return how it ended, as an attempt in time would have."""
        error = asyncio.CancelledError() if left.cancelled() else left.exception()
        if error is None:
            return encoded(left.result(), self.tool.encode)
        says = self.tool.policy.classify
        return Miss(error, meaning_of(error, says=() if says is None else (says,)))

    def tell(self, ended: str | Miss, *, is_only: bool) -> None:
        """Tell whoever holds the run now; what says nothing for sure is not told."""
        if not isinstance(ended, Miss):
            self.run.late(self.evidence(ended))
        elif ended.meaning.is_sure:
            failure = failure_of_miss(ended, self.tool.name)
            self.run.late(replace(self.evidence(None), failure=failure, is_only=is_only))

    def evidence(self, result: str | None) -> LateEvidence:
        """Return what is to be told of a result."""
        return LateEvidence(self.run.incarnation, self.path, self.entry, self.key, result)
