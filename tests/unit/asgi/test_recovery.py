"""What nobody knows is found out by the application's handler, once at a time, and never by carrying it out again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from podium.asgi import Answer, Claim, IdempotencyStore, Release, Slot, Unknown, fingerprint
from podium.asgi.wire import ASGIApp, Message
from podium.testing import FakeClock
from tests.unit.asgi.disk import column
from tests.unit.asgi.exchange import Exchange, Shop, ask, guarded, problem, until

LEASE_MS = 30_000
FINGERPRINT = fingerprint("POST", "/charges?", b"{}")
SLOT = Slot("", "POST /charges", "k")


@pytest.fixture
def shop() -> Shop:
    return Shop(status=503)


class Asked:
    """A recovery handler that says what it is told to say, and keeps what it was asked."""

    def __init__(self, *says: Answer | Release | Exception | Callable[[], Awaitable[Any]] | None) -> None:
        self.says, self.claims = list(says), list[Claim]()

    async def __call__(self, claim: Claim) -> Any:
        self.claims.append(claim)
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said
        return await said() if callable(said) and not isinstance(said, Answer) else said


async def fail(app: ASGIApp, clock: FakeClock) -> None:
    """Make a request that ends without anybody knowing how, and let its lease run out."""
    assert (await ask(app)).status == 503
    clock.jump(LEASE_MS)


async def recovered(app: ASGIApp, asked: Asked, count: int = 1) -> None:
    """Have the handler asked, as a retry does, and wait until what it said is written down."""
    await ask(app)
    await until(lambda: len(asked.claims) == count)
    for _ in range(50):
        await asyncio.sleep(0)


async def test_the_handler_is_asked_once_and_its_answer_replayed(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    asked = Asked(Answer(201, b"found"))
    app = guarded(shop, store, recover=asked)
    await fail(app, clock)
    async with asyncio.timeout(20):
        while (retry := await ask(app)).status == 503:
            pass
    assert (retry.status, retry.body, retry.headers["idempotent-replayed"]) == (201, b"found", "true")
    assert [(claim.slot, claim.epoch) for claim in asked.claims] == [(SLOT, 2)]
    assert len(shop.acts) == 1


async def test_the_handler_is_not_asked_before_the_lease_is_over(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    asked = Asked(Answer(201))
    app = guarded(shop, store, recover=asked)
    await ask(app)
    clock.jump(LEASE_MS - 1)
    await recovered(app, asked, count=0)
    clock.jump(1)
    await recovered(app, asked)


async def test_the_handler_is_asked_without_a_retry(shop: Shop, store: IdempotencyStore, clock: FakeClock) -> None:
    asked = Asked(Answer(201, b"found"))
    app = guarded(shop, store, recover=asked)
    await ask(app)
    await clock.advance(LEASE_MS)
    async with asyncio.timeout(20):
        while not asked.claims:
            await clock.advance(LEASE_MS // 2)


async def test_a_key_that_the_handler_frees_is_carried_out_by_the_retry(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    app = guarded(shop, store, recover=Asked(Release()))
    await fail(app, clock)
    shop.status = 201
    async with asyncio.timeout(20):
        while (retry := await ask(app)).status == 503:
            pass
    assert retry.status == 201
    assert len(shop.acts) == 2


def is_put_off(store: IdempotencyStore) -> bool:
    return (column(store, "state"), column(store, "tries")) == (["unknown"], [1])


async def hang() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("first", [None, ConnectionError("who knows")], ids=["None", "raises"])
async def test_the_handler_is_asked_again_later_when_it_can_not_say(
    shop: Shop, store: IdempotencyStore, clock: FakeClock, first: Exception | None
) -> None:
    asked = Asked(first, Answer(201, b"found"))
    app = guarded(shop, store, recover=asked)
    await fail(app, clock)
    await recovered(app, asked)
    await until(lambda: is_put_off(store))
    assert store.claim(SLOT, FINGERPRINT) == Unknown(LEASE_MS)
    await recovered(app, asked)
    clock.jump(LEASE_MS)
    await recovered(app, asked, count=2)
    assert [claim.tries for claim in asked.claims] == [1, 2]
    assert len(shop.acts) == 1


async def test_a_handler_that_hangs_is_given_up_after_a_lease(
    shop: Shop, store: IdempotencyStore, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    asked = Asked(hang, Answer(201, b"found"))
    app = guarded(shop, store, recover=asked)
    await fail(app, clock)
    await recovered(app, asked)
    await clock.advance(LEASE_MS)
    await until(lambda: "could not be found out within a lease" in caplog.text)
    await until(lambda: is_put_off(store))
    clock.jump(LEASE_MS)
    await recovered(app, asked, count=2)


async def test_what_a_handler_says_too_late_is_not_written(
    shop: Shop, store: IdempotencyStore, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def outlive() -> Answer:
        clock.jump(LEASE_MS)
        [other] = store.take_unknown()
        store.complete(other, Answer(201, b"theirs"))
        return Answer(201, b"ours")

    app = guarded(shop, store, recover=Asked(outlive))
    await fail(app, clock)
    await ask(app)
    await until(lambda: "longer than a lease" in caplog.text)
    assert (await ask(app)).body == b"theirs"


async def test_without_a_handler_it_stays_unknown(shop: Shop, store: IdempotencyStore, clock: FakeClock) -> None:
    app = guarded(shop, store)
    await fail(app, clock)
    for _ in range(5):
        retry = await ask(app)
        assert problem(retry) == (503, "outcome-unknown")
        assert retry.headers["retry-after"] == "1"
        clock.jump(LEASE_MS)
    assert len(shop.acts) == 1


async def test_keys_whose_life_is_over_are_dropped_by_and_by(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    shop.status = 201
    app = guarded(shop, store)
    await ask(app)
    clock.jump(8 * 86_400_000)
    async with asyncio.timeout(20):
        while (await ask(app)).status == 410:
            await clock.advance(LEASE_MS)
    assert len(shop.acts) == 2


async def test_keys_are_looked_after_again_when_the_disk_is_back(
    shop: Shop, store: IdempotencyStore, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    asked = Asked(Answer(201))
    path, store.path = store.path, store.path / "nowhere"
    async with alive(guarded(shop, store, recover=asked)):
        await until(lambda: "can not be looked after" in caplog.text)
        store.path = path
        app = guarded(shop, store)
        await fail(app, clock)
        await clock.advance(LEASE_MS)
        await until(lambda: asked.claims)


@asynccontextmanager
async def alive(app: ASGIApp) -> AsyncIterator[None]:
    """Be the server of an application from its start to its end."""
    exchange, end = Exchange({"type": "lifespan"}), asyncio.Event()
    asked: list[Message] = [{"type": "lifespan.startup"}]

    async def receive() -> Message:
        if not asked:
            await end.wait()
            return {"type": "lifespan.shutdown"}
        return asked.pop()

    async def run() -> None:
        await app(exchange.scope, receive, exchange.send)

    running = asyncio.create_task(run())
    await until(lambda: exchange.sent)
    yield
    end.set()
    await running
    assert [message["type"] for message in exchange.sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


async def test_what_a_process_left_behind_is_found_out_at_the_next_start(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    store.claim(SLOT, FINGERPRINT)
    clock.jump(LEASE_MS)
    asked = Asked(Answer(201))
    async with alive(guarded(shop, store, recover=asked)):
        await until(lambda: asked.claims)


async def test_looking_after_keys_ends_with_the_application(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    store.claim(SLOT, FINGERPRINT)
    asked = Asked(Answer(201))
    before = asyncio.all_tasks()
    async with alive(guarded(shop, store, recover=asked)):
        assert asyncio.all_tasks() > before
    await clock.advance(2 * LEASE_MS)
    assert asked.claims == []
    assert asyncio.all_tasks() == before
