"""Workflows that use what trips.py leaves out: parallel sagas, ways back inside a run, guards, other runs, time."""

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Breaker,
    Dag,
    IdempotencyKey,
    Retry,
    StateMachine,
    ToolFailed,
    current,
    hours,
    node,
    sleep,
    step,
    tool,
)


class Task(BaseModel):
    """The record of the machines here."""

    what: str = "tea"
    one: str = ""
    two: str = ""
    three: str = ""
    note: str = ""


@tool.write(idempotent=True, timeout=20)
async def take(what: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{what} {key}"


@take.compensate
async def put_back(taken: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del taken, key


@tool.write(timeout=20)
async def rent(what: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{what} {key}"


@rent.reconcile
async def is_rented(*, key: IdempotencyKey = FROM_ENGINE) -> str | None:
    return key or None


@rent.compensate(idempotent=True)
async def give_back(
    rented: str | None, *, forward_key: IdempotencyKey = FROM_ENGINE, key: IdempotencyKey = FROM_ENGINE
) -> None:
    del rented, forward_key, key


@tool.read(retry=Retry(attempts=4), breaker=Breaker("shop", consecutive=2, open_for=2), timeout=5)
async def look(what: str) -> str:
    return what


# ----- branches that are undone in parallel


class Order(BaseModel):
    """The input of the DAGs here."""

    what: str = "tea"


first = take.node("first", take={"what": "what"})
second = rent.node("second", take={"what": "what"})


@node
async def third(first: str) -> str:
    return await take(first)


@node
async def price(second: str) -> str:
    return await look(second)


@node
async def last(third: str, price: str) -> str:
    return await rent(f"{third} {price}")


branches = Dag("branches", Order, first, second, third, price, last, gives=last)

# ----- a way back inside of a run, and a run inside of a run


@step
async def otherwise(task: Task) -> None:
    task.note = "otherwise"


@step
async def check(task: Task) -> None:
    task.note = await look(task.one)


inner = StateMachine(
    "inner",
    Task,
    START >> take.state("one", give="one") >> check >> rent.state("two", give="two") >> END,
)
mended = StateMachine(
    "mended",
    Task,
    START
    >> take.state("before", give="three")
    >> inner.as_state().on_error(ToolFailed, to=otherwise, undo=True)
    >> take.state("after", give="one")
    >> END,
    otherwise >> END,
)

# ----- another tool in place of one that fails; an act that is done once


@tool.write(idempotent=True, fallback=[take], timeout=20)
async def take_elsewhere(what: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{what} {key}"


@take_elsewhere.compensate
async def put_back_elsewhere(taken: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del taken, key


@tool.write(idempotent=True, once_by=lambda call: call.args["what"])
async def announce(what: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{what} {key}"


@announce.compensate
async def revoke(said: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del said, key


replaced = StateMachine(
    "replaced",
    Task,
    START
    >> announce.state("said", give="two")
    >> take_elsewhere.state("taken", give="one")
    >> announce.state("said_again", give="three")
    >> END,
)

# ----- forward only, and time


@tool.write(idempotent=True, irreversible=True)
async def ship(what: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{what} {key}"


forward = StateMachine(
    "forward",
    Task,
    START
    >> take.state("one", give="one")
    >> sleep("cool", hours(5))
    >> ship.state("ship", give="two")
    >> check
    >> rent.state("late", give="three")
    >> END,
    deadline=hours(40),
)

# ----- a run that starts another one


@step
async def begin(task: Task) -> None:
    task.one = await current().start(inner, Task(what="milk"), id=f"{task.what}-child")


@step(retry=Retry(attempts=3))
async def read_twice(task: Task) -> None:
    task.note = await look(task.what) + await look("milk")


starting = StateMachine("starting", Task, START >> read_twice >> begin >> take.state("own", give="two") >> END)
