"""A long execution keeps its claim; one that lost it is stopped, and says nothing."""

import asyncio
from contextlib import ExitStack
from functools import partial

import pytest

from podium.asgi import Answer, IdempotencyMiddleware, IdempotencyStore
from podium.asgi.wire import Message, Receive, Scope, Send
from podium.testing import FakeClock
from tests.unit.asgi.disk import RENEWING_FAILS, column, execute, locked
from tests.unit.asgi.exchange import Shop, ask, begin, guarded, problem, request, until

LEASE_MS = 30_000


async def test_a_long_request_keeps_its_claim(shop: Shop, store: IdempotencyStore, clock: FakeClock) -> None:
    go_on = asyncio.Event()
    shop.before = lambda _: go_on.wait()
    app = guarded(shop, store)
    first = begin(app)
    await until(lambda: shop.acts)
    for _ in range(10):
        before = column(store, "until")
        await clock.advance(LEASE_MS // 3)
        await until(partial(is_renewed, store, before))
        assert problem(await ask(app)) == (409, "key-in-flight")
    go_on.set()
    await until(lambda: first.is_whole)
    assert first.status == 201


async def test_a_claim_is_not_renewed_while_its_answer_is_being_kept(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    """Renewed just after, it would seem to be lost, and a client that is slow to listen would not get its answer."""
    listens = asyncio.Event()
    exchange = request()

    async def send(message: Message) -> None:
        await listens.wait()
        await exchange.send(message)

    async def app(scope: Scope, receive: Receive, _: Send) -> None:
        await guarded(shop, store)(scope, receive, send)

    with ExitStack() as stack:
        shop.before = lambda _: stack.enter_context(locked(store.path))
        begin(app, exchange)
        await until(lambda: shop.acts and store._lock.locked())
        await clock.advance(LEASE_MS)
    await until(lambda: not store._jobs and not store._lock.locked())
    for _ in range(50):
        await asyncio.sleep(0)
    listens.set()
    await until(lambda: exchange.is_whole)
    assert exchange.status == 201


async def test_a_request_goes_on_while_its_claim_can_not_be_renewed(
    shop: Shop, store: IdempotencyStore, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = asyncio.Event()
    shop.before = lambda _: go_on.wait()
    first = begin(guarded(shop, store))
    await until(lambda: shop.acts)
    execute(store.path, RENEWING_FAILS)
    await clock.advance(LEASE_MS // 3)
    await until(lambda: "could not be renewed" in caplog.text)
    execute(store.path, "DROP TRIGGER fails")
    go_on.set()
    await until(lambda: first.is_whole)
    assert first.status == 201


async def test_a_request_that_outlives_its_claim_is_stopped(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    """As a process that was stopped for longer than its lease finds it when it goes on."""
    ended: list[str] = []

    async def work(_: Scope) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("stopped")

    shop.before = work
    zombie = begin(guarded(shop, store))
    await until(lambda: shop.acts)
    clock.jump(LEASE_MS)
    [successor] = store.take_unknown()
    store.complete(successor, Answer(201, b"found"))
    await clock.advance(LEASE_MS)
    await until(lambda: zombie.is_whole)
    assert problem(zombie) == (503, "outcome-unknown")
    assert ended == ["stopped"]


@pytest.mark.parametrize("status", [201, 404, 500])
async def test_an_answer_after_the_claim_is_lost_is_not_told(
    shop: Shop, store: IdempotencyStore, clock: FakeClock, status: int
) -> None:
    went_on: list[str] = []

    def succeed(_: Scope) -> None:
        clock.jump(LEASE_MS)
        [successor] = store.take_unknown()
        store.complete(successor, Answer(201, b"found"))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await shop(scope, receive, send)
        went_on.append("as if it had answered")

    shop.status, shop.before = status, succeed
    service = IdempotencyMiddleware(app, store=store)
    zombie = await ask(service)
    assert problem(zombie) == (503, "outcome-unknown")
    assert went_on == []
    assert (await ask(service)).body == b"found"


def is_renewed(store: IdempotencyStore, before: list[object]) -> bool:
    return column(store, "until") != before
