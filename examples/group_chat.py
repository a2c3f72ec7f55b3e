"""A group chat: several speak on one board, and a moderator says who is next, and when it is enough.

The moderator only names the next speaker. What is said goes from the speakers to the board, and from there to all
others. The functions stand in for models: call agents in their place.

$ podium run examples/group_chat.py question="How do we get to Busan?"
"""

from typing import Literal

from pydantic import BaseModel

from podium import END, START, Board, StateMachine, step


class Message(BaseModel):
    """What somebody said."""

    by: str
    text: str


class Chat(BaseModel):
    """The record: what they talk about, and what came of it."""

    question: str
    answer: str = ""


chat = Board("chat", Message)


@step
async def moderate(chatting: Chat) -> Literal["planner", "critic", "clerk"]:
    """Say who is next: whoever the last message asks for."""
    messages = chat.read()
    if not messages:
        return "planner"
    last = messages[-1]
    if last.by == "planner":
        return "critic"
    return "clerk" if "agreed" in last.text or len(messages) >= 2 * len(chatting.question) else "planner"


@step
async def planner(chatting: Chat) -> None:
    """Propose something that nobody has turned down."""
    proposals = sum(message.by == "planner" for message in chat.read())
    way = ("by ship", "by train", "on foot")[proposals % 3]
    chat.post(Message(by="planner", text=f"{chatting.question} {way}!"))


@step
async def critic(_chatting: Chat) -> None:
    """Look at the last proposal."""
    proposal = chat.read()[-1].text
    chat.post(Message(by="critic", text="agreed" if "train" in proposal else f"too slow: {proposal}"))


@step
async def clerk(chatting: Chat) -> None:
    """Write down what was agreed."""
    chatting.answer = [message.text for message in chat.read() if message.by == "planner"][-1]


talking = moderate.choose({"planner": planner, "critic": critic, "clerk": clerk})
group_chat = StateMachine(
    "group_chat", Chat, START >> talking, planner >> talking, critic >> talking, clerk >> END, max_visits=20
)
