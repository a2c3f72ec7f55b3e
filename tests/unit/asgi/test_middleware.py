"""What a client sees of guarded requests that end well, and what is left alone."""

import asyncio
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from podium.asgi import IdempotencyMiddleware, IdempotencyStore, KeyHandle
from podium.asgi.wire import Message, Receive, Scope, Send
from podium.testing import FakeClock
from tests.unit.asgi.exchange import Exchange, Shop, ask, begin, guarded, problem, request, until

DAY_MS = 86_400_000


async def test_a_retry_gets_the_first_answer_byte_for_byte(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store)
    first, retry = await ask(app), await ask(app)
    assert (first.status, first.body) == (retry.status, retry.body) == (201, b"done \x00\xff 1")
    assert retry.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len(shop.acts) == 1


async def test_a_replay_has_the_headers_that_belong_to_the_answer(shop: Shop, store: IdempotencyStore) -> None:
    shop.headers = [(b"Content-Type", b"a/b"), (b"Set-Cookie", b"s=1"), (b"Link", b"<a>"), (b"Link", b"<b>")]
    app = guarded(shop, store)
    first, retry = await ask(app), await ask(app)
    assert [name for name, _ in first.sent[0]["headers"]][:4] == [name for name, _ in shop.headers]
    assert [pair for pair in retry.sent[0]["headers"] if pair[0] == b"link"] == [(b"link", b"<a>"), (b"link", b"<b>")]
    assert retry.headers["content-type"] == "a/b"
    assert "set-cookie" not in retry.headers


async def test_the_end_of_a_keys_life_is_published(shop: Shop, store: IdempotencyStore, clock: FakeClock) -> None:
    app = guarded(shop, store)
    for exchange in (await ask(app), await ask(app)):
        published = parsedate_to_datetime(exchange.headers["idempotency-expires"])
        assert published.timestamp() == (clock.now_ms() + DAY_MS) // 1000


async def test_a_late_retry_is_refused_and_not_carried_out(
    shop: Shop, store: IdempotencyStore, clock: FakeClock
) -> None:
    app = guarded(shop, store)
    await ask(app)
    clock.jump(DAY_MS)
    assert problem(await ask(app)) == (410, "key-expired")
    assert len(shop.acts) == 1


async def test_a_quoted_key_is_the_same_key(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store)
    await ask(app, request("k"))
    assert (await ask(app, request('"k"'))).headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("key", [None, "", "two words", "k" * 256])
async def test_a_request_without_a_key_is_refused(shop: Shop, store: IdempotencyStore, key: str | None) -> None:
    assert problem(await ask(guarded(shop, store), request(key))) == (400, "no-key")
    assert shop.acts == []


async def test_a_key_may_be_left_to_the_client(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store, required=False)
    for key in (None, None, "k", "k"):
        assert (await ask(app, request(key))).status == 201
    assert len(shop.acts) == 3
    assert problem(await ask(app, request(""))) == (400, "no-key")


async def test_the_same_request_at_the_same_time_is_refused_for_now(shop: Shop, store: IdempotencyStore) -> None:
    go_on = asyncio.Event()
    shop.before = lambda _: go_on.wait()
    app = guarded(shop, store)
    first = begin(app)
    await until(lambda: shop.acts)
    second = await ask(app)
    go_on.set()
    await until(lambda: first.is_whole)
    assert problem(second) == (409, "key-in-flight")
    assert int(second.headers["retry-after"]) >= 1
    assert (await ask(app)).body == first.body


async def test_another_request_under_the_key_is_refused_before_and_after(shop: Shop, store: IdempotencyStore) -> None:
    go_on = asyncio.Event()
    shop.before = lambda _: go_on.wait()
    app = guarded(shop, store)
    first = begin(app)
    await until(lambda: shop.acts)
    during = await ask(app, request(body=b'{"a":1}'))
    go_on.set()
    await until(lambda: first.is_whole)
    after = await ask(app, request(body=b'{"a":1}'))
    assert problem(during) == problem(after) == (422, "key-reused")
    assert len(shop.acts) == 1


async def test_a_key_of_one_tenant_says_nothing_to_another(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store, tenant=lambda scope: scope["user"])
    ada, eve = await ask(app, request(user="ada")), await ask(app, request(user="eve"))
    assert (ada.body, eve.body) == (b"done \x00\xff 1", b"done \x00\xff 2")


async def test_a_key_for_one_path_is_another_one_for_another(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store)
    await ask(app, request(path="/charges"))
    await ask(app, request(path="/refunds"))
    assert len(shop.acts) == 2


async def test_a_key_for_one_operation_names_one_request_of_it(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store, operation=lambda _: "cancel")
    await ask(app, request(path="/charges/1/cancel"))
    assert problem(await ask(app, request(path="/charges/2/cancel"))) == (422, "key-reused")


async def test_volatile_members_may_differ_between_tries(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store, volatile=frozenset({"/sent_at"}))
    await ask(app, request(body=b'{"sent_at":1}'))
    assert (await ask(app, request(body=b'{"sent_at":2}'))).headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT", "OPTIONS"])
async def test_methods_that_are_not_guarded_pass_through(shop: Shop, store: IdempotencyStore, method: str) -> None:
    app = guarded(shop, store)
    for _ in range(2):
        passed = await ask(app, request(method=method))
        assert "idempotency-expires" not in passed.headers
    assert len(shop.acts) == 2


async def test_other_methods_can_be_guarded(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store, methods=frozenset({"DELETE"}))
    await ask(app, request(method="DELETE"))
    await ask(app, request(method="DELETE"))
    assert len(shop.acts) == 1


async def test_what_is_no_operation_passes_through(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store, operation=lambda scope: None if scope["path"] == "/search" else "charge")
    await ask(app, request(None, path="/search"))
    assert len(shop.acts) == 1


async def test_websockets_pass_through(store: IdempotencyStore) -> None:
    seen: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend((scope, receive, send))

    exchange = Exchange({"type": "websocket", "path": "/"})
    await IdempotencyMiddleware(app, store=store)(exchange.scope, exchange.receive, exchange.send)
    assert seen[0] is exchange.scope
    assert seen[1:] == [exchange.receive, exchange.send]


async def test_a_body_in_pieces_reaches_the_application_whole(shop: Shop, store: IdempotencyStore) -> None:
    exchange = request()
    exchange.chunks = (b'{"a"', b"", b":1}")
    await ask(guarded(shop, store), exchange)
    assert shop.acts == [b'{"a":1}']


async def test_a_body_that_is_too_long_is_refused_and_the_key_left_free(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store, request_bytes_max=10)
    assert problem(await ask(app, request(body=b'"123456789"'))) == (413, "body-too-long")
    assert (await ask(app, request(body=b'"12345678"'))).status == 201
    assert len(shop.acts) == 1


async def test_a_client_that_leaves_while_it_sends_has_asked_for_nothing(shop: Shop, store: IdempotencyStore) -> None:
    app = guarded(shop, store)
    exchange = request()
    exchange.chunks = ()
    exchange.gone.set()
    await ask(app, exchange)
    assert (exchange.sent, shop.acts) == ([], [])
    assert (await ask(app)).status == 201


async def test_a_client_that_leaves_later_does_not_stop_the_work(shop: Shop, store: IdempotencyStore) -> None:
    """A stream of Starlette's ends when it hears that nobody listens; here it hears so when it has answered."""
    heard: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        listening = asyncio.ensure_future(receive())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not listening.done()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
        heard.append(await listening)

    exchange = request()
    exchange.gone.set()
    await ask(IdempotencyMiddleware(app, store=store), exchange)
    assert heard == [{"type": "http.disconnect"}]


async def test_work_after_the_answer_does_not_hold_it_up(shop: Shop, store: IdempotencyStore) -> None:
    go_on, done = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await shop(scope, receive, send)
        await go_on.wait()
        done.set()

    exchange = begin(IdempotencyMiddleware(app, store=store))
    await until(lambda: exchange.is_whole)
    go_on.set()
    await until(done.is_set)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 303, 402, 409, 410, 418, 451])
async def test_success_and_refusals_of_the_business_are_kept(shop: Shop, store: IdempotencyStore, status: int) -> None:
    shop.status = status
    app = guarded(shop, store)
    await ask(app)
    assert (await ask(app)).status == status
    assert len(shop.acts) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 408, 413, 415, 422, 423, 425, 428, 429])
async def test_refusals_of_the_request_itself_free_the_key(shop: Shop, store: IdempotencyStore, status: int) -> None:
    shop.status = status
    app = guarded(shop, store)
    assert (await ask(app)).status == status
    shop.status = 201
    retry = await ask(app, request(body=b'{"mended":true}'))
    assert retry.status == 201
    assert "idempotent-replayed" not in retry.headers


def says(verb: Callable[[KeyHandle], None]) -> Callable[[Scope], None]:
    return lambda scope: verb(scope["podium.idempotency"])


@pytest.mark.parametrize("status", [200, 404, 409, 503])
async def test_the_application_may_say_that_nothing_was_done(shop: Shop, store: IdempotencyStore, status: int) -> None:
    shop.status, shop.before = status, says(KeyHandle.release)
    app = guarded(shop, store)
    assert (await ask(app)).status == status
    await ask(app)
    assert len(shop.acts) == 2


async def test_the_application_may_say_that_a_refusal_is_its_answer(shop: Shop, store: IdempotencyStore) -> None:
    shop.status, shop.before = 404, says(KeyHandle.record)
    app = guarded(shop, store)
    await ask(app)
    assert (await ask(app)).headers["idempotent-replayed"] == "true"


async def test_the_application_is_offered_no_way_to_answer_that_is_not_kept(
    shop: Shop, store: IdempotencyStore
) -> None:
    offered: list[Any] = []
    shop.before = lambda scope: offered.append(scope["extensions"])
    extensions: dict[str, Any] = {"http.response.pathsend": {}, "http.response.trailers": {}, "tls": {}}
    await ask(guarded(shop, store), request(extensions=extensions))
    assert offered == [{"tls": {}}]
