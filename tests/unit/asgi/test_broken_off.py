"""Executions that do not end well: what the client is told, and what becomes of the key."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from podium.asgi import Answer, IdempotencyMiddleware, IdempotencyStore, KeyHandle, fingerprint
from podium.asgi.wire import Message, Receive, Scope, Send
from podium.claim_errors import ClaimLostError
from podium.testing import FakeClock
from tests.unit.asgi.exchange import Shop, ask, begin, request, until
from tests.unit.asgi.test_middleware import guarded, problem

LEASE_MS = 30_000


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def beside(store: IdempotencyStore) -> Iterator[sqlite3.Connection]:
    """The service's own connection to the file, with a table for its effects."""
    store.prune()
    connection = sqlite3.connect(store.path, isolation_level=None)
    connection.execute("CREATE TABLE charges (key TEXT)")
    yield connection
    connection.close()


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


@pytest.mark.parametrize("how", ["raise", "500"])
async def test_what_was_rolled_back_is_carried_out_again(shop: Shop, store: IdempotencyStore, how: str) -> None:
    shop.status = 500
    shop.before = raises(SoldOutError()) if how == "raise" else None
    app = guarded(shop, store, transactional=lambda _: True)
    try:
        await ask(app)
    except SoldOutError:
        assert how == "raise"
    shop.status, shop.before = 201, None
    assert (await ask(app)).status == 201
    assert len(shop.acts) == 2


def charge(connection: sqlite3.Connection, answer: Answer, *, end: str) -> Callable[[Scope], None]:
    """Return what makes an effect and its answer one transaction."""

    def before(scope: Scope) -> None:
        handle: KeyHandle = scope["podium.idempotency"]
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO charges VALUES (?)", (handle.claim.slot.key,))
        handle.complete_in(connection, answer)
        if end:
            connection.execute(end)

    return before


async def test_effect_and_answer_are_committed_together(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection
) -> None:
    shop.before = charge(beside, Answer(201, b"done \x00\xff 1"), end="COMMIT")
    app = guarded(shop, store, transactional=lambda _: True)
    first, retry = await ask(app), await ask(app)
    assert first.body == retry.body
    assert first.headers["idempotency-expires"] == retry.headers["idempotency-expires"]
    assert beside.execute("SELECT count(*) FROM charges").fetchone() == (1,)


async def test_what_raised_after_its_commit_is_answered_from_what_is_kept(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection
) -> None:
    commit = charge(beside, Answer(201, b"kept"), end="COMMIT")

    def before(scope: Scope) -> None:
        commit(scope)
        raise SoldOutError

    shop.before = before
    app = guarded(shop, store, transactional=lambda _: True)
    with pytest.raises(SoldOutError):
        await ask(app)
    assert (await ask(app)).body == b"kept"


@pytest.mark.parametrize(("status", "end"), [(500, "ROLLBACK"), (404, "ROLLBACK")])
async def test_what_rolled_back_and_says_so_is_carried_out_again(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection, status: int, end: str
) -> None:
    shop.status, shop.before = status, charge(beside, Answer(201), end=end)
    app = guarded(shop, store, transactional=lambda _: True)
    assert (await ask(app)).status == status
    await ask(app)
    assert len(shop.acts) == 2


async def test_a_success_whose_transaction_was_rolled_back_is_not_told(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection, clock: FakeClock
) -> None:
    shop.before = charge(beside, Answer(201), end="ROLLBACK")
    app = guarded(shop, store, transactional=lambda _: True)
    assert problem(await ask(app)) == (503, "not-saved")
    clock.jump(LEASE_MS)
    shop.before = charge(beside, Answer(201), end="COMMIT")
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


async def test_a_long_request_keeps_its_claim(shop: Shop, store: IdempotencyStore, clock: FakeClock) -> None:
    go_on = asyncio.Event()
    shop.before = lambda _: go_on.wait()
    app = guarded(shop, store)
    first = begin(app)
    await until(lambda: shop.acts)
    for _ in range(10):
        before = lease_until(store)
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


async def test_a_transaction_of_whoever_lost_the_claim_is_not_told_either(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection, clock: FakeClock
) -> None:
    again = charge(beside, Answer(201), end="COMMIT")

    def outlive(scope: Scope) -> None:
        clock.jump(LEASE_MS)
        slot = scope["podium.idempotency"].claim.slot
        store.complete(store.claim(slot, FINGERPRINT, transactional=True), Answer(201, b"found"))  # type: ignore[arg-type]  # a claim
        try:
            again(scope)
        except ClaimLostError:
            beside.execute("ROLLBACK")
            raise

    shop.before = outlive
    zombie = await ask(guarded(shop, store, transactional=lambda _: True))
    assert problem(zombie) == (503, "outcome-unknown")
    assert beside.execute("SELECT count(*) FROM charges").fetchone() == (0,)


FINGERPRINT = fingerprint("POST", "/charges?", b"{}")
SAVING_FAILS = """CREATE TRIGGER fails BEFORE UPDATE ON podium_idempotency WHEN NEW.state <> 'in_progress'
    BEGIN SELECT RAISE(ABORT, 'no room'); END"""
RENEWING_FAILS = """CREATE TRIGGER fails BEFORE UPDATE ON podium_idempotency
    BEGIN SELECT RAISE(ABORT, 'no room'); END"""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file's write lock."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def execute(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(sql)
    connection.close()


def is_renewed(store: IdempotencyStore, before: int) -> bool:
    return lease_until(store) > before


def lease_until(store: IdempotencyStore) -> int:
    connection = sqlite3.connect(store.path)
    (until_ms,) = connection.execute("SELECT until FROM podium_idempotency").fetchone()
    connection.close()
    return int(until_ms)
