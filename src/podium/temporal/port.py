"""The run around one step, as the worker that performs it sees it.

What happens is folded into a slice of the run, and reported as a whole when the entry is over.

A write is sent at once only where the order was its intent (`StepView.may_send`), or where it is on record; any other
suspends the step: the workflow puts it on record and has it settled, and then the step is performed again over its
calls.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from podium.core import stimuli as st
from podium.core.decide import decide
from podium.core.evolve import evolve
from podium.core.state import Step
from podium.effects.ports import Entry, Outbox, Progress, Surroundings, Token
from podium.errors import RunLostError
from podium.temporal.late import LateAnswers
from podium.temporal.views import slice_of
from podium.temporal.wire import StepView
from podium.workflow.binding import Compiled

LOST_AFTER_BEATS = 2.5
"""A worker that has not been heard for so many heartbeats counts as lost: its runs know of it within three."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What all steps that a worker performs share.

    Attributes:
        around: What all calls share.
        step_threads: Where sync steps run.
        outbox: What starts and signals other runs.
        late: Where answers go that nobody waits for any more.
        told: What is waited for before the first call; None: nothing.
    """

    around: Surroundings
    step_threads: Executor
    outbox: Outbox
    late: LateAnswers
    told: asyncio.Event | None = None

    async def ready(self) -> None:
        """Wait until calls can be made as others have ordered."""
        if self.told is not None:
            await self.told.wait()


class StepPort:
    """One step of a run. It implements `engine.entering.Performer`.

    Attributes:
        state: The slice of the run.
        reports: What happened, for the workflow, in order.
        over: Set once the entry is over.
        progressed: How far the step's code says it is.
    """

    def __init__(self, view: StepView, code: Compiled, shop: Shop) -> None:
        self.run_id, self.namespace, self.incarnation = view.run_id, view.namespace, view.incarnation
        self.state = slice_of(view, code.graph)
        self.restored_at: int | None = None  # a server's history is the whole of it
        self.reports: list[st.Stimulus] = []
        self.over = asyncio.Event()
        self.progressed: tuple[float, str] | None = None
        self._view, self._code, self._shop = view, code, shop
        self._is_lost = self._waits = False
        self._heard_ms = shop.around.clock.mono_ms()
        self._answers: list[st.LateEvidence] = []

    # ----- effects.ports.RunPort

    @property
    def deadline_at(self) -> int | None:
        """When the run has to be over."""
        return self._view.deadline_at

    @property
    def outbox(self) -> Outbox:
        """What starts and signals other runs."""
        return self._shop.outbox

    def step(self, path: str) -> Step | None:
        """Return the step as it stands; None once this worker may count as lost, or its write waits to be intended."""
        return None if self.is_lost or self._waits else self.state.steps.get(path)

    def generation(self, path: str) -> int:
        """Return how often the key of the step's write, or of an act, was renewed."""
        return self.state.generations.get(path, 0)

    def board(self, name: str) -> Sequence[str]:
        """Return what was on a board when the order was given."""
        return self.state.boards[name]

    def is_closing(self, path: str) -> bool:
        """Claim that what the step stands in ends, as far as it was known when the order was given."""
        del path
        return self._view.is_closing

    def feed(self, news: st.Stimulus) -> None:
        """Take a report in; a write that is not to be sent at once is only told of."""
        now_ms = self._shop.around.clock.now_ms()
        if isinstance(news, st.WriteWanted):
            is_sent = self._view.may_send and not (news.consent or news.act)
            if not (is_sent or self._view.sends_again):
                self._waits = True
                self.reports.append(news)
                return
            news = replace(news, sent_at=now_ms) if is_sent else news
        if not (isinstance(news, st.WriteWanted) and self._view.sends_again):  # that is on record
            self.reports.append(news)
        for event in decide(self.state, news, now_ms=now_ms):
            evolve(self.state, event)

    async def committed(self) -> None:
        """Look a last time: what is sent is on record, or its order is."""
        if self.is_lost:
            message = f"the worker that performs {self._view.path} of run {self.run_id} counts as lost"
            raise RunLostError(message)

    def answered(self, news: st.LateEvidence) -> None:
        """Keep an answer: where the report of it does not count any more, the run is told otherwise."""
        self._answers.append(news)

    def late(self, news: st.LateEvidence) -> None:
        """Tell the run."""
        self._shop.late.tell(self.run_id, news)

    def suspended(self, context: Entry) -> None:
        """The entry is over; its code is called off."""
        if context.ended is not None:
            self._end(context, context.ended)
        self.over.set()
        if context.task is not None:
            context.task.cancel()

    def say(self, news: Progress | Token) -> None:
        """Tell with the next heartbeat; tokens, nobody."""
        if isinstance(news, Progress):
            self.progressed = (news.share, news.text)

    # ----- engine.entering.Performer

    @property
    def code(self) -> Compiled:
        """The workflow's code."""
        return self._code

    @property
    def around(self) -> Surroundings:
        """What all calls share."""
        return self._shop.around

    @property
    def step_threads(self) -> Executor:
        """Where sync steps run."""
        return self._shop.step_threads

    def values(self, step: Step) -> Mapping[str, str]:
        """Return what the step takes."""
        del step
        return self._view.values

    # ----- the end, and whether anybody still listens

    def ended(self, context: Entry, outcome: st.Outcome) -> None:
        """The entry ended by itself."""
        context.is_closed = True
        self._end(context, outcome)
        self.over.set()

    def _end(self, context: Entry, outcome: st.Outcome) -> None:
        self.reports.append(st.AttemptEnded(self.incarnation, context.path, context.entry, outcome))

    def beat(self) -> None:
        """The worker was heard."""
        if not self.is_lost:
            self._heard_ms = self._shop.around.clock.mono_ms()

    def lose(self) -> None:
        """Nobody waits for the reports any more."""
        self._is_lost = True

    @property
    def is_lost(self) -> bool:
        """Claim that the server may hold this worker for lost: it stood still for too long, or was told so."""
        silent_ms = self._shop.around.clock.mono_ms() - self._heard_ms
        self._is_lost = self._is_lost or silent_ms > LOST_AFTER_BEATS * self._view.heartbeat_ms
        return self._is_lost

    def tell_answers(self) -> None:
        """Tell the run what was answered, where the reports may not count any more."""
        if self.is_lost:
            for news in self._answers:
                self.late(news)
