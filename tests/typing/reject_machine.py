"""Mistakes in machines that mypy must find; `# E:` says what it says."""

from typing import Literal

from pydantic import BaseModel

from podium import END, START, Approve, Reject, StateMachine, human, sleep, step, tool


class Article(BaseModel):
    topic: str


class Trip(BaseModel):
    city: str


@step
async def draft(article: Article) -> None:
    article.topci = "x"  # E: has no attribute "topci"


@step
async def review(article: Article) -> Literal["accept", "revise"]:
    return "acept"  # E: Incompatible return value type


@step
async def flight(trip: Trip) -> None: ...


@step  # E: cannot be "int"
async def count(article: Article) -> int:
    return 1


review.choose({"acept": END, "revise": draft})  # E: incompatible type "Literal['acept']"
review.choose({"accept": flight, "revise": draft})  # E: incompatible type
draft.choose({"accept": END})  # E: incompatible type
StateMachine("writing", Article, START >> draft >> flight >> END)  # E: Unsupported operand types for >>
StateMachine("writing", Article, START >> sleep("cool", 1) >> draft >> flight >> END)  # E: Unsupported operand types
StateMachine("writing", Trip, START >> draft >> END)  # E: Cannot infer
START >> END  # E: Unsupported
draft.on_error("ToolFailed", to=END)  # E: incompatible type
draft.on_error(TimeoutError, to="END")  # E: incompatible type
StateMachine("writing", Article, START >> draft >> END, max_vists=3)  # E: Unexpected keyword argument "max_vists"


@human(default=Reject())  # E: incompatible type
async def editor(article: Article, answer: Approve) -> None: ...


@tool  # E: not callable
async def send(text: str) -> None: ...
