"""What happens at the demo's front door: where a sentence goes, why, and what is said where nothing fits."""

import asyncio
from typing import Final

from podium.core.events import TaskOpened
from podium.demo.conductor import Tell
from podium.demo.front import Question, front
from podium.demo.wish import EXAMPLES, Unclear, Wish, read_wish
from podium.engine.engine import Engine
from podium.routing import Decision, Routed
from podium.routing.explaining import lines_of
from podium.routing.intent.deciding import settled

ARTICLES: Final = ("write an article about how idempotency keys keep a write from being done twice",)


def received(text: str, *, tell: Tell) -> Decision:
    """Decide about a sentence, and say why."""
    decision = settled(front.deciding.decide(text))
    for line in lines_of("front door:", decision):
        tell(line)
    return decision


def wish_of(text: str, *, tell: Tell) -> Wish | None:
    """Return the trip that a sentence asks for; None where it can not be told, which is said."""
    wish = read_wish(text)
    if isinstance(wish, Wish):
        return wish
    _tell_unclear(wish, tell=tell)
    return None


def turn_away(text: str, *, tell: Tell) -> None:
    """Let the front door answer a sentence that it has no route for, and say what it has."""
    answer = asyncio.run(_answer(text))
    if answer:
        tell(answer)
    else:
        tell("it can be meant in more than one way; say it in other words.")
    tell("try one of these:")
    for example in (*EXAMPLES, *ARTICLES):
        tell(f'  podium demo "{example}"')


async def _answer(text: str) -> str:
    """Return what the helpdesk says; "" where a person would be asked first."""
    async with Engine("memory:") as engine:
        run = await engine.start(front, text)
        async for _, event in run.events():
            if isinstance(event, TaskOpened):
                return ""
        answer = await run.result()
    return answer.result.answer if isinstance(answer, Routed) and isinstance(answer.result, Question) else ""


def _tell_unclear(unclear: Unclear, *, tell: Tell) -> None:
    tell("that is a trip, and not yet a clear one:")
    for reason in unclear.reasons:
        tell(f"  {reason}")
    tell("say a city, for how many nights, and whether with a hotel and a car:")
    for example in EXAMPLES:
        tell(f'  podium demo "{example}"')
