"""Tools: their functions outside a run, calls of the context inside one, and what the pipeline sees."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import BaseModel

from podium import FROM_ENGINE, Approval, IdempotencyKey, Retry, days, minutes, tool
from podium.errors import DataChangedError, DefinitionError, InvalidAnswerError, NotRunningError, NotStorableError
from podium.workflow.binding import ToolCode
from podium.workflow.current import CURRENT, Current, current
from podium.workflow.signature import MISSING
from podium.workflow.tool import Tool


class Client:
    """A resource."""


class Booking(BaseModel):
    ref: str


class Offer:
    """What the engine offers."""

    def resource(self, wanted: type[Any]) -> Any:
        return wanted()


class Calls:
    """A call context that writes down what it is asked."""

    def __init__(self) -> None:
        self.made: list[tuple[ToolCode, tuple[Any, ...], dict[str, Any]]] = []

    def call(self, tool: ToolCode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.made.append((tool, args, kwargs))
        return "called"

    def about(self) -> Current:
        raise NotImplementedError

    def post(self, board: str, text: str) -> None:
        raise NotImplementedError

    def board(self, name: str) -> Sequence[str]:
        raise NotImplementedError


@contextmanager
def running() -> Iterator[Calls]:
    calls = Calls()
    token = CURRENT.set(calls)
    yield calls
    CURRENT.reset(token)


@tool.read(retry=Retry(attempts=5), timeout=20, fresh=minutes(5))
def look(query: str, limit: int = 10, *, client: Client = FROM_ENGINE) -> list[str]:
    assert isinstance(client, Client)
    return [query] * limit


@tool.write(idempotent=days(30), approve=Approval(when=lambda call: call.args["amount"] > 500, timeout=days(1)))
async def pay(amount: int, to: str = "me", *, key: IdempotencyKey = FROM_ENGINE) -> Booking:
    """Pay."""
    return Booking(ref=f"{amount} {to} {key}")


@pay.compensate
async def refund(booking: Booking, *, key: IdempotencyKey = FROM_ENGINE) -> None: ...


@pay.reconcile
async def find(amount: int, *, key: IdempotencyKey = FROM_ENGINE, client: Client = FROM_ENGINE) -> Booking | None:
    assert isinstance(client, Client)
    return Booking(ref=f"{amount} {key}")


@tool.write
async def tweet(text: str) -> None: ...


def test_outside_a_run_a_tool_is_its_function() -> None:
    assert look("x", 2, client=Client()) == ["x", "x"]
    assert asyncio.run(pay(5, key=IdempotencyKey("k"))) == Booking(ref="5 me k")
    assert (pay.name, pay.__doc__, repr(pay), repr(look)) == ("pay", "Pay.", "<write tool pay>", "<read tool look>")


def test_outside_a_run_what_the_engine_gives_has_to_be_passed() -> None:
    with pytest.raises(TypeError, match=r"look\(\) outside a run has no engine to give it client=…"):
        look("x")


def test_inside_a_run_the_call_goes_to_the_context() -> None:
    with running() as calls:
        made: object = look("x", limit=3)
    assert made == "called"
    assert calls.made == [(look.code, ("x",), {"limit": 3})]


def test_current_outside_a_step_says_so() -> None:
    with pytest.raises(NotRunningError, match="outside a step"):
        current()


def test_the_pipeline_sees_what_the_author_said() -> None:
    reads: ToolCode = look.code
    writes: ToolCode = pay.code
    assert (reads.writes, reads.is_async) == (False, False)
    assert (reads.policy.retry, reads.policy.timeout_ms) == (Retry(attempts=5), 20_000)
    assert (reads.fresh_ms, reads.key_life_ms) == (300_000, None)
    assert (writes.writes, writes.is_async, writes.key_life_ms) == (True, True, 30 * 86_400_000)
    assert (bool(writes.undo), writes.reconciles, writes.reconcile_is_async) == (True, True, True)
    assert tool.write(idempotent=True)(_sends).code.key_life_ms == 86_400_000
    assert (tweet.code.key_life_ms, tweet.code.undo, tweet.code.reconciles) == (None, "", False)


async def _sends(text: str) -> str:
    return text


@pytest.mark.parametrize(
    ("args", "kwargs"), [((5,), {}), ((), {"amount": 5}), ((5, "me"), {}), ((), {"to": "me", "amount": 5})]
)
def test_the_same_call_is_frozen_to_the_same_bytes(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    assert pay.code.freeze(args, kwargs) == '{"amount":5,"to":"me"}'


@pytest.mark.parametrize(
    ("args", "kwargs", "says"),
    [
        ((), {}, "amount"),
        ((5, "me", "too"), {}, "too many positional"),
        ((5,), {"amount": 6}, "multiple values"),
        ((5,), {"ammount": 6}, "unexpected keyword"),
        ((5,), {"key": "mine"}, "unexpected keyword"),
        (("me",), {"amount": 5}, "multiple values"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_as_python_does(
    args: tuple[Any, ...], kwargs: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        pay.code.freeze(args, kwargs)


def test_arguments_that_do_not_survive_are_refused() -> None:
    with pytest.raises(NotStorableError, match="the arguments of pay can not be stored: amount"):
        pay.code.freeze(("five",), {})


def test_frozen_arguments_are_sent_with_key_and_resources() -> None:
    frozen = pay.code.freeze((5,), {})
    assert asyncio.run(pay.code.send(frozen, key="k", provider=Offer())) == Booking(ref="5 me k")  # type: ignore[arg-type]
    assert look.code.send('{"query":"q","limit":1}', key=None, provider=Offer()) == ["q"]
    assert asyncio.run(pay.code.reconcile(frozen, key="k", provider=Offer())) == Booking(ref="5 k")  # type: ignore[arg-type]
    with pytest.raises(DataChangedError, match="the arguments of pay"):
        pay.code.send('{"amount":"x"}', key="k", provider=Offer())


def test_consent_is_asked_about_the_frozen_arguments() -> None:
    assert pay.code.consent_ms('{"amount":501,"to":"me"}') == (True, 86_400_000)
    assert pay.code.consent_ms('{"amount":500,"to":"me"}') == (False, 86_400_000)
    assert tweet.code.consent_ms('{"text":"x"}') == (False, None)
    asks = tool.write(approve=Approval())(_sends)
    assert asks.code.consent_ms('{"text":"x"}') == (True, None)


def test_a_result_is_stored_and_read_back() -> None:
    text = pay.code.encode(Booking(ref="r"))
    assert (text, pay.code.decode(text)) == ('{"ref":"r"}', Booking(ref="r"))
    assert pay.code.check('{ "ref": "r" }') == text
    with pytest.raises(InvalidAnswerError, match="pay"):
        pay.code.check("{}")
    with pytest.raises(NotStorableError, match="the result of pay"):
        pay.code.encode(None)
    with pytest.raises(DataChangedError, match="the result of pay"):
        pay.code.decode("5")


def test_calls_of_a_read_are_told_apart_by_digest() -> None:
    one, two = look.code.freeze(("a",), {}), look.code.freeze(("b",), {})
    assert look.code.digest_of(one) == look.code.digest_of(one) != look.code.digest_of(two)

    @tool.read(digest=lambda text: text.strip().lower())
    def count(text: str) -> int:
        return len(text)

    assert count.code.digest_of('{"text":" A "}') == "a"


def test_a_compensation_is_a_write_that_inherits() -> None:
    assert pay.compensation is refund
    assert (refund.code.writes, refund.code.key_life_ms) == (True, pay.code.key_life_ms)

    @tool.write(idempotent=True)
    async def hire(name: str) -> str:
        return name

    @hire.compensate(idempotent=False, reconcile=lambda: None)
    async def fire(name: str) -> None: ...

    assert isinstance(fire, Tool)
    assert (fire.code.key_life_ms, fire.code.reconciles) == (None, True)


def test_a_tool_has_to_say_what_it_is() -> None:
    with pytest.raises(DefinitionError, match=r"bare-tool.*@tool.read"):
        tool(_sends)  # type: ignore[operator]  # the mistake


def test_a_read_has_nothing_to_undo_and_a_write_one_way_back() -> None:
    with pytest.raises(DefinitionError, match="look is a read"):
        look.compensate(_sends)
    with pytest.raises(DefinitionError, match="pay has a compensate already"):
        pay.compensate(_sends)
    with pytest.raises(DefinitionError, match="pay has a reconcile already"):
        pay.reconcile(_sends)


def test_a_tool_is_made_of_a_function() -> None:
    with pytest.raises(DefinitionError, match="not-a-function"):
        tool.read(str)


def test_a_missing_default_is_told_from_none() -> None:
    parameters = {parameter.name: parameter for parameter in look.code.signature.parameters}
    assert parameters["query"].default is MISSING
    assert parameters["limit"].default == 10
