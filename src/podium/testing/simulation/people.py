"""Who uses a simulated run from outside: the client that starts it, people who answer and decide, whoever cancels."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic_core import from_json

from podium.core import events as ev
from podium.core.events import Event
from podium.core.path import is_undo, place
from podium.core.stimuli import ParkReason, Verb
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.errors import PodiumError, RunEndedError
from podium.graph.nodes import Graph, Node, NodeKind
from podium.testing.simulation.faults import Fault
from podium.testing.simulation.fleet import Fleet
from podium.testing.simulation.laws import Law
from podium.testing.simulation.scene import RUN_ID, Scene
from podium.testing.simulation.values import Maker

ANSWER_MS = 60_000
"""How long a person takes to answer, and a signal to come."""

DECIDE_MS = 3_600_000
"""How long it takes until somebody looks at a parked step; nothing is on its way any more then."""

AGAIN_MS = 5_000
"""What was not acknowledged is asked once more after so long, then after twice as long."""

TRIES = 20
_WORDS = {
    Verb.DONE: "looks, and says: it happened",
    Verb.SEND_AGAIN: "looks, and says: it did not happen, send it",
    Verb.NOT_DONE: "looks, and says: it did not happen, do it anew",
    Verb.ABORT: "gives it up",
}
_WITHOUT_EFFECT = (Verb.SEND_AGAIN, Verb.NOT_DONE, Verb.ABORT)
"""What is decided the first, second and third time about what did not happen; a step that parks more often is left."""

_WITHOUT_DOUBT = (Verb.SEND_AGAIN, Verb.SEND_AGAIN, Verb.ABORT)
_LEFT = (ParkReason.DIVERGED, ParkReason.DATA_CHANGED, ParkReason.NO_UNDO, ParkReason.UNDO_FAILED)
"""Where there is nothing that a person could know better."""

WHO = "somebody"

_OTHERS = (Fault.OTHER_ANSWER, Fault.THIRD_ANSWER)
_TOO_LATE = (Fault.NO_ANSWER, Fault.LATE)

E = TypeVar("E", bound=Event)


@dataclass(slots=True, eq=False)
class Deed:
    """Something that is asked of the run.

    Attributes:
        says: What, for the story.
        do: Asks.
        proof: The kinds of event of which one is on disk once it was accepted, at `path` where they have one.
        path: The step it is about.
        applies: Says whether it is still to be asked.
        state: None while it is not acknowledged; then "accepted" or why it was refused.
    """

    says: str
    do: Callable[[Handle[Any]], Awaitable[None]]
    proof: tuple[type[Event], ...]
    path: str = ""
    applies: Callable[[], bool] = lambda: True
    state: str | None = None
    tries: int = 0


class People:
    """See above. It implements `fleet.Crowd`.

    Attributes:
        deeds: What was asked.
        is_started: The client was told that the run is started.
        told: What the client was told of its end; None before that.
        truth: Says what a call has led to.
    """

    def __init__(self, scene: Scene, fleet: Fleet) -> None:
        self._scene, self._fleet = scene, fleet
        self.deeds: list[Deed] = []
        self.is_started = False
        self.told: str | None = None
        self._decided: dict[str, int] = {}
        self._early: set[str] = set()
        self.truth: Callable[[str], tuple[Any] | None]
        fleet.disk.told.append(self._seen)

    # ----- the client

    async def attend(self, engine: Engine) -> None:
        """Start the run unless it is known to be started, and wait for its end."""
        case = self._scene.case
        if not self.is_started:
            await engine.start_fields(case.workflow, dict(case.data), id=RUN_ID)
            self._scene.must_hold(Law.TOLD, "start", holds=self._scene.record is not None)
            if not self.is_started:
                self._begin_early()
            self.is_started = True
        handle = await engine.get(RUN_ID)
        try:
            await handle.result()
        except RunEndedError as ended:
            self._is_told(str(ended))
        else:
            self._is_told("completed")

    def _is_told(self, what: str) -> None:
        record = self._scene.record
        self.told = what
        self._scene.must_hold(Law.TOLD, "result", holds=record is not None and record.info.status.is_terminal)

    def _begin_early(self) -> None:
        for node in _waits(self._scene.case.workflow.graph):
            if self._scene.director.choose(f"{node.signal} beforehand", (Fault.EARLY,)) is Fault.EARLY:
                self._early.add(str(node.signal))
                self._send(node, 1)

    # ----- who answers

    def _seen(self, event: Event) -> None:
        if type(event) is ev.TaskOpened:
            self._asked(event)
        elif type(event) is ev.StepParked:
            self._parked(event)
        elif type(event) is ev.StepStarted:
            node = self._node(event.path)
            if node is not None and node.kind is NodeKind.WAIT:
                self._awaited(node)

    def _asked(self, event: ev.TaskOpened) -> None:
        node = self._node(event.path)
        options = [True, False] if event.approval or node is None else Maker(node.answer_schema, "answer").options()
        ways = (*_OTHERS[: len(options) - 1], Fault.TWICE, *(() if event.until is None else _TOO_LATE))
        fault = self._scene.director.choose(f"{event.path} person", ways)
        if fault is not None:
            self._scene.story.say(WHO, fault, is_fault=True)
        if fault is Fault.NO_ANSWER:
            return
        nth = _OTHERS.index(fault) + 1 if fault in _OTHERS else 0
        said = self._scene.case.answers.get(node.name if node else "")
        answer = options[nth] if said is None or nth else said
        for _ in range(2 if fault is Fault.TWICE else 1):
            proof = (ev.StepAnswered, ev.WriteApproved, ev.WriteRefused)
            self._do(
                self._left_ms(event.until) if fault is Fault.LATE else ANSWER_MS,
                Deed(f"answers {answer!r}", lambda run: run.answer(event.path, answer, by=WHO), proof, event.path),
            )

    def _left_ms(self, until: int | None) -> int:
        """Return how long it is until a moment after the time is up."""
        return ANSWER_MS + max(0, (until or 0) - self._scene.universe.wall_ms())

    def _awaited(self, node: Node) -> None:
        if node.signal in self._early:
            self._early.discard(str(node.signal))
            return
        ways = (Fault.TWICE,) if node.timeout_ms is None else (Fault.TWICE, *_TOO_LATE)
        fault = self._scene.director.choose(f"{node.signal} signal", ways)
        if fault is not None:
            self._scene.story.say(WHO, fault, is_fault=True)
        if fault is not Fault.NO_ANSWER:
            after_ms = ANSWER_MS + (node.timeout_ms or 0) if fault is Fault.LATE else ANSWER_MS
            for _ in range(2 if fault is Fault.TWICE else 1):
                self._send(node, after_ms)

    def _send(self, node: Node, after_ms: int) -> None:
        signal = str(node.signal)
        payload = self._scene.case.signals.get(signal)
        if payload is None:
            payload = Maker(node.answer_schema, signal).value()
        count = len(self.deeds)
        self._do(
            after_ms,
            Deed(
                f"sends {signal}", lambda run: run.signal(signal, payload, id=f"{signal}-{count}"), (ev.SignalReceived,)
            ),
        )

    # ----- who decides

    def _parked(self, event: ev.StepParked) -> None:
        tries = self._decided[event.path] = self._decided.get(event.path, 0) + 1
        if tries <= len(_WITHOUT_EFFECT):
            self._scene.universe.after(DECIDE_MS, self._decide, event)

    def _decide(self, event: ev.StepParked) -> None:
        """Decide as somebody does who looks into the ledger."""
        if event.reason in _LEFT:
            return
        in_doubt = event.reason == ParkReason.IN_DOUBT
        verb, answer = (_WITHOUT_EFFECT if in_doubt else _WITHOUT_DOUBT)[self._decided[event.path] - 1], None
        intent = self._last(event.path, ev.WriteIntended)
        known = self.truth(intent.key) if in_doubt and intent is not None else None
        if known is not None and intent is not None:
            verb, answer = Verb.DONE, self._as_given(intent, known[0])
        version = self._number(event)
        deed = Deed(
            _WORDS[verb],
            lambda run: run.resolve(event.path, verb, answer=answer, by=WHO, version=version),
            (ev.StepResolved,),
        )
        deed.path, deed.applies = event.path, lambda: self._last(event.path, ev.StepParked) is event
        self._do(0, deed)

    def _number(self, event: Event) -> int:
        """Return the number of an event on disk."""
        events = self._scene.record.events if self._scene.record else []
        return next(number for number, known in enumerate(events, start=1) if known is event)

    def _as_given(self, intent: ev.WriteIntended, result: Any) -> Any:
        """Return what a tool would have given, as JSON has it."""
        text = "null" if is_undo(intent.path) else self._scene.case.workflow.tool(intent.tool).encode(result)
        return from_json(text)

    def _last(self, path: str, kind: type[E]) -> E | None:
        """Return the last event of a kind at a step."""
        events = reversed(self._scene.record.events if self._scene.record else [])
        return next((event for event in events if isinstance(event, kind) and getattr(event, "path", "") == path), None)

    # ----- who cancels

    def cancel(self) -> None:
        """Cancel the run, if it is there."""
        if self._scene.record is not None:
            self._do(
                0,
                Deed(
                    "cancels the run",
                    lambda run: run.cancel("simulated", by=WHO),
                    (ev.CancelAsked, ev.CompensationStarted),
                ),
            )

    # ----- how it is asked

    def _do(self, after_ms: int, deed: Deed) -> None:
        self.deeds.append(deed)
        self._scene.universe.after(after_ms, self._try, deed)

    def _try(self, deed: Deed) -> None:
        """Ask, and ask again until it is acknowledged."""
        if deed.state is not None or deed.tries >= TRIES or not deed.applies():
            return
        process = self._fleet.up
        deed.tries += 1
        if process is not None:
            process.loop.create_task(self._ask(deed, process.engine))
        self._scene.universe.after(AGAIN_MS << deed.tries, self._try, deed)

    async def _ask(self, deed: Deed, engine: Engine) -> None:
        handle = await engine.get(RUN_ID)
        self._scene.story.say(WHO, deed.says)
        try:
            await deed.do(handle)
        except PodiumError as refused:
            deed.state = f"refused: {refused}"
            self._scene.story.say(WHO, deed.state)
        else:
            deed.state = "accepted"

    def _node(self, path: str) -> Node | None:
        """Return the node of the graph that a step stands at; None for one of a plan, and for what undoes a write."""
        node, graph = None, self._scene.case.workflow.graph if "." not in path else None
        for name in place(path).split("/"):
            node = None if graph is None else graph.nodes.get(name)
            graph = None if node is None else node.child
        return node


def _waits(graph: Graph) -> list[Node]:
    found: list[Node] = []
    for node in graph.nodes.values():
        if node.kind is NodeKind.WAIT and node.signal:
            found.append(node)
        if node.child is not None:
            found += _waits(node.child)
    return found
