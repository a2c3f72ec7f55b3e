"""What the cases are made of: one record, and tools of every kind over the other side."""

from pydantic import BaseModel

from podium import FROM_ENGINE, Approval, IdempotencyKey, Retry, days, tool
from podium.testing.conformance.engines.service import Service

AT_ONCE = Retry(attempts=3, base=0, cap=0)
"""Three tries without a wait in between."""


class Trip(BaseModel):
    """The record of the machines."""

    city: str = "Busan"
    found: str = ""
    flight: str = ""
    hotel: str = ""
    car: str = ""
    rounds: int = 0
    log: list[str] = []


class Cities(BaseModel):
    """The input of the DAGs."""

    cities: list[str] = ["Busan", "Seoul", "Jeju"]
    city: str = "Busan"
    limit: int = 2


@tool.read(retry=AT_ONCE)
async def look(what: str, *, service: Service = FROM_ENGINE) -> str:
    """Read, and tried again."""
    return await service.look("look", what)


@tool.read(retry=AT_ONCE, fallback=[look])
async def peek(what: str, *, service: Service = FROM_ENGINE) -> str:
    """Read; another one stands in for it."""
    return await service.look("peek", what)


@tool.write(idempotent=True, retry=AT_ONCE)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write under a key: it may be sent again."""
    return await service.act("book", city, key=key)


@book.compensate
async def unbook(booking: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> None:
    """Undo it, under a key too."""
    await service.act("unbook", booking, key=key)


@tool.write(retry=AT_ONCE)
async def charge(what: str, *, service: Service = FROM_ENGINE) -> str:
    """Write without a key: in doubt it parks."""
    return await service.act("charge", what)


@tool.write(retry=AT_ONCE)
async def order(what: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write without a key that the other side honours, and can be asked about."""
    return await service.act("order", what, key=key)


@order.reconcile
async def find_order(what: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str | None:
    """Say whether it happened."""
    return f"{what}!" if service.found(key) else None


@tool.write(idempotent=True, retry=AT_ONCE, fallback=[book])
async def fly(city: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write; another tool stands in for it when it certainly failed."""
    return await service.act("fly", city, key=key)


@fly.compensate
async def unfly(booking: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> None:
    """Undo it."""
    await service.act("unfly", booking, key=key)


@tool.write(idempotent=True, once_by=lambda call: call.args["what"])
async def announce(what: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write that is one act wherever it is asked for."""
    return await service.act("announce", what, key=key)


@tool.write(idempotent=True, approve=Approval(timeout=days(1)))
async def pay(what: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write that asks a person first."""
    return await service.act("pay", what, key=key)


@tool.write(idempotent=True, approve=Approval(timeout=0.3))
async def pay_soon(what: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write that asks a person for a moment."""
    return await service.act("pay_soon", what, key=key)


@tool.write(idempotent=True, irreversible=True)
async def ship(what: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write that can not be undone."""
    return await service.act("ship", what, key=key)
