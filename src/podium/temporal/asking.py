"""What is asked of a run inside its workflow: parsed as by every shell, checked by the author's code in an activity."""

import json
from collections.abc import Callable
from dataclasses import replace

from temporalio.exceptions import ActivityError

from podium.core import stimuli as st
from podium.core.codec import decode
from podium.core.rewind import rewound
from podium.core.state import RunStatus, Step
from podium.engine import inbox
from podium.engine.ports import InboxRow
from podium.errors import InvalidAnswerError, RefusedError
from podium.temporal.calls import check
from podium.temporal.held import HeldRun
from podium.temporal.stimuli import unpack
from podium.temporal.views import view_of
from podium.temporal.wire import Asked, Check, RunStart, StepView

_CHECKED = frozenset({inbox.SIGNAL, inbox.ANSWER, inbox.RESOLVE})
"""What may carry values of the author's types."""


class Asking:
    """Decides about what is asked of one run, once per id."""

    def __init__(self, held: HeldRun, start: RunStart) -> None:
        self._held, self._start = held, start
        self._deciding: dict[str, Asked] = {}

    async def decide(self, asked: Asked, take: Callable[[st.Stimulus], None]) -> str:
        """Return the verdict: "" once it was taken in, otherwise why it was refused."""
        known = self._held.verdicts.get(asked.id)
        if known is not None:
            return known
        self._held.decided(asked.id, "")  # the same again, while this is being checked, is accepted as this is
        return self._held.decided(asked.id, await self._verdict(asked, take))

    async def _verdict(self, asked: Asked, take: Callable[[st.Stimulus], None]) -> str:
        try:
            take(await self._stimulus(asked))
        except InvalidAnswerError as invalid:
            return f"{inbox.INVALID}{invalid}"
        except RefusedError as refused:
            return str(refused)
        return ""

    async def _stimulus(self, asked: Asked) -> st.Stimulus:
        if asked.kind in _CHECKED:
            return await self._checked(asked)
        state = self._held.state
        news = inbox.stimulus(InboxRow(id=asked.id, run_id=state.run_id, kind=asked.kind, body=asked.body), state, None)
        return self.meant(news)

    def meant(self, news: st.Stimulus) -> st.Stimulus:
        """Return what is meant: a retry of a run that was compensated begins again before what was undone."""
        state = self._held.state
        if not (isinstance(news, st.RetryWanted) and state.status is RunStatus.COMPENSATED):
            return news
        journal = [decode(*row) for row in self._held.rows]
        return st.RewindWanted(rewound(state, journal), news.by)

    async def _checked(self, asked: Asked) -> st.Stimulus:
        """Have the workflow's code check what is carried."""
        step = self._step_of(asked)
        about = Check(
            run_id=self._start.run_id,
            graph_hash=self._start.graph_hash,
            workflow=self._start.workflow,
            asked=asked,
            view=None if step is None else self._view(step),
        )
        try:
            checked = await check(about)
        except ActivityError as error:
            message = f"it could not be checked: {error.cause or error}"
            raise RefusedError(message) from error
        if checked.refused:
            raise InvalidAnswerError(checked.refused)
        return unpack(checked.stimulus)

    def _view(self, step: Step) -> StepView:
        return replace(view_of(self._held.state, step, self._start, at=self._held.state.at), values={})

    def _step_of(self, asked: Asked) -> Step | None:
        try:
            path = json.loads(asked.body).get("path")
        except (ValueError, AttributeError):
            return None  # whoever checks it says what is wrong
        return self._held.state.steps.get(path)
