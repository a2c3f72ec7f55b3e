"""Everything that is known of one step, read from its run's journal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from podium.core import events as ev
from podium.core.events import Event
from podium.core.inputs import values_of
from podium.core.path import ROOT, is_undo, parse, undone_path
from podium.core.state import DoneWrite, RunState, Scope, Step, StepStatus
from podium.core.undoing import undo_node
from podium.draw.plans import graph_at
from podium.draw.words import clean
from podium.failure import Failure
from podium.graph.nodes import GraphKind, Node
from podium.views.attempts import Attempts
from podium.views.calls import CallRow, Calls
from podium.views.detail import CallView, Change, DecisionView, StepDetail
from podium.views.failures import failure_view
from podium.views.guard_lines import GuardsThen, limits_of
from podium.views.legible import cut
from podium.views.record import Record
from podium.views.spending import cost_in
from podium.views.story import RunStory
from podium.views.view import object_text, value

VISITS_MAX = 200
CALLS_MAX = 200
TEXT_CHARS = 2_000
"""Of names, reasons and keys, which may be anybody's."""

_BEGIN = (ev.StepStarted, ev.StepRestarted, ev.UndoStarted, ev.ConditionAsked)
_VERBS: Mapping[type[Event], str] = {
    ev.StepAnswered: "answer",
    ev.WriteApproved: "approve",
    ev.WriteRefused: "refuse",
    ev.UndoSkipped: "skip",
}


@dataclass
class _Found:
    """What was found of the step at an address, event by event."""

    address: str
    attempts: Attempts = field(default_factory=Attempts)
    calls: Calls = field(default_factory=Calls)
    guards: GuardsThen = field(default_factory=GuardsThen)
    decisions: list[DecisionView] = field(default_factory=list)
    node: Node | None = None
    given: str | None = None
    output: str | None = None
    changes: tuple[Change, ...] = ()
    failure: Failure | None = None
    caught: Failure | None = None

    def before(self, event: Event, state: RunState) -> None:
        """Look at the run before an event of the step is folded in."""
        if isinstance(event, ev.StepDone):
            self.changes = _changes(event, state.scopes[state.steps[self.address].scope])

    def after(self, event: Event, state: RunState) -> None:
        """Look at the run after it is."""
        self.attempts.take(event)
        self.calls.take(event)
        self.guards.take(event)
        step = state.steps.get(self.address)
        if step is not None and (self.node is None or isinstance(event, _BEGIN)):
            self.node = undo_node(step.undoes) if step.undoes is not None else step.node
            self.given = _given(state, step)
        if isinstance(event, ev.StepStarted):
            self.caught = event.caught or self.caught
        if isinstance(event, ev.StepDone):
            self.output = json.dumps(event.label) if event.label is not None else self._gives(event, state)
        self.failure = getattr(event, "failure", None) or self.failure
        self._decide(event)

    def _gives(self, event: ev.StepDone, state: RunState) -> str | None:
        where = parse(self.address)
        scope = state.scopes.get(where.scope)
        if event.output is None and scope is not None and where.item is None:
            return scope.outputs.get(where.name)
        return event.output

    def _decide(self, event: Event) -> None:
        verb = event.verb if isinstance(event, ev.StepResolved) else _VERBS.get(type(event))
        by = getattr(event, "by", "")
        if verb is not None and (by or not isinstance(event, ev.StepAnswered)):
            reason = getattr(event, "reason", "")
            self.decisions.append(
                DecisionView(
                    at=event.at, by=cut(by, TEXT_CHARS), verb=cut(verb, TEXT_CHARS), reason=cut(reason, TEXT_CHARS)
                )
            )


def step_detail(record: Record, address: str) -> StepDetail | None:
    """Return everything that is known of the step at an address; None where it has not begun, or there is none.

    Costs a walk over the whole journal. Values are cut where they are very long.

    Raises:
        InvariantError: The events do not fit each other.
    """
    story = RunStory(record.info.id, record.graph)
    found = _Found(address)
    for number, event in enumerate(record.events, 1):
        is_mine = getattr(event, "path", ROOT) == address
        if is_mine:
            found.before(event, story.state)
        story.take(number, event)
        if is_mine:
            found.after(event, story.state)
    return _detail(found, story)


def _detail(found: _Found, story: RunStory) -> StepDetail | None:
    seen = story.steps_seen.get(found.address)
    if seen is None:
        return None
    node = found.node or _node(story, found.address)
    own, of_tools = limits_of(node)
    now = seen.now
    return StepDetail(
        address=found.address,
        place=seen.place,
        name=clean(node.name),
        title=clean(node.title),
        kind=_kind(node, found.address),
        status=now.status,
        note=clean(now.note),
        began_at=now.began_at,
        ended_at=now.ended_at,
        began_seq=now.began_seq,
        ended_seq=now.ended_seq,
        input=value(found.given),
        output=value(found.output),
        changes=found.changes,
        failure=None if found.failure is None else failure_view(found.failure),
        caught=None if found.caught is None else failure_view(found.caught),
        attempts=found.attempts.views(),
        calls=tuple(_call(row, found, of_tools) for row in found.calls.rows[-CALLS_MAX:]),
        guards=found.guards.lines(own),
        decisions=tuple(found.decisions),
        visits=_visits(story, seen.place, parse(found.address).item),
        source="" if node.where is None else clean(str(node.where)),
    )


def _node(story: RunStory, address: str) -> Node:
    """Return what the step at an address is a visit of, where a copy has it that does not say more."""
    where = parse(undone_path(address) if is_undo(address) else address)
    return graph_at(story.state.graph, story.plans, where.scope).nodes[where.name]


def _kind(node: Node, address: str) -> str:
    if is_undo(address):
        return "undo"
    return "map" if node.each is not None and parse(address).item is None else str(node.kind)


def _given(state: RunState, step: Step) -> str | None:
    """Return what a step takes, as a JSON object; a map the list that it goes over."""
    if step.undoes is not None:
        return _undone(step.undoes)
    scope = state.scopes[step.scope]
    if step.is_map and step.node.each is not None:
        return scope.outputs.get(step.node.each) or scope.data.get(step.node.each)
    if step.status is StepStatus.CHECKING:
        return None
    return object_text(values_of(state, step))


def _undone(record: DoneWrite) -> str:
    return object_text({"args": record.args, "result": record.result or "null"})


def _changes(event: ev.StepDone, scope: Scope) -> tuple[Change, ...]:
    if scope.graph.kind is not GraphKind.MACHINE:
        return ()
    changed = [
        Change(field=name, before=value(scope.data.get(name)), after=value(text))
        for name, text in (event.changes or {}).items()
    ]
    grown = [
        Change(field=name, after=value(f"[{items}]"), is_append=True) for name, items in (event.appends or {}).items()
    ]
    return (*changed, *grown)


def _call(row: CallRow, found: _Found, limits: Mapping[str, tuple[str, ...]]) -> CallView:
    cost = cost_in(row.result) if row.kind == "model" and row.result is not None else None
    tokens_in, tokens_out, micros = cost or (None, None, None)
    return CallView(
        tool=cut(row.tool, TEXT_CHARS),
        instead_of=cut(row.instead_of, TEXT_CHARS),
        kind=row.kind,
        status=cut(row.status.removeprefix("read "), TEXT_CHARS),
        began_at=row.began_at,
        ended_at=row.ended_at,
        sent=row.sent,
        key=cut(row.key, TEXT_CHARS),
        args=value(row.args),
        result=value(row.result),
        failure=None if row.failure is None else failure_view(row.failure),
        guards=found.guards.lines(limits.get(row.instead_of or row.tool, ())),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost_micros=micros,
    )


def _visits(story: RunStory, place: str, item: int | None) -> tuple[str, ...]:
    found = [
        seen.address
        for seen in story.steps_seen
        if seen.place == place and not is_undo(seen.address) and parse(seen.address).item == item
    ]
    return tuple(found[-VISITS_MAX:])
