"""Executions that do not end well: what the client is told, and what becomes of the key."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from podium.asgi import IdempotencyMiddleware, IdempotencyStore
from podium.asgi.wire import Receive, Scope, Send
from podium.testing import FakeClock
from tests.unit.asgi.disk import SAVING_FAILS, execute, locked
from tests.unit.asgi.exchange import Shop, ask, begin, guarded, problem, until

LEASE_MS = 30_000


class SoldOutError(Exception):
    """What an application raises and does not handle."""


def raises(error: BaseException) -> Callable[[Scope], None]:
    def before(_: Scope) -> None:
        raise error

    return before


async def test_what_raised_is_unknown_and_not_carried_out_again(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    shop.before = raises(SoldOutError())
    app = guarded(shop, store)
    with pytest.raises(SoldOutError):
        await ask(app)
    retry = await ask(app)
    assert problem(retry) == (503, "outcome-unknown")
    assert retry.headers["retry-after"] == str(LEASE_MS // 1000)
    clock.jump(LEASE_MS - 1001)
    assert (await ask(app)).headers["retry-after"] == "2"
    clock.jump(1001)
    assert problem(await ask(app)) == (503, "outcome-unknown")
    assert len(shop.acts) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_goes_out_and_is_unknown(shop: Shop, store: IdempotencyStore, status: int) -> None:
    shop.status = status
    app = guarded(shop, store)
    assert (await ask(app)).body == b"done \x00\xff 1"
    assert problem(await ask(app)) == (503, "outcome-unknown")
    assert len(shop.acts) == 1


async def test_an_answer_that_never_came_is_unknown(store: IdempotencyStore) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})

    service = IdempotencyMiddleware(app, store=store)
    assert (await ask(service)).sent == []
    assert problem(await ask(service)) == (503, "outcome-unknown")


async def test_a_request_that_is_called_off_is_unknown(shop: Shop, store: IdempotencyStore) -> None:
    ended: list[str] = []

    async def work(_: Scope) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("stopped")

    shop.before = work
    app = guarded(shop, store)
    exchange = begin(app)
    await until(lambda: shop.acts)
    assert exchange.task is not None
    exchange.task.cancel()
    await asyncio.wait({exchange.task})
    assert exchange.task.cancelled()
    assert ended == ["stopped"]
    assert problem(await ask(app)) == (503, "outcome-unknown")


async def test_a_request_that_is_called_off_before_it_is_carried_out_leaves_its_key_free(
    shop: Shop, store: IdempotencyStore
) -> None:
    app = guarded(shop, store)
    store.prune()
    with locked(store.path):
        exchange = begin(app)
        for _ in range(20):
            await asyncio.sleep(0)
        assert exchange.task is not None
        exchange.task.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({exchange.task})
    assert shop.acts == []
    assert (await ask(app)).status == 201


async def test_what_says_that_nothing_was_done_and_raises_leaves_its_key_free(
    shop: Shop, store: IdempotencyStore
) -> None:
    def before(scope: Scope) -> None:
        scope["podium.idempotency"].release()
        raise SoldOutError

    shop.before = before
    app = guarded(shop, store)
    with pytest.raises(SoldOutError):
        await ask(app)
    shop.before = None
    assert (await ask(app)).status == 201


async def test_a_success_that_can_not_be_saved_is_told_as_neither(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    shop.before = lambda _: execute(store.path, SAVING_FAILS)
    app = guarded(shop, store)
    first = await ask(app)
    execute(store.path, "DROP TRIGGER fails")
    assert problem(first) == (503, "not-saved")
    assert int(first.headers["retry-after"]) > 0
    assert problem(await ask(app)) == (409, "key-in-flight")
    clock.jump(LEASE_MS)
    assert problem(await ask(app)) == (503, "outcome-unknown")
    assert len(shop.acts) == 1


async def test_what_broke_off_while_the_store_fails_lapses(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    def before(_: Scope) -> None:
        execute(store.path, SAVING_FAILS)
        raise SoldOutError

    shop.before = before
    app = guarded(shop, store)
    with pytest.raises(SoldOutError):
        await ask(app)
    execute(store.path, "DROP TRIGGER fails")
    assert problem(await ask(app)) == (409, "key-in-flight")
    clock.jump(LEASE_MS)
    assert problem(await ask(app)) == (503, "outcome-unknown")


async def test_nothing_is_done_while_keys_can_not_be_claimed(shop: Shop, tmp_path: Path) -> None:
    store = IdempotencyStore(tmp_path / "missing" / "service.db")
    app = guarded(shop, store)
    refused = await ask(app)
    assert problem(refused) == (503, "store-unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    assert shop.acts == []
