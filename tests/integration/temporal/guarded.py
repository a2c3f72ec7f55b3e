"""A workflow for each guard around a call that is each worker's own, and the other side that they call."""

import asyncio

import httpx
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Bulkhead, Hedge, Rate, Retry, StateMachine, tool

RETRY_AFTER_S = 45
"""More than a worker waits for."""

WAIT_S_MAX = 30

ONCE = Retry(attempts=1)


class Side:
    """The other side, in the test's own process.

    Attributes:
        asked: What came, in order.
        open: Until it is set, nobody is answered who waits.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = asyncio.Event()

    async def answer(self, what: str) -> str:
        """Take a call, and answer when it is open; a test that fails is to end, too."""
        self.asked.append(what)
        await asyncio.wait_for(self.open.wait(), WAIT_S_MAX)
        return f"{what}!"


class Ask(BaseModel):
    """What the workflows work on."""

    what: str = "book"
    answer: str = ""


@tool.read(retry=ONCE, timeout=0.05)
async def timed(what: str, *, side: Side = FROM_ENGINE) -> str:
    return await side.answer(what)


@tool.read(retry=ONCE, bulkhead=Bulkhead(1, queue=0))
async def narrow(what: str, *, side: Side = FROM_ENGINE) -> str:
    return await side.answer(what)


@tool.read(retry=ONCE, deadline=1, rate=Rate(requests=1, per=600))
async def seldom(what: str, *, side: Side = FROM_ENGINE) -> str:
    side.open.set()
    return await side.answer(what)


@tool.read(retry=ONCE, hedge=Hedge(after=0.05, share_max=1))
async def hedged(what: str, *, side: Side = FROM_ENGINE) -> str:
    if side.asked:
        return "the second one"
    return await side.answer(what)


@tool.read(retry=Retry(attempts=2))
async def throttled(what: str, *, side: Side = FROM_ENGINE) -> str:
    side.asked.append(what)
    request = httpx.Request("GET", "http://desk.example")
    response = httpx.Response(429, headers={"Retry-After": str(RETRY_AFTER_S)}, request=request)
    response.raise_for_status()
    return what


BY_NAME = {
    one.name: StateMachine(
        one.name, Ask, START >> one.state(f"a_{one.name}", take={"what": "what"}, give="answer") >> END
    )
    for one in (timed, narrow, seldom, hedged, throttled)
}
