"""Plays runs that write a lot, end late, and have much to undo."""

from typing import Any

from podium.core import stimuli as st
from podium.core.state import Phase, Step
from tests.simulation.player import Action, Player


class Spender(Player):
    """A player to whom mostly good things happen, until enough was written."""

    def _of_running(self, step: Step) -> list[Action]:
        return super()._of_running(step) if self.dice.once_in(12) else [self._likely(step)]

    def _likely(self, step: Step) -> Action:
        writes = step.phase is Phase.RUN and step.path not in self.stopped and step.undoes is None
        if writes and step.write is None and self.dice.below(4):
            kind: dict[str, Any] = {"irreversible": True} if self.dice.below(32) == 31 else {"undo": "cancel@1"}
            return lambda: self.want(step.path, **kind)
        if writes and not step.may_have_written and self.dice.below(10) == 9:
            return lambda: self.fail(step.path)
        return self._kindly(step)

    def _kindly(self, step: Step) -> Action:
        if step.may_have_written or step.path in self.stopped or step.undoes is not None or step.phase is Phase.OPEN:
            return super()._kindly(step)
        return lambda: self.end(step.path, st.Succeeded(output="[1,2]"))
