"""Misuse of tools and nodes that mypy must find; `# E:` says what it says."""

from pydantic import BaseModel

from podium import (
    FROM_ENGINE,
    Breaker,
    Bulkhead,
    Dag,
    Guards,
    Hedge,
    IdempotencyKey,
    Retry,
    StateMachine,
    node,
    step,
    tool,
)


class Brief(BaseModel):
    topic: str


@tool.write(idempotent=True)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> int:
    return 1


@tool.read(retry=3)  # E: No overload variant
async def search(query: str) -> list[str]:
    return []


@tool.read(idempotent=True)  # E: Unexpected keyword argument "idempotent"
async def look(query: str) -> list[str]:
    return []


@tool.write(breaker="airline")  # E: No overload variant
async def send(text: str) -> None: ...


@tool.read(breaker=Breaker("airline", open_four=5))  # E: Unexpected keyword argument "open_four"
async def ask(query: str) -> list[str]:
    return []


@step(hedge=Hedge())  # E: No overload variant
async def hedged(brief: Brief) -> None: ...


@step(calls=Guards(timeout="5"))  # E: Incompatible types
async def timed(brief: Brief) -> None: ...


@step(calls=Guards(retries=3))  # E: Extra key "retries"
async def tried(brief: Brief) -> None: ...


async def use() -> None:
    await book(1)  # E: incompatible type "int"; expected "str"
    await book()  # E: Missing positional argument "city"
    await book("Busan", citty="x")  # E: Unexpected keyword argument "citty"
    await book("Busan", key="k")  # E: incompatible type "str"; expected "IdempotencyKey"
    found: str = await book("Busan")  # E: expression has type "int"


@node
async def web(topic: str) -> list[str]:
    return []


@node(on_item_error="collect")  # E: No overload variant
async def one(topic: str) -> str:
    return ""


@node(each="web", concurency=3)  # E: No overload variant
async def many(item: str) -> str:
    return ""


Dag("briefing", Brief, web)  # E: Missing named argument "gives"
Dag("briefing", Brief, web, gives="web")  # E: incompatible type
Dag("briefing", dict, web, gives=web)  # E: Value of type variable
wrong: Dag[Brief, int] = Dag("briefing", Brief, web, gives=web)  # E: expected "DagNode[int]
book.state("flight", take="city")  # E: incompatible type
book.node("flight", each=web)  # E: No overload variant
book.state("flight", calls=Breaker("airline"))  # E: incompatible type
book.node("flight", calls=Guards(bulkhead=3))  # E: Incompatible types
