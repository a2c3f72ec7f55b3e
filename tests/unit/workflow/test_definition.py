"""What is refused where it is written, and what a definition decides on its own."""
# the parameters are the wiring

from typing import Any, Literal

import pytest
from pydantic import BaseModel

from podium import END, START, Approve, Dag, Failure, OnFailure, Reject, StateMachine, ToolFailed, human, step, tool
from podium.errors import DefinitionError


class Note(BaseModel):
    text: str


class Article(BaseModel):
    topic: str


@tool.read
async def search(query: str) -> list[Note]:
    return [Note(text=query)]


@tool.write
async def post(text: str) -> Note:
    return Note(text=text)


@tool.write
async def pay(amount: int) -> int:
    return amount


@step
async def draft(article: Article) -> None: ...


@step
async def review(article: Article) -> Literal["accept", "revise"]:
    return "accept"


@step
async def apologise(article: Article, failure: Failure) -> None: ...


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda: START >> draft >> search, "is no state"),  # type: ignore[operator]  # the mistake
        (lambda: START >> draft >> "END", "'END' is no state"),  # type: ignore[operator]  # the mistake
        (lambda: review.choose({"accept": "END", "revise": draft}), "not their names"),  # type: ignore[dict-item]  # the mistake
        (lambda: draft.on_error(ToolFailed, to="publish"), "'publish' is no state"),  # type: ignore[arg-type]  # the mistake
        (lambda: draft.on_error("ToolFailed", to=END), "no exception class"),  # type: ignore[arg-type]  # the mistake
        (lambda: Dag("dag", Article, search, gives=search), "tool.node"),  # type: ignore[arg-type]  # the mistake
    ],
)
def test_what_is_no_state_is_refused_where_it_is_written(write: Any, says: str) -> None:
    with pytest.raises(DefinitionError, match=says) as caught:
        write()
    assert caught.value.fault.where.startswith(f"{__file__}:")


def test_a_workflow_undoes_what_it_did_where_it_can() -> None:
    @tool.write
    async def hire(city: str) -> Note:
        return Note(text=city)

    @hire.compensate
    async def fire(note: Note) -> None: ...

    chain = START >> hire.state("hired", take={"city": "topic"}) >> END
    assert StateMachine("hiring", Article, chain).graph.on_failure is OnFailure.COMPENSATE
    assert StateMachine("hiring", Article, chain, on_failure=OnFailure.STOP).graph.on_failure is OnFailure.STOP
    assert StateMachine("hiring", Article, chain).tool("fire").writes


def test_what_is_no_model_is_refused_at_once() -> None:
    with pytest.raises(DefinitionError, match="no pydantic model"):
        StateMachine("writing", dict, START >> draft >> END)  # type: ignore[misc]  # the mistake


def test_human_and_conditional_code_may_name_two_writes() -> None:
    @human()
    async def decide(article: Article, answer: Approve | Reject) -> None:
        await (post("x") if isinstance(answer, Approve) else pay(1))

    StateMachine("writing", Article, START >> decide >> END)


def test_a_failure_may_be_taken_behind_error_edges_alone() -> None:
    made = StateMachine("writing", Article, START >> draft.on_error(ToolFailed, to=apologise) >> END, apologise >> END)
    assert made.graph.nodes["apologise"].takes_failure
