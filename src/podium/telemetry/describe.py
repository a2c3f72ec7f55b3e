"""What spans are called and what they carry, by the GenAI conventions; and what is counted on the way."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from podium.core import events as ev
from podium.core.events import Event
from podium.core.path import is_undo
from podium.effects.keys import tool_of
from podium.failure import Failure
from podium.redaction import mask, without_known
from podium.telemetry import names
from podium.telemetry.answers import answer_of
from podium.telemetry.numbers import Numbers
from podium.telemetry.open_spans import MARK, OpenSpan, OpenStep, OpenWrite, is_agent, name_of, parent_path
from podium.telemetry.span import Moment, Span, Spans, Value

if TYPE_CHECKING:
    from podium.telemetry.story import RunTold

CALLS_MAX = 10_000
"""So many calls are known by how their tries went, for as long as their end is not on disk."""

RUNS_MAX = 10_000
"""So many runs are known by how far this process has told of them."""

MESSAGE_CHARS_MAX = 300


class Ended(NamedTuple):
    """How something ended. `has_run`: its code was at work; `result`: JSON text."""

    at: int
    failure: Failure | None = None
    outcome: str = ""
    label: str = ""
    result: str = ""
    has_run: bool = True


@dataclass(slots=True)
class Describer:
    """Makes spans of what has ended.

    Attributes:
        numbers: What is counted.
        spans: Where spans go; None for nowhere.
        has_content: Arguments, results and messages are shown.
        redact: Returns what is shown of an error's words.
        tries: How tries of calls failed, by run, step and call, for as long as their end is not on disk.
        told: The number of the last event that this process told of, by run.
    """

    numbers: Numbers
    spans: Spans | None = None
    has_content: bool = False
    redact: Callable[[str], str] = mask
    tries: "OrderedDict[tuple[str, str, str], list[Moment]]" = field(default_factory=OrderedDict)
    told: "OrderedDict[str, int]" = field(default_factory=OrderedDict)

    def has_told(self, run_id: str, seq: int) -> None:
        """Keep how far a run was told."""
        self.told[run_id] = seq
        self.told.move_to_end(run_id)
        if len(self.told) > RUNS_MAX:
            self.told.popitem(last=False)

    def wants(self, run: "RunTold") -> bool:
        """Claim that the spans of a run are told."""
        parent = run.parent
        sampled = None if parent is None else parent.is_sampled
        return self.spans is not None and self.spans.wants(run.ids.trace, is_sampled=sampled)

    def tell(self, span: Span) -> None:
        """Pass a span on."""
        if self.spans is not None:
            self.spans.ended(span)

    def call_failed(self, key: tuple[str, str, str], moment: Moment) -> None:
        """Keep how a try of a call failed until the call is told of."""
        self.tries.setdefault(key, []).append(moment)
        while len(self.tries) > CALLS_MAX:
            self.tries.popitem(last=False)

    # ----- spans

    def run(self, run: "RunTold", root: OpenSpan, status: str, ended: Ended) -> Span | None:
        """Return the span of a run in one of its lives."""
        if not run.is_wanted:
            return None
        made = self._graph(run, "", root, ended)
        parent = run.parent
        made.parent, made.is_parent_remote = (None, False) if parent is None else (parent.span, True)
        made.attributes |= {names.RUN_ID: run.run_id, names.RUN_STATUS: status}
        if run.life:
            made.attributes[names.RUN_LIFE] = run.life
        made.links = root.links
        return made

    def scope(self, run: "RunTold", path: str, scope: OpenSpan, ended: Ended) -> Span | None:
        """Return the span of what is nested in a step."""
        if not run.is_wanted:
            return None
        made = self._graph(run, path, scope, ended)
        made.parent = run.ids.step(path)
        made.attributes |= {names.RUN_ID: run.run_id, names.STEP_PATH: path}
        return made

    def _graph(self, run: "RunTold", path: str, opened: OpenSpan, ended: Ended) -> Span:
        graph = run.places.graph(path)
        name = run.places.label(path) if graph is None else graph.name
        operation, about = names.INVOKE_WORKFLOW, names.WORKFLOW_NAME
        if graph is not None and is_agent(graph):
            operation, about = names.INVOKE_AGENT, names.AGENT_NAME
        attributes: dict[str, Value] = {names.OPERATION: operation, about: name}
        return self._span(run, (f"{operation} {name}", run.ids.scope(path)), opened, ended, attributes)

    def step(self, run: "RunTold", path: str, step: OpenStep, ended: Ended) -> Span | None:
        """Return the span of a step."""
        if not run.is_wanted:
            return None
        word = names.UNDO if is_undo(path) else names.STEP
        attributes: dict[str, Value] = {names.RUN_ID: run.run_id, names.STEP_PATH: path, names.ATTEMPT: step.attempt}
        if ended.outcome:
            attributes[names.STEP_OUTCOME] = ended.outcome
        if ended.label:
            attributes[names.STEP_LABEL] = ended.label
        if step.node is not None:
            attributes[names.STEP_KIND] = str(step.node.kind)
        made = self._span(run, (f"{word} {name_of(path)}", run.ids.step(path)), step, ended, attributes)
        around, is_map = parent_path(path)
        made.parent = run.ids.step(around) if is_map else run.ids.scope(around)
        return made

    def only_call(self, run: "RunTold", path: str, step: OpenStep, ended: Ended) -> Span | None:
        """Return the span of the call that all of a step is, in this attempt."""
        if not run.is_wanted:
            return None
        opened = OpenSpan(step.tried)
        return self._call(run, (path, step.attempt, ""), step.tool, opened, ended)

    def write(self, run: "RunTold", path: str, write: OpenWrite, ended: Ended) -> Span | None:
        """Return the span of a write."""
        if not run.is_wanted:
            return None
        made = self._call(run, (path, 0, write.call), write.tool, write, ended)
        made.attributes[names.TOOL_WRITES] = True
        if self.has_content:
            made.attributes[names.TOOL_ARGUMENTS] = without_known(write.args)
        return made

    def read(self, run: "RunTold", step: OpenStep, event: ev.ReadDone | ev.ReadFailed) -> Span | None:
        """Return the span of a read."""
        if not run.is_wanted:
            return None
        if isinstance(event, ev.ReadDone):
            ended = Ended(event.at, result=event.result)
        else:
            ended = Ended(event.at, failure=event.failure)
        opened = OpenSpan(step.last if event.began is None else event.began)
        made = self._call(run, (event.path, step.attempt, event.call), tool_of(event.call), opened, ended)
        if isinstance(event, ev.ReadDone) and event.source:
            made.attributes[names.TOOL_SOURCE] = event.source
        return made

    def _call(self, run: "RunTold", which: tuple[str, int, str], tool: str, opened: OpenSpan, ended: Ended) -> Span:
        path, attempt, call = which
        for moment in self.tries.pop((run.run_id, path, call), ()):
            opened.note(moment)
        attributes: dict[str, Value] = {names.RUN_ID: run.run_id, names.STEP_PATH: path}
        model = tool.partition(MARK)[2]
        if model:
            operation, about = names.CHAT, model
            attributes |= answer_of(ended.result, has_content=self.has_content).attributes(tool)
        else:
            operation, about = names.EXECUTE_TOOL, tool
            attributes |= {names.OPERATION: operation, names.TOOL_NAME: tool, names.TOOL_TYPE: "function"}
            if self.has_content and ended.result:
                attributes[names.TOOL_RESULT] = without_known(ended.result)
        made = self._span(run, (f"{operation} {about}", run.ids.call(path, attempt, call)), opened, ended, attributes)
        made.parent, made.is_client = run.ids.step(path), bool(model)
        return made

    def _span(
        self, run: "RunTold", who: tuple[str, int], opened: OpenSpan, ended: Ended, attributes: dict[str, Value]
    ) -> Span:
        name, id_ = who
        made = Span(
            name=name,
            trace=run.ids.trace,
            id=id_,
            parent=None,
            began=opened.began,
            ended=max(ended.at, opened.began),
            attributes=attributes,
            moments=opened.moments,
        )
        failure = ended.failure
        if failure is not None:
            made.error, made.message = failure.type, self.redact(failure.message)[:MESSAGE_CHARS_MAX]
            attributes[names.ERROR_TYPE] = failure.type
        return made

    # ----- numbers

    def count(self, run: "RunTold", event: Event) -> None:
        """Count an event that is on disk."""
        count = _COUNT.get(type(event))
        if count is not None:
            count(self.numbers, run, event)

    def step_ended(self, run: "RunTold", step: OpenStep, ended: Ended) -> None:
        """Count a step that ended, and how long it took."""
        self.numbers.steps.add((run.workflow, step.label, ended.outcome))
        self.numbers.step_seconds.put((run.workflow, step.label), (ended.at - step.began) / 1000)


def _run_began(numbers: Numbers, run: "RunTold", event: Any) -> None:
    del event
    numbers.runs_started.add((run.workflow,))


def _run_ended(status: str) -> Callable[[Numbers, "RunTold", Any], None]:
    def ended(numbers: Numbers, run: "RunTold", event: Any) -> None:
        numbers.runs_ended.add((run.workflow, status))
        numbers.run_seconds.put((run.workflow,), (event.at - run.root.began) / 1000)

    return ended


def _attempt_failed(numbers: Numbers, run: "RunTold", event: ev.AttemptFailed) -> None:
    numbers.step_retries.add((run.workflow, run.places.label(event.path)))


def _parked(numbers: Numbers, run: "RunTold", event: ev.StepParked) -> None:
    numbers.parked.add((run.workflow, run.places.label(event.path), event.reason))


def _doubted(numbers: Numbers, run: "RunTold", event: ev.WriteDoubted) -> None:
    numbers.doubts.add((run.workflow, run.places.label(event.path)))


def _read(numbers: Numbers, run: "RunTold", event: ev.ReadDone) -> None:
    del run
    tool = tool_of(event.call)
    if MARK in tool:
        answer = answer_of(event.result, has_content=False)
        agent, _, model = tool.partition(MARK)
        numbers.tokens.add((agent, model, "input"), answer.input_tokens)
        numbers.tokens.add((agent, model, "output"), answer.output_tokens)
        numbers.cost.add((agent, model), answer.money)


def _task(numbers: Numbers, run: "RunTold", event: ev.TaskOpened) -> None:
    numbers.tasks.add((run.workflow, run.places.label(event.path)))


def _compensating(numbers: Numbers, run: "RunTold", event: ev.CompensationStarted) -> None:
    if not event.path:
        numbers.compensations.add((run.workflow,))


def _taken_over(numbers: Numbers, run: "RunTold", event: ev.RunTakenOver) -> None:
    del event
    numbers.taken_over.add((run.workflow,))


_COUNT: dict[type[Any], Callable[[Numbers, "RunTold", Any], None]] = {
    ev.RunStarted: _run_began,
    ev.RunForked: _run_began,
    ev.RunTakenOver: _taken_over,
    ev.RunCompleted: _run_ended("completed"),
    ev.RunFailed: _run_ended("failed"),
    ev.RunCancelled: _run_ended("cancelled"),
    ev.RunCompensated: _run_ended("compensated"),
    ev.CompensationStarted: _compensating,
    ev.AttemptFailed: _attempt_failed,
    ev.StepParked: _parked,
    ev.TaskOpened: _task,
    ev.WriteDoubted: _doubted,
    ev.ReadDone: _read,
}
