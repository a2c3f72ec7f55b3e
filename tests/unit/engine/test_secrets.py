"""Secrets never come into what is kept: journal, database file, breaker, log."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from podium import END, FROM_ENGINE, START, Dag, Engine, IdempotencyKey, Retry, StateMachine, node, step, tool
from podium.core.codec import to_text
from podium.engine.confidential import secrets_in
from podium.errors import RunFailedError
from podium.secret_errors import SecretGivenError, ShortSecretError

TOKEN = "t0ps3cret-t0ken"
SENT: list[str] = []


class Trip(BaseModel):
    city: str = ""
    found: str = ""


@dataclass
class Client:
    token: SecretStr
    more: dict[str, Any] = field(default_factory=dict)


@tool.read
async def failing(city: str, *, client: Client = FROM_ENGINE) -> str:
    raise ConnectionRefusedError(f"{city}: 401 with {client.token.get_secret_value()} and Bearer abcdefghijk1")


@tool.read
async def echoing(city: str, *, client: Client = FROM_ENGINE) -> str:
    return f"{city} as {client.token.get_secret_value()}!"


@tool.read
async def asked_with(token: str) -> str:
    SENT.append(token)
    return "found"


@tool.write(idempotent=True, irreversible=True)
async def booking(city: str, *, key: IdempotencyKey = FROM_ENGINE, client: Client = FROM_ENGINE) -> str:
    SENT.append(key)
    return f"{city} booked by {client.token.get_secret_value()}"


@step
async def looks(trip: Trip, *, client: Client = FROM_ENGINE) -> None:
    if trip.city == "fails":
        trip.found = await failing(trip.city)
    elif trip.city == "echoes":
        trip.found = await echoing(trip.city)
    elif trip.city == "books":
        trip.found = await booking(trip.city)
    elif trip.city == "asks":
        trip.found = await asked_with(client.token.get_secret_value())
    else:
        trip.found = client.token.get_secret_value()


SEEN: list[str] = []


@step(retry=Retry(attempts=2, base=0.001))
async def tries_twice(trip: Trip) -> None:
    trip.found = await booking(trip.city)
    SEEN.append(trip.found)
    if len(SEEN) == 1:
        raise ValueError(trip.found)


trying = StateMachine("trying", Trip, START >> tries_twice >> END)

machine = StateMachine("looking", Trip, START >> looks >> END)


@node
async def whole(city: str, *, client: Client = FROM_ENGINE) -> str:
    return client.token.get_secret_value()


dag = Dag("dagged", Trip, whole, gives=whole)


@asynccontextmanager
async def resources() -> AsyncIterator[Client]:
    yield Client(SecretStr(TOKEN))


def kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def told(engine: Engine, run_id: str) -> str:
    return "\n".join(to_text(event) for _, event in await engine.events(run_id))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    SENT.clear()
    async with Engine(f"sqlite:///{tmp_path / 'a.db'}", resources=resources) as engine:
        yield engine


async def test_failure_holds_no_secret_in_message_or_traceback(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RunFailedError) as failed:
        await (await engine.start(machine, Trip(city="fails"), id="r")).result()
    text = await told(engine, "r")
    assert "fails: 401 with [redacted] and Bearer [redacted]" in text
    for place in (text, str(failed.value), caplog.text):
        assert TOKEN not in place
        assert "abcdefghijk1" not in place
    assert TOKEN.encode() not in kept(tmp_path)


@pytest.mark.parametrize("city", ["echoes", "books"])
async def test_secret_in_what_a_tool_gives_is_masked_and_the_run_goes_on(
    engine: Engine, tmp_path: Path, city: str
) -> None:
    trip = await (await engine.start(machine, Trip(city=city), id="r")).result()
    assert "[redacted]" in trip.found
    assert TOKEN.encode() not in kept(tmp_path)
    assert len(SENT) == (city == "books")


async def test_secret_as_an_argument_is_refused_before_it_is_sent(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match="the arguments of asked_with would hold a secret"):
        await (await engine.start(machine, Trip(city="asks"), id="r")).result()
    assert SENT == []
    assert TOKEN.encode() not in kept(tmp_path)


@pytest.mark.parametrize("workflow", [machine, dag], ids=["machine", "dag"])
async def test_secret_in_what_a_step_gives_fails_the_step(engine: Engine, tmp_path: Path, workflow: Any) -> None:
    with pytest.raises(RunFailedError, match="what the step gives would hold a secret"):
        await (await engine.start(workflow, Trip(city="keeps"), id="r")).result()
    assert TOKEN.encode() not in kept(tmp_path)


async def test_secret_is_not_taken_from_outside(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(SecretGivenError, match="the input of looking"):
        await engine.start(machine, Trip(city=f"see {TOKEN}"), id="r")
    assert await engine.runs() == []
    run = await engine.start(machine, Trip(city="echoes"), id="s")
    with pytest.raises(SecretGivenError, match="what is sent to run s"):
        await run.signal("paid", {"with": TOKEN})
    await run.result()
    assert TOKEN.encode() not in kept(tmp_path)


async def test_masked_result_replays_as_it_was_recorded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    async with Engine(url, resources=resources) as first:
        given = await (await first.start(machine, Trip(city="books"), id="r")).result()
    SENT.clear()

    @asynccontextmanager
    async def rotated() -> AsyncIterator[Client]:
        yield Client(SecretStr("another-t0ken"))

    async with Engine(url, resources=rotated) as second:
        again = await second.start(machine, Trip(city="books"), id="r")
        assert await again.result() == given
        fork = await again.fork(at=3, id="f")
        assert fork.id == "f"
    assert SENT == []


async def test_step_that_is_entered_again_gets_the_masked_result_it_got_before(engine: Engine) -> None:
    SEEN.clear()
    await (await engine.start(trying, Trip(city="Busan"))).result()
    assert SEEN == ["Busan booked by [redacted]"] * 2
    assert len(SENT) == 1


async def test_secret_that_is_told_is_kept_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_API_KEY", "env-0123456789")
    engine = Engine(f"sqlite:///{tmp_path / 'a.db'}", resources=resources)
    engine.redact("told-0123456789")
    with pytest.raises(ShortSecretError, match="at least 8"):
        engine.redact("short")
    async with engine:
        for secret in ("told-0123456789", "env-0123456789"):
            with pytest.raises(SecretGivenError):
                await engine.start(machine, Trip(city=secret))
    await _is_forgotten(tmp_path)


async def _is_forgotten(folder: Path) -> None:
    async with Engine(f"sqlite:///{folder / 'b.db'}", resources=resources) as other:
        await other.start(machine, Trip(city="told-0123456789"), id="r")


def test_secrets_of_resources_are_those_that_are_declared() -> None:
    client = Client(SecretStr("declared-1"), {"inner": [Client(SecretStr("declared-2"))], "plain": "plain-text"})
    client.more["self"] = client
    assert secrets_in((client, None, 3, "text")) == {"declared-1", "declared-2"}
    http = httpx.AsyncClient(headers={"Authorization": "Bearer abc-12345", "Accept": "text/plain"})
    assert secrets_in(http) >= {"abc-12345", "Bearer abc-12345"}
    assert "text/plain" not in secrets_in(http)
