"""A debate: two sides argue in turn until a judge has heard enough, and says who was right.

What was said stands on a board, so that every step reads all of it, and nobody has to carry it along. The functions
stand in for models: call an agent in their place.

$ podium run examples/debate.py motion="Tea is better than coffee"
"""

from typing import Literal

from pydantic import BaseModel

from podium import END, START, Board, StateMachine, step

ROUNDS = 3


class Argument(BaseModel):
    """What one side said."""

    side: Literal["for", "against"]
    text: str


class Debate(BaseModel):
    """The record: what it is about, and how it ended."""

    motion: str
    verdict: str = ""


said = Board("said", Argument)


@step
async def speak_for(debate: Debate) -> None:
    """Say something for the motion that was not said."""
    nth = len(said.read()) // 2 + 1
    said.post(Argument(side="for", text=f"{debate.motion}, for {nth} reasons"))


@step
async def speak_against(_debate: Debate) -> None:
    """Answer what was said last."""
    last = said.read()[-1]
    said.post(Argument(side="against", text=f"not because of '{last.text}'"))


@step
async def judge(debate: Debate) -> Literal["go on", "decided"]:
    """Listen, until enough was said."""
    heard = said.read()
    if len(heard) < 2 * ROUNDS:
        return "go on"
    longest = max(heard, key=lambda argument: len(argument.text))
    debate.verdict = longest.side
    return "decided"


debate = StateMachine(
    "debate",
    Debate,
    START >> speak_for >> speak_against >> judge.choose({"go on": speak_for, "decided": END}),
    max_visits=ROUNDS,
)
