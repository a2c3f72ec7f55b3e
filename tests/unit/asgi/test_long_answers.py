"""Answers in pieces, and answers that are too long to be kept."""

import asyncio
from collections.abc import Callable

import pytest

from podium.asgi import Answer, IdempotencyMiddleware, IdempotencyPolicy, IdempotencyStore
from podium.asgi.wire import ASGIApp, Receive, Scope, Send
from podium.claim_errors import ClaimLostError
from podium.errors import StoreUnavailableError
from podium.testing import FakeClock
from tests.unit.asgi.disk import SAVING_FAILS, execute
from tests.unit.asgi.exchange import ask, begin, problem, until

LEASE_MS = 30_000
LIMIT = 10


def service(app: ASGIApp, store: IdempotencyStore) -> IdempotencyMiddleware:
    return IdempotencyMiddleware(app, store=store, policy=IdempotencyPolicy(response_bytes_max=LIMIT))


def streaming(
    *pieces: bytes, status: int = 200, wait: asyncio.Event | None = None, last: Callable[[], object] | None = None
) -> ASGIApp:
    """Return an application that answers piece by piece; the last waits, and is preceded by a call."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"a/b")]})
        for piece in pieces[:-1]:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if wait is not None:
            await wait.wait()
        if last is not None:
            last()
        await send({"type": "http.response.body", "body": pieces[-1]})

    return app


async def test_an_answer_in_pieces_is_replayed_whole(store: IdempotencyStore) -> None:
    app = service(streaming(b"one ", b"", b"two ", b"!"), store)
    first, retry = await ask(app), await ask(app)
    assert first.body == retry.body == b"one two !"
    assert retry.headers["content-length"] == "9"


async def test_nothing_goes_out_before_it_is_kept(store: IdempotencyStore) -> None:
    go_on = asyncio.Event()
    exchange = begin(service(streaming(b"one ", b"two", wait=go_on), store))
    for _ in range(100):
        await asyncio.sleep(0)
    assert exchange.sent == []
    go_on.set()
    await until(lambda: exchange.is_whole)


@pytest.mark.parametrize("pieces", [(b"x" * 11,), (b"x" * 10, b"y"), (b"x" * 20, b"y", b"z" * 20, b"")])
async def test_a_long_answer_goes_out_and_is_not_carried_out_again(
    store: IdempotencyStore, pieces: tuple[bytes, ...]
) -> None:
    app = service(streaming(*pieces), store)
    assert (await ask(app)).body == b"".join(pieces)
    assert problem(await ask(app)) == (500, "answer-not-kept")


async def test_an_answer_of_the_longest_length_is_kept(store: IdempotencyStore) -> None:
    app = service(streaming(b"x" * 9, b"y"), store)
    assert (await ask(app)).body == (await ask(app)).body == b"xxxxxxxxxy"


async def test_a_long_answer_goes_out_as_it_comes_but_for_its_last_piece(store: IdempotencyStore) -> None:
    go_on = asyncio.Event()
    exchange = begin(service(streaming(b"x" * 11, b"y", b"z", wait=go_on), store))
    await until(lambda: exchange.body == b"x" * 11)
    for _ in range(100):
        await asyncio.sleep(0)
    assert exchange.body == b"x" * 11
    go_on.set()
    await until(lambda: exchange.is_whole)
    assert exchange.body == b"x" * 11 + b"yz"


@pytest.mark.parametrize("status", [404, 500])
async def test_the_status_of_a_long_answer_counts_too(store: IdempotencyStore, status: int) -> None:
    app = service(streaming(b"x" * 11, b"y", status=status), store)
    await ask(app)
    retry = await ask(app)
    assert retry.status == (404 if status == 404 else 503)


async def test_a_long_answer_that_can_not_be_saved_is_cut_off(store: IdempotencyStore) -> None:
    app = service(streaming(b"x" * 11, b"y", b"z", last=lambda: execute(store.path, SAVING_FAILS)), store)
    exchange = begin(app)
    assert exchange.task is not None
    with pytest.raises(StoreUnavailableError):
        await exchange.task
    assert exchange.body == b"x" * 11 + b"y"[:0]
    assert not exchange.is_whole


async def test_a_long_answer_of_whoever_lost_the_claim_is_cut_off(store: IdempotencyStore, clock: FakeClock) -> None:
    def succeed() -> None:
        clock.jump(LEASE_MS)
        [successor] = store.take_unknown()
        store.complete(successor, Answer(201, b"found"))

    exchange = begin(service(streaming(b"x" * 11, b"y", last=succeed), store))
    assert exchange.task is not None
    with pytest.raises(ClaimLostError):
        await exchange.task
    assert not exchange.is_whole
