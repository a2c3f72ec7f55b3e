"""What may be said in queries and bodies; the limits of the API are here."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, JsonValue, StringConstraints, field_validator

from podium.core.stimuli import Verb
from podium.engine.guard_store import BreakerSwitch
from podium.engine.status import Status
from podium.views.copying import Form
from podium.views.view import View

T = TypeVar("T")

SEQ_MAX = 2**53 - 1
RESERVED = frozenset({"bulk", "counts", "stream"})
"""Words of the API that stand where a run's id may."""
_IN_NO_PATH = re.compile(r"\\|(?:^|/)\.{1,2}(?:/|$)")
"""What `gate.shape` refuses in paths."""


def _split(value: Any) -> Any:
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


Commas = Annotated[tuple[T, ...], BeforeValidator(_split), Field(json_schema_extra={"style": "form", "explode": False})]
"""Several, divided by commas."""

Seq = Annotated[int, Field(ge=0, le=SEQ_MAX)]
Cursor = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[A-Za-z0-9_-]*$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Name = Annotated[str, StringConstraints(max_length=200)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Reason = Annotated[str, StringConstraints(max_length=2000)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


# ----- queries


class Fold(View):
    """`fold`: places whose nested graphs are drawn as one box."""

    fold: Commas[str] = ()


class RunQuery(View):
    """Which runs: of these statuses, of a workflow, of a tenant, with a text in their id, input or error."""

    status: Commas[Status] = ()
    workflow: Name | None = None
    tenant: Name | None = None
    text: Name | None = None


class RunPageQuery(RunQuery):
    """A page of them; `cursor`: the `next` of the page before."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class OfRun(View):
    """Of one run, or of all; a page."""

    run: Name | None = None
    cursor: Cursor | None = None


class Wait(View):
    """`wait`: for so many seconds at most."""

    wait: Annotated[float, Field(ge=0, le=30, allow_inf_nan=False)] = 0


class Upto(View):
    """`upto`: the number of the last event that counts; the last of all when left out."""

    upto: Seq | None = None


class After(View):
    """`after`: begin behind this event."""

    after: Seq = 0


class PatchQuery(After):
    """At most `limit` of them."""

    limit: Annotated[int, Field(ge=1, le=2000)] = 500


class EventQuery(After):
    """At most `limit` of them."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 500


class JournalQuery(After):
    """Events of these kinds, of a step, with a text in them."""

    limit: Annotated[int, Field(ge=1, le=500)] = 200
    kind: Commas[Name] = ()
    address: Address | None = None
    text: Name | None = None


class OfStep(View):
    """`address`: as `draft#2`, `articles[1]/facts/when`, `flight.undo`."""

    address: Address


class OfBoard(View):
    """`name`: the board's."""

    name: Name


class CopyQuery(View):
    """As what it is wanted; `address`: from that step on, the whole run when left out."""

    address: Annotated[str, StringConstraints(max_length=2000)] = ""
    form: Form = Form.CURL


class Pair(View):
    """Two runs."""

    left: Name
    right: Name


class Page(View):
    """`cursor`: the `next` of the page before."""

    cursor: Cursor | None = None


# ----- bodies


class StartBody(View):
    """Starts a run.

    Attributes:
        workflow: Its name.
        input: What the workflow takes.
        text: Instead of that a sentence, for a workflow that takes one.
        id: The same id with the same input is the same run; one is made up when left out.
        tenant: On whose behalf.
    """

    workflow: Name
    input: JsonValue = None
    text: Sentence | None = None
    id: Id | None = None
    tenant: Name = ""

    @field_validator("id")
    @classmethod
    def _is_free(cls, found: str | None) -> str | None:
        if found in RESERVED:
            message = f"{found!r} is a word of the API; choose another id"
            raise ValueError(message)
        if found is not None and _IN_NO_PATH.search(found):
            message = "no address can hold it: choose an id without backslashes, and without . or .. beside a slash"
            raise ValueError(message)
        return found


class TokenBody(View):
    """A token that lets one in."""

    token: Name


class ReasonBody(View):
    """`reason`: why; it is kept."""

    reason: Reason = ""


class BulkBody(ReasonBody):
    """Asks the same of many runs."""

    act: Literal["cancel", "retry"]
    ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=1000)]


class SignalBody(View):
    """A signal. The same `id` counts once for its run; the Idempotency-Key stands for it when left out."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    payload: JsonValue = None
    id: Id | None = None


class ForkBody(View):
    """A copy of the run after its event number `at` (now, when left out); it writes only where `writes` says so."""

    at: Annotated[int, Field(ge=1, le=SEQ_MAX)] | None = None
    id: Id | None = None
    writes: bool = False

    _is_free = field_validator("id")(StartBody._is_free.__func__)  # type: ignore[attr-defined]  # noqa: SLF001


class AnswerBody(View):
    """Answers the question that a run asks at `path`; `reason` is kept in the audit."""

    run_id: Id
    path: Address
    answer: JsonValue
    reason: Reason = ""


class ResolveBody(ReasonBody):
    """Decides about a parked step.

    Attributes:
        run_id, path: Which.
        verb: What is decided.
        answer: With `done`, what the tool would have given; with `send_again` of what undoes a write, what it takes.
        version: That of what was looked at: the decision counts only for that.
    """

    run_id: Id
    path: Address
    verb: Verb
    answer: JsonValue = None
    version: Seq | None = None


class OrderBody(ReasonBody):
    """What a breaker is to do, and for how many seconds; until another order when left out."""

    switch: BreakerSwitch
    seconds: Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)] | None = None
