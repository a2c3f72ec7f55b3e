"""Everything that can be wrong with a machine is said when it is defined, with place and suggestion."""
# the parameters are the wiring

import inspect
from collections.abc import Callable
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr, model_serializer

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Failure,
    IdempotencyKey,
    Reject,
    StateMachine,
    ToolFailed,
    human,
    sleep,
    step,
    tool,
    wait,
)
from podium.errors import DefinitionErrors
from podium.workflow.faults import Faults


class Note(BaseModel):
    text: str


class Article(BaseModel):
    topic: str
    score: float = 0
    notes: list[Note] = []


class Trip(BaseModel):
    city: str


@tool.read
async def search(query: str) -> list[Note]:
    return [Note(text=query)]


@tool.write
async def post(text: str) -> Note:
    return Note(text=text)


@step
async def draft(article: Article) -> None: ...


@step
async def publish(article: Article) -> None: ...


@step
async def review(article: Article) -> Literal["accept", "revise"]:
    return "accept"


@step
async def maybe(article: Article) -> Literal["again"] | None:
    return None


def machine(*chains: Any, model: Any = Article, **options: Any) -> Callable[[], Any]:
    return lambda: StateMachine("writing", model, *chains, **options)


def one(state: Any, **options: Any) -> Callable[[], Any]:
    return machine(START >> state >> END, **options)


# ----- steps that are wrong by themselves


@step
async def of_trip(trip: Trip) -> None: ...


@step
async def two_records(article: Article, other: Article) -> None: ...


@step
async def with_key(article: Article, *, key: IdempotencyKey = FROM_ENGINE) -> None: ...


@step
async def with_many(article: Article, *articles: Article) -> None: ...


@step
async def asks_for_a_list(article: Article, *, clients: list[str] = FROM_ENGINE) -> None: ...


@step
async def any_text(article: Article) -> str:
    return "accept"


@step
async def apologise(article: Article, failure: Failure) -> None: ...


@step
async def posts(article: Article) -> None:
    await post("x")


@step
async def posts_twice(article: Article) -> None:
    if article.score:
        await post("x")
    else:
        await pay(1)


def helper(text: str) -> Any:
    return post(text)


@step
async def posts_by_helper(article: Article) -> None:
    await helper("x")
    await pay(1)


@tool.write
async def pay(amount: int) -> int:
    return amount


@tool.write
async def pay_and_post(amount: int) -> int:
    await post("paid")
    return amount


@tool.read
async def look_and_post(query: str) -> int:
    await post(query)
    return 1


@tool.write(irreversible=True)
async def launch(pad: int) -> int:
    return pad


@launch.compensate
async def land(pad: int) -> None: ...


@tool.write(idempotent=True)
async def book(city: str) -> Note:
    return Note(text=city)


@book.compensate
async def unbook(score: float) -> None: ...


@book.reconcile
async def find(*, town: str) -> int | None:
    return None


@tool.write
async def greet(name: str) -> None: ...


@greet.reconcile
async def was_greeted(name: str) -> None: ...


@tool.write
async def reserve(city: str) -> Note:
    return Note(text=city)


@reserve.compensate
async def release(note: Note, why: str) -> None: ...


@human(default=Reject())  # type: ignore[arg-type]  # the mistake
async def editor(article: Article, answer: Approve) -> None: ...


@human()  # type: ignore[arg-type]  # the mistake
async def silent(article: Article) -> None: ...


@human()
async def asks_more(article: Article, answer: Approve, why: str) -> None: ...


@step
async def forward(article: "Missing") -> None: ...  # type: ignore[name-defined]  # noqa: F821  # the mistake


@tool.read
async def keyless(query: str, key: IdempotencyKey) -> str:
    return query


def other_search() -> Any:
    @tool.read
    async def search(query: str) -> str:
        return query

    return search


class Secretive(BaseModel):
    topic: str
    inner: dict[str, list[SecretStr]] = {}


class Open(BaseModel, extra="allow"):
    topic: str


class Lossy(BaseModel):
    topic: str
    hidden: str = Field(default="", exclude=True)


class Whole(BaseModel):
    topic: str

    @model_serializer
    def written(self) -> dict[str, str]:
        return {"topic": self.topic}


class Connected(BaseModel, arbitrary_types_allowed=True):
    topic: str
    faults: Faults


def same_name() -> Any:
    @step
    async def draft(article: Article) -> None: ...

    return draft


WRONG: list[tuple[Callable[[], Any], str, str, str]] = [
    # build, code, a part of the message, a part of the suggestion
    (machine(draft >> END), "no-start", "no chain begins at START", "START >>"),
    (machine(START >> draft >> END, START >> publish >> END), "two-starts", "'draft' and to 'publish'", "others begin"),
    (machine(START >> draft >> END >> publish), "after-end", "'publish' stands after END", "last link"),
    (machine(START >> draft >> END, draft >> publish >> END), "two-nexts", "followed by 'END'", "draft.choose"),
    (machine(START >> draft >> END, publish >> END), "unreachable", "publish is never reached", "Lead"),
    (machine(START >> draft >> publish), "dead-end", "publish leads nowhere", "publish >> END"),
    (machine(START >> draft >> publish >> draft), "dead-end", "draft has no way to END", "way out"),
    (one(review), "missing-label", "may return 'accept', 'revise'", 'choose({…, "accept"'),
    (machine(START >> review.choose({"accept": END})), "missing-label", "may return 'revise'", '"revise"'),
    (
        machine(START >> review.choose({"accept": END, "revise": draft, "acept": END}), draft >> END),  # type: ignore[dict-item]
        "unknown-label",
        "never returns 'acept'",
        "Did you mean 'accept'?",
    ),
    (
        machine(START >> review.choose({"accept": END, "revise": END}) >> END),
        "unused-next",
        "always returns",
        "End the",
    ),
    (machine(START >> maybe.choose({"again": maybe})), "dead-end", "maybe has no way to END", "way out"),
    (machine(START >> draft >> same_name() >> END), "same-name", "two states are called 'draft'", "Rename one"),
    (
        machine(START >> draft.on_error(ToolFailed, to=END) >> publish >> draft.on_error(ValueError, to=END) >> END),
        "two-edge-sets",
        "draft is given edges in two places",
        "in one value",
    ),
    (one(search.state("find it")), "bad-name", "no identifier", "Rename"),
    (one(search.state("END", take={"query": "topic"})), "bad-name", "reserved", "Rename"),
    (lambda: StateMachine("my writing!", Article, START >> draft >> END), "bad-name", "'my writing!'", "letters"),
    (one(draft, deadline=0), "bad-deadline", "0 ms", ""),
    (one(of_trip), "wrong-record", "of_trip takes Trip", "first parameter Article"),
    (one(two_records), "unknown-parameter", "nothing gives the parameter 'other'", "FROM_ENGINE"),
    (one(with_key), "key-outside-tool", "with_key asks for an IdempotencyKey", "@tool.write"),
    (one(with_many), "unnamed-parameter", "*articles", "by name"),
    (one(asks_for_a_list), "resource-type", "'clients'", "class"),
    (one(any_text), "unknown-labels", "returns str", "Literal"),
    (one(apologise), "failure-not-there", "also reached without one: from START", "Failure | None"),
    (one(search.state("found", take={"qeury": "topic"})), "unknown-parameter", "'qeury'", "Did you mean 'query'?"),
    (one(search.state("found", take={"query": "topci"})), "unknown-field", "'topci'", "Did you mean 'topic'?"),
    (one(search.state("found")), "unknown-field", "'query'", "There is 'topic', 'score', 'notes'"),
    (
        one(search.state("found", take={"query": "score"})),
        "wrong-type",
        "str, but the field 'score' is float",
        "",
    ),
    (one(search.state("found", take={"query": "topic"}, give="note")), "unknown-field", "'note'", "'notes'"),
    (one(search.state("found", take={"query": "topic"}, give="topic")), "wrong-type", "gives list[", "another field"),
    (one(wait("paid", Note, give="score")), "wrong-type", "gives Note, but the field 'score' is float", ""),
    (one(sleep("cool", -1)), "negative-duration", "-1000 ms", ""),
    (one(posts_twice), "two-writes", "names 2 writes: pay, post", "a step of each"),
    (one(posts_by_helper), "two-writes", "names 2 writes: pay, post", "each="),
    (one(pay_and_post.state("paid", take={"amount": "score"})), "write-in-tool", "the write pay_and_post names", ""),
    (one(look_and_post.state("looked", take={"query": "topic"})), "write-in-tool", "the read look_and_post", "steps"),
    (one(posts.on_error(ToolFailed, to=END)), "undo-not-said", "can write (post)", "undo=True"),
    (one(launch.state("up", take={"pad": "score"})), "irreversible-undone", "launch is irreversible", "one of the two"),
    (one(book.state("booked", take={"city": "topic"})), "wrong-type", "unbook takes float, but book", "gives"),
    (one(book.state("booked", take={"city": "topic"})), "unknown-parameter", "find takes 'town'", "by name"),
    (one(book.state("booked", take={"city": "topic"})), "wrong-type", "find gives int | None, but book", "Note | None"),
    (one(greet.state("greeted", take={"name": "topic"})), "none-is-no-answer", "greet may give None", "give something"),
    (one(reserve.state("kept", take={"city": "topic"})), "compensation-takes", "takes note, why", "into the result"),
    (machine(START >> book.state("b", take={"city": "topic"}) >> posts >> END), "no-way-back", "post has no", "STOP"),
    (
        machine(START >> draft.on_error(Exception, to=END).on_error(OSError, to=END) >> END),
        "shadowed-error",
        "on_error(OSError) is never met",
        "narrower one first",
    ),
    (one(draft, max_visits=0), "bad-max-visits", "lets no state", ""),
    (one(asks_more), "unknown-parameter", "nothing gives the parameter 'why'", "`answer`"),
    (one(forward), "unknown-annotation", "name 'Missing' is not defined", "top level"),
    (one(keyless.state("k", take={"query": "topic", "key": "topic"})), "key-not-given", "'key'", "= FROM_ENGINE"),
    (
        machine(
            START
            >> search.state("one", take={"query": "topic"})
            >> other_search().state("two", take={"query": "topic"})
            >> END
        ),
        "same-name",
        "two tools are called 'search'",
        "Rename one",
    ),
    (one(editor), "wrong-default", "Reject", "annotation of `answer`"),
    (one(silent), "no-answer", "silent has no parameter `answer`", "Approve | Reject"),
    (one(draft, model=Secretive), "secret-in-data", "'inner' of Secretive", "resource"),
    (one(draft, model=Open), "open-model", "extra=", "Declare"),
    (one(draft, model=Lossy), "excluded-field", "'hidden' of Lossy", "exclude="),
    (one(draft, model=Whole), "own-serializer", "Whole", "field_serializer"),
    (one(draft, model=Connected), "not-json", "'faults' of Connected is Faults", "resources"),
]


@pytest.mark.parametrize(("build", "code", "message", "suggestion"), WRONG, ids=[row[1] for row in WRONG])
def test_a_mistake_is_said_with_its_place_and_what_to_do(
    build: Callable[[], Any], code: str, message: str, suggestion: str
) -> None:
    with pytest.raises(DefinitionErrors) as caught:
        build()
    faults = [fault for fault in caught.value.faults if fault.code == code]
    fits = [fault for fault in faults if message in fault.message and suggestion in fault.suggestion]
    assert fits, str(caught.value)
    assert fits[0].where.startswith(f"{__file__}:")


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(DefinitionErrors) as caught:
        StateMachine("writing", Article, START >> any_text >> with_key >> search.state("s") >> publish, deadline=0)
    codes = {fault.code for fault in caught.value.faults}
    assert codes >= {"unknown-labels", "key-outside-tool", "unknown-field", "dead-end", "bad-deadline"}
    assert str(caught.value).count("\n") == len(caught.value.exceptions)


def test_the_place_is_the_line_where_it_is_written() -> None:
    with pytest.raises(DefinitionErrors) as caught:
        StateMachine("writing", Article, START >> with_key >> END)
    line = inspect.getsourcelines(inspect.unwrap(with_key))[1]
    assert caught.value.faults[0].where == f"{__file__}:{line}"
