"""Everything that is known of one step: what the inspector shows."""

from podium.draw.overlay import Status
from podium.views.view import FailureView, Value, View


class GuardLine(View):
    """A guard of a call: what it is (`retry`, `timeout`, `breaker`…), what it says, and how it stood at the time."""

    name: str
    says: str
    then: str = ""


class CallView(View):
    """One use of a tool.

    Attributes:
        tool: What was called.
        instead_of: The tool that it stood in for.
        kind: `read`, `write` or `model` (a request to a model).
        status: In a word or two: `done`, `failed`, `in doubt`, `sent, no answer yet`…
        began_at, ended_at: Times, as far as the journal tells.
        sent: How often it was sent.
        key: Of a write.
        args, result, failure: What it took and gave.
        guards: Those of its tool.
        tokens_in, tokens_out, cost_micros: Of a model request, where known.
    """

    tool: str
    instead_of: str = ""
    kind: str
    status: str
    began_at: int | None = None
    ended_at: int | None = None
    sent: int = 1
    key: str = ""
    args: Value | None = None
    result: Value | None = None
    failure: FailureView | None = None
    guards: tuple[GuardLine, ...] = ()
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_micros: int | None = None


class AttemptView(View):
    """One try of a step: when, what became of it, and when the next one is due."""

    number: int
    began_at: int
    ended_at: int | None = None
    outcome: str
    failure: FailureView | None = None
    retry_at: int | None = None


class Change(View):
    """A field of a record that the step changed: replaced, or grown at its end by `after` (`is_append`)."""

    field: str
    before: Value | None = None
    after: Value | None = None
    is_append: bool = False


class DecisionView(View):
    """What a person decided about the step."""

    at: int
    by: str
    verb: str
    reason: str = ""


class StepDetail(View):
    """A step, whole.

    Attributes:
        address, place, name, title, kind: Which, and what it is.
        status, note: How it stands.
        began_at, ended_at, began_seq, ended_seq: When, and the numbers of its first and last events.
        input: What it was given: a machine's record before it, a DAG node's arguments.
        output: What it gave; for a machine's state its label.
        changes: Of a machine's record.
        failure: The last one.
        attempts, calls: In order.
        guards: Of the step itself.
        decisions: Of people.
        visits: Addresses of all visits of its place, in order.
        caught: The failure that led to it along an error edge.
        source: Where its code is, as `file.py:12`, where that is known.
    """

    address: str
    place: str
    name: str
    title: str = ""
    kind: str
    status: Status
    note: str = ""
    began_at: int
    ended_at: int | None = None
    began_seq: int
    ended_seq: int | None = None
    input: Value | None = None
    output: Value | None = None
    changes: tuple[Change, ...] = ()
    failure: FailureView | None = None
    caught: FailureView | None = None
    attempts: tuple[AttemptView, ...] = ()
    calls: tuple[CallView, ...] = ()
    guards: tuple[GuardLine, ...] = ()
    decisions: tuple[DecisionView, ...] = ()
    visits: tuple[str, ...] = ()
    source: str = ""
