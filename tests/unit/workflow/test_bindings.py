"""From JSON texts into the author's functions and out again: what the engine sees of a workflow's code."""

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Dag,
    Edit,
    Failure,
    IdempotencyKey,
    OnFailure,
    Reject,
    Retry,
    StateMachine,
    ToolFailed,
    hours,
    human,
    minutes,
    node,
    sleep,
    step,
    tool,
    wait,
)
from podium.errors import (
    BugError,
    DataChangedError,
    InvalidAnswerError,
    InvalidInputError,
    MisfitError,
    NotStorableError,
    UnknownLabelError,
    UnknownToolError,
)
from podium.failure import FailureKind
from podium.graph.nodes import ITEM, WHOLE, Need, NodeKind
from podium.workflow.binding import Compiled, Ended, Inputs


class Client:
    """A resource."""


class Resources:
    """What the engine offers."""

    def __init__(self) -> None:
        self.client = Client()

    def resource(self, wanted: type[Any]) -> Any:
        assert wanted is Client
        return self.client


class Note(BaseModel):
    text: str


class Article(BaseModel):
    topic: str
    notes: list[Note] = []
    rounds: int = 0
    flight: Note | None = None


@tool.read
def search(query: str, limit: int = 3) -> list[Note]:
    return [Note(text=query)] * limit


@tool.write(idempotent=True)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, client: Client = FROM_ENGINE) -> Note:
    return Note(text=f"{city} {key} {client}")


@step
def draft(article: Article, *, client: Client = FROM_ENGINE) -> None:
    """Write it down.

    More than the first line is for readers of the code.
    """
    assert isinstance(client, Client)
    article.rounds += 1
    article.notes.append(Note(text="x"))


@step(retry=Retry(attempts=2), timeout=minutes(1))
async def review(article: Article) -> Literal["accept", "revise"] | None:
    return {0: None, 1: "accept"}.get(article.rounds, "elsewhere")


@step
async def apologise(article: Article, failure: Failure | None) -> None:
    article.topic = failure.message if failure else "none"


@human(timeout=hours(1), default=Reject())
async def editor(article: Article, answer: Approve | Edit[str] | Reject) -> Literal["publish", "drop"]:
    """Shall it be published?"""
    if isinstance(answer, Edit):
        article.topic = answer.value
    return "drop" if isinstance(answer, Reject) else "publish"


class Brief(BaseModel):
    topic: str
    pages: int = 2


@node
async def web(topic: str) -> list[Note]:
    return [Note(text=topic)]


@node(each="web", concurrency=2)
def lengths(item: Note, pages: int) -> int:
    return len(item.text) * pages


@node(when=lambda lengths, pages: sum(lengths) > pages)
async def total(lengths: list[int]) -> int | None:
    return sum(lengths)


briefing = Dag("briefing", Brief, web, lengths, total, gives=total)
writing = StateMachine(
    "writing",
    Article,
    START
    >> draft.on_error((ToolFailed, OSError), to=apologise)
    >> review.choose({"accept": END, "revise": draft})
    >> book.state("flight", take={"city": "topic"}, give="flight")
    >> search.state("notes", take={"query": "topic"})
    >> sleep("cool", 5)
    >> wait("paid", Note, give="flight", timeout=hours(1))
    >> briefing.as_state(take={"topic": "topic"}, give="rounds")
    >> editor.choose({"publish": END, "drop": END}),
    apologise >> END,
    max_visits=7,
    deadline=hours(2),
)
SOME = writing.encode_input(Article(topic="x"))


def perform(workflow: Compiled, place: str, inputs: Inputs) -> Ended:
    binding = workflow.binding(place)
    work = binding.prepare(inputs, Resources())
    returned = work.call()
    return work.finish(asyncio.run(returned) if binding.is_async else returned)


# ----- machines


def test_a_step_works_on_a_copy_and_gives_what_changed() -> None:
    before = dict(SOME)
    ended = perform(writing, "draft", Inputs(SOME))
    assert ended == Ended(None, None, {"rounds": "1"}, {"notes": '{"text":"x"}'})
    assert before == SOME


def test_a_label_is_one_that_choose_names_or_none() -> None:
    assert perform(writing, "review", Inputs({**SOME, "rounds": "1"})).label == "accept"
    assert perform(writing, "review", Inputs(SOME)).label is None
    with pytest.raises(UnknownLabelError, match="review returned 'elsewhere'; expected: 'accept', 'revise'"):
        perform(writing, "review", Inputs({**SOME, "rounds": "2"}))


def test_a_step_that_has_to_return_a_label_may_not_return_none() -> None:
    @step
    def forgets(article: Article) -> Literal["on"]:  # type: ignore[return]  # the mistake
        article.rounds = 1

    made = StateMachine("forgetful", Article, START >> forgets.choose({"on": END}))
    with pytest.raises(UnknownLabelError, match="forgets returned None; expected: 'on'"):
        perform(made, "forgets", Inputs(SOME))


def test_a_failure_that_an_error_edge_caught_is_handed_over() -> None:
    failure = Failure(kind=FailureKind.PERMANENT, type="OSError", message="no disk")
    assert perform(writing, "apologise", Inputs(SOME, caught=failure)).changes == {"topic": '"no disk"'}
    assert perform(writing, "apologise", Inputs(SOME)).changes == {"topic": '"none"'}


def test_a_tool_as_a_state_takes_parameters_and_gives_a_field() -> None:
    flight = writing.binding("flight")
    assert flight.is_async
    work = flight.prepare(Inputs({"city": '"Busan"'}), Resources())
    assert work.finish(Note(text="KE")) == Ended(None, None, {"flight": '{"text":"KE"}'})
    notes = perform(writing, "notes", Inputs({"query": '"q"'}))
    assert notes == Ended()


def test_what_a_step_may_not_store_names_the_field() -> None:
    with pytest.raises(NotStorableError, match="flight"):
        writing.binding("flight").prepare(Inputs({"city": '"B"'}), Resources()).finish({"text": 5})


def test_an_answer_is_decoded_as_what_it_says_it_is() -> None:
    asked = writing.binding("editor")
    stored = asked.check_answer(' {"choice": "edit", "value": "new"} ')
    assert stored == '{"choice":"edit","value":"new"}'
    ended = perform(writing, "editor", Inputs(SOME, answer=stored))
    assert ended == Ended("publish", None, {"topic": '"new"'}, None)
    default = writing.graph.nodes["editor"].default_answer
    assert perform(writing, "editor", Inputs(SOME, answer=default)).label == "drop"
    with pytest.raises(InvalidAnswerError, match=r"editor.*choice"):
        asked.check_answer("{}")


def test_a_payload_becomes_a_field() -> None:
    paid = writing.binding("paid")
    assert paid.check_answer('{"text":"100"}') == '{"text":"100"}'
    assert paid.close(Inputs({}, answer='{"text":"100"}')) == Ended(None, None, {"flight": '{"text":"100"}'})
    with pytest.raises(InvalidAnswerError):
        paid.check_answer("100")


def test_a_sleep_changes_nothing() -> None:
    assert writing.binding("cool").close(Inputs({})) == Ended()


def test_a_nested_workflow_gets_its_input_and_gives_a_field() -> None:
    inner = writing.binding("briefing")
    assert inner.open(Inputs({"topic": '"x"'})) == {"topic": '"x"', "pages": "2"}
    assert inner.close(Inputs({}, answer="7")) == Ended(None, None, {"rounds": "7"})
    with pytest.raises(NotStorableError, match="rounds"):
        inner.close(Inputs({}, answer="null"))
    assert writing.binding("briefing/web").node is briefing.graph.nodes["web"]


# ----- DAGs


def test_a_node_gets_its_parameters_and_gives_its_output() -> None:
    assert perform(briefing, "web", Inputs({"topic": '"x"'})) == Ended(None, '[{"text":"x"}]')
    assert perform(briefing, "lengths", Inputs({"item": '{"text":"abc"}', "pages": "2"})) == Ended(None, "6")


def test_a_condition_looks_at_all_that_it_names() -> None:
    total_of = briefing.binding("total")
    assert total_of.holds({"lengths": "[1,2]", "pages": "2"})
    assert not total_of.holds({"lengths": "[1]", "pages": "2"})
    assert briefing.graph.nodes["total"].needs == (
        Need(parameter="lengths", source="lengths"),
        Need(parameter="pages", source="pages", by_condition=True),
    )


def test_a_map_takes_the_item_and_whole_sources() -> None:
    made = briefing.graph.nodes["lengths"]
    assert (made.each, made.concurrency) == ("web", 2)
    assert [(need.parameter, need.source) for need in made.needs] == [("item", ITEM), ("pages", "pages")]


def test_a_machine_as_a_node_takes_its_model_whole_or_by_field() -> None:
    @node
    async def articles(topic: str) -> list[Article]:
        return [Article(topic=topic)]

    many = Dag(
        "many",
        Brief,
        articles,
        writing.as_node("each_of", each="articles", take="item"),
        writing.as_node("one", take={"topic": "topic"}),
        gives=writing.as_node("one"),
    )
    assert many.graph.nodes["each_of"].needs == (Need(parameter=WHOLE, source=ITEM),)
    assert many.binding("each_of").open(Inputs({WHOLE: '{"topic":"t"}'})) == writing.encode_input(Article(topic="t"))
    assert many.binding("one").open(Inputs({"topic": '"x"'})) == SOME
    with pytest.raises(InvalidInputError, match=r"the input of one .*topic"):
        many.binding("one").open(Inputs({"topic": "5"}))
    closed = many.binding("one").close(Inputs({}, answer=writing.input.text(SOME)))
    assert closed.output == writing.input.text(SOME)
    assert many.binding("each_of/briefing/web").node.name == "web"
    assert many.tool("book") is book.code


def test_a_person_and_a_signal_can_be_nodes() -> None:
    @human()
    async def sign(web: list[Note], answer: bool) -> str:  # as a person answers yes or no
        return f"{len(web)} {answer}"

    made = Dag("signed", Brief, web, sign, wait("paid", Note), sleep("cool", 1), gives=sign)
    assert made.graph.nodes["sign"].kind is NodeKind.HUMAN
    assert perform(made, "sign", Inputs({"web": "[]"}, answer="true")) == Ended(None, '"0 True"')
    assert made.binding("paid").close(Inputs({}, answer='{"text":"p"}')) == Ended(None, '{"text":"p"}')
    assert made.binding("cool").close(Inputs({})) == Ended(None, "null")


# ----- workflows


def test_a_workflow_is_what_the_engine_takes() -> None:
    compiled: Compiled = writing
    assert compiled.name == "writing"
    assert writing.graph.max_visits == 7
    assert writing.graph.deadline_ms == 7_200_000
    assert writing.graph.on_failure is OnFailure.STOP
    assert [edge.types for edge in writing.graph.nodes["draft"].handlers] == [("ToolFailed", "OSError")]
    assert writing.graph.nodes["draft"].title == "Write it down."
    assert writing.graph.nodes["review"].limits == ("retry 2", "timeout 60 s")
    assert (writing.binding("review").retry, writing.binding("review").timeout_ms) == (Retry(attempts=2), 60_000)


def test_inputs_are_checked_before_a_run_is_made() -> None:
    assert writing.parse_input('{"topic": "x"}') == SOME
    with pytest.raises(InvalidInputError, match="it takes Article, not Brief"):
        writing.encode_input(Brief(topic="x"))
    with pytest.raises(InvalidInputError, match="topic: Field required"):
        writing.parse_input("{}")
    with pytest.raises(InvalidInputError, match="rounds can not be stored"):
        writing.encode_input(Article.model_construct(topic="x", rounds="y"))  # type: ignore[arg-type]  # the mistake


def test_a_result_is_of_the_declared_type() -> None:
    assert writing.decode_result(writing.input.text(SOME)) == Article(topic="x")
    assert briefing.decode_result("5") == 5
    with pytest.raises(DataChangedError, match="the result of briefing"):
        briefing.decode_result('"x"')


def test_a_tool_is_known_where_it_is_named_or_registered() -> None:
    assert writing.tool("search").name == "search"
    with pytest.raises(UnknownToolError, match="'pay'"):
        writing.tool("pay")

    @tool.read
    async def pay(amount: int) -> int:
        return amount

    with_pay = StateMachine("paying", Article, START >> draft >> END, tools=[pay])
    assert with_pay.tool("pay") is pay.code


def test_a_value_that_is_sound_and_does_not_fit_fails_its_step() -> None:
    @tool.read
    async def describe(flight: Note) -> str:
        return flight.text

    @node
    async def anything(topic: str) -> Any:
        return topic

    @node
    async def notes(anything: list[Note]) -> int:
        return len(anything)

    machine = StateMachine("describing", Article, START >> describe.state("said", give="topic") >> END)
    with pytest.raises(MisfitError, match=r"^said.flight does not take what it was given"):
        machine.binding("said").prepare(Inputs({"flight": "null"}), Resources())
    dag = Dag("loose", Brief, anything, notes, gives=notes)
    with pytest.raises(MisfitError, match=r"^notes.anything"):
        dag.binding("notes").prepare(Inputs({"anything": '"x"'}), Resources())


@pytest.mark.parametrize(
    ("place", "values"),
    [("web", {"topic": "5"}), ("total", {"lengths": '"x"'}), ("lengths", {"item": "{}", "pages": "2"})],
)
def test_stored_data_that_no_longer_fits_names_place_and_parameter(place: str, values: Mapping[str, str]) -> None:
    parameter = next(iter(values))
    with pytest.raises(DataChangedError, match=f"^{place}.{parameter}: a stored value does not fit"):
        briefing.binding(place).prepare(Inputs(values), Resources())


def test_a_binding_refuses_what_its_node_is_never_asked_for() -> None:
    cool, inner = writing.binding("cool"), writing.binding("draft")
    for ask in (
        lambda: cool.prepare(Inputs({}), Resources()),
        lambda: cool.open(Inputs({})),
        lambda: inner.close(Inputs({})),
        lambda: inner.holds({}),
        lambda: inner.check_answer("{}"),
    ):
        with pytest.raises(BugError, match="which has none"):
            ask()


def test_fingerprints_follow_the_code_and_not_its_place() -> None:
    bodies = ("return topic.upper()", "return topic.lower()")
    made = []
    for body, lines in ((bodies[0], 0), (bodies[0], 9), (bodies[1], 0)):
        names: dict[str, Any] = {"node": node}
        source = "\n" * lines + f"@node\nasync def shout(topic: str) -> str:\n    {body}\n"
        exec(compile(source, "shout.py", "exec"), names)  # noqa: S102  # the same code at two places
        made.append(Dag("shouting", Brief, names["shout"], gives=names["shout"]).binding("shout").fingerprint)
    assert made[0] == made[1] != made[2]
