"""Real processes over one file, killed and stopped: one key is one execution."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from podium.failure import FailureKind
from podium.guard.classify import meaning_of
from tests.integration.asgi.conftest import Served
from tests.integration.asgi.service import World

pytestmark = pytest.mark.process
SHORT_LEASE_S = 0.5
Serve = Callable[..., Served]
Charges = Callable[[], list[str]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def problem(reply: httpx.Response) -> tuple[int, str]:
    assert reply.headers["Content-Type"] == "application/problem+json"
    return reply.status_code, reply.json()["type"].removeprefix("/problems/")


def tried(service: Served, path: str) -> Iterator[httpx.Response]:
    """Make the same request until it is answered for good; yield each answer."""
    while True:
        reply = service.post(path)
        yield reply
        if reply.status_code not in {409, 503}:
            return


async def test_a_hundred_requests_at_once_are_one_execution_and_one_answer(serve: Serve, world: World) -> None:
    services = [serve(), serve(), serve()]
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    ways = ['{"amount":1.0}', '{"amount": 1}', '\n{"amount":\t10e-1}', '{"amount":0.1E+1}']
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        posts = [
            client.post(f"{services[number % 3].url}/outside", content=ways[number % 4], headers=headers)
            for number in range(100)
        ]
        replies = await asyncio.gather(*posts)
        posts = [client.post(f"{service.url}/outside", content=ways[0], headers=headers) for service in services]
        replies += await asyncio.gather(*posts)

    assert world.said("charged") == ["k"]
    assert {reply.status_code for reply in replies} <= {201, 409}
    answers = [reply for reply in replies if reply.status_code == 201]
    assert len({reply.content for reply in answers}) == 1
    assert sum("Idempotent-Replayed" not in reply.headers for reply in answers) == 1
    assert all(problem(reply) == (409, "key-in-flight") for reply in replies if reply.status_code == 409)


def test_another_request_under_the_key_is_refused_while_and_after_it_is_worked_on(serve: Serve, world: World) -> None:
    first, second = serve(), serve()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(first.post, "/outside", then="stop")
        first.until_stopped()
        assert problem(second.post("/outside", amount=2)) == (422, "key-reused")
        assert problem(second.post("/outside")) == (409, "key-in-flight")
        first.go_on()
        assert waiting.result().status_code == 201
    assert problem(second.post("/outside", amount=2)) == (422, "key-reused")
    assert world.said("charged") == ["k"]


@pytest.mark.parametrize("when", ["before the answer", "before the commit"])
def test_an_effect_in_the_answers_transaction_goes_with_its_process_and_a_retry_is_carried_out_once(
    serve: Serve, charges: Charges, world: World, when: str
) -> None:
    executor = serve(lease_s=SHORT_LEASE_S)
    with pytest.raises(httpx.TransportError):
        executor.post("/local", when=when, then="die")
    executor.until_dead()
    assert charges() == []

    successor = serve(lease_s=SHORT_LEASE_S)
    *early, retry = tried(successor, "/local")
    assert [problem(reply) for reply in early] == [(409, "key-in-flight")] * len(early)
    assert (retry.status_code, retry.headers.get("Idempotent-Replayed")) == (201, None)
    again = successor.post("/local")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (retry.content, "true")
    assert charges() == ["k"]
    assert world.said("asked") == []


def test_an_answer_committed_with_its_effect_outlives_its_process(serve: Serve, charges: Charges) -> None:
    executor, successor = serve(), serve()
    with pytest.raises(httpx.TransportError):
        executor.post("/local", when="after the commit", then="die")
    executor.until_dead()
    retry = successor.post("/local")
    assert (retry.status_code, retry.headers["Idempotent-Replayed"]) == (201, "true")
    assert charges() == ["k"]


def test_an_outside_effect_of_a_killed_process_is_found_out_once_and_never_made_again(
    serve: Serve, world: World
) -> None:
    executor = serve(lease_s=SHORT_LEASE_S)
    with pytest.raises(httpx.TransportError):
        executor.post("/outside", then="die")
    executor.until_dead()

    successors = [serve(lease_s=SHORT_LEASE_S) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        tries = list(pool.map(lambda service: list(tried(service, "/outside")), successors))
    codes = {problem(reply) for *early, _ in tries for reply in early}
    assert codes <= {(409, "key-in-flight"), (503, "outcome-unknown")}
    assert all(reply.json() == {"charge": 1, "recovered": True} for *_, reply in tries)
    assert all(reply.headers["Idempotent-Replayed"] == "true" for *_, reply in tries)
    assert world.said("charged") == ["k"]
    assert world.said("asked") == ["k"]


def test_a_success_that_can_not_be_saved_leaves_the_caller_in_doubt_and_makes_no_second_effect(
    serve: Serve, world: World
) -> None:
    service = serve(lease_s=SHORT_LEASE_S)
    first = service.post("/outside", then="no room")
    assert problem(first) == (503, "not-saved")
    assert int(first.headers["Retry-After"]) >= 1
    with pytest.raises(httpx.HTTPStatusError) as told:
        first.raise_for_status()
    meaning = meaning_of(told.value)
    assert (meaning.kind, meaning.is_sure) == (FailureKind.TRANSIENT, False), "a tool of Podium is in doubt then"
    service.post("/room")
    *_, retry = tried(service, "/outside")
    assert retry.json() == {"charge": 1, "recovered": True}
    assert world.said("charged") == ["k"]


def test_a_process_that_stood_still_past_its_lease_writes_nothing_when_it_goes_on(serve: Serve, world: World) -> None:
    zombie = serve(lease_s=SHORT_LEASE_S)
    with ThreadPoolExecutor() as pool:
        paused = pool.submit(zombie.post, "/outside", then="stop")
        zombie.until_stopped()
        successor = serve(lease_s=SHORT_LEASE_S)
        *_, found = tried(successor, "/outside")
        zombie.go_on()
        late = paused.result()
    assert found.json() == {"charge": 1, "recovered": True}
    assert problem(late) == (503, "outcome-unknown")
    assert [service.post("/outside").content for service in (zombie, successor)] == [found.content] * 2
    assert world.said("charged") == ["k"]


def test_a_transaction_of_a_process_that_stood_still_past_its_lease_is_rolled_back(
    serve: Serve, charges: Charges
) -> None:
    zombie = serve(lease_s=SHORT_LEASE_S)
    with ThreadPoolExecutor() as pool:
        paused = pool.submit(zombie.post, "/local", when="before the effect", then="stop")
        zombie.until_stopped()
        successor = serve(lease_s=SHORT_LEASE_S)
        *_, done = tried(successor, "/local")
        zombie.go_on()
        late = paused.result()
    assert done.status_code == 201
    assert problem(late) == (503, "outcome-unknown")
    assert charges() == ["k"]
    assert zombie.post("/local").content == done.content
