"""What waits for people: questions and parked steps."""

from podium.views.view import FailureView, Value, View


class TaskRow(View):
    """An open question; see `engine.ports.HumanTask`.

    Attributes:
        id: `run_id:path`.
        workflow: Of the run.
        context, schema_text: What the person should see, and the JSON schema of the answer, as JSON texts.
        options: The answers that the schema allows, where it is a choice among named ones (`Approve`, `Reject`…): each
            with its name, its own schema, and the default that may be sent as it is (None: a form is needed).
        tool, args: Of the frozen write that an approval is about.
    """

    id: str
    run_id: str
    path: str
    workflow: str
    title: str
    is_approval: bool
    context: Value
    schema_text: str
    options: tuple["AnswerOption", ...] = ()
    tool: str = ""
    args: Value | None = None
    asked_at: int
    until: int | None = None


class AnswerOption(View):
    """One way to answer: `as_is` is its JSON text when it needs no form."""

    name: str
    schema_text: str
    as_is: str | None = None


class TaskList(View):
    """Open questions, oldest first; `next`: the cursor of what comes after."""

    tasks: tuple[TaskRow, ...]
    next: str | None = None


class ParkedAction(View):
    """A decision that may be made: its verb, what it means, and whether an answer goes with it."""

    verb: str
    means: str
    takes_answer: bool = False


class ParkedTry(View):
    """One time that something went wrong."""

    at: int
    what: str
    failure: FailureView


class ParkedRow(View):
    """A step that waits for a decision, with everything needed to make it; see `engine.parked.ParkedRecord`.

    Attributes:
        history: What people have decided about it before: (at, by, verb, reason).
    """

    run_id: str
    path: str
    workflow: str
    reason: str
    detail: str
    tool: str = ""
    args: Value | None = None
    key: str = ""
    parked_at: int
    version: int
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    tried: tuple[ParkedTry, ...] = ()
    waiting: tuple[str, ...] = ()
    actions: tuple[ParkedAction, ...] = ()
    history: tuple[tuple[int, str, str, str], ...] = ()


class ParkedList(View):
    """Parked steps, oldest first."""

    parked: tuple[ParkedRow, ...]
    next: str | None = None
