"""Requests to models have the guards of any call: tries, breakers, budgets; and what they cost is kept."""

from typing import Any

import pytest
from pydantic_ai.exceptions import ModelHTTPError, ModelQuotaExceededError
from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.usage import RequestUsage

from podium import Breaker, Budget, Engine, Retry
from podium.agents import Agent
from podium.agents.record import Spent
from podium.core.events import ReadDone
from podium.errors import DefinitionError, RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.agents.script import Script
from tests.unit.engine.rig import Rig, in_time


async def test_a_request_is_tried_four_times_by_one_layer(rig: Rig) -> None:
    script = Script(lambda: ModelHTTPError(503, "m"))
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await in_time(clock, engine.start(Agent("a", script.model), "go"))
    with pytest.raises(RunFailedError, match="503"):
        await in_time(clock, run.result())
    assert len(script.paid) == 4


async def test_clients_of_providers_do_not_try_again_by_themselves() -> None:
    script = Script("ok")
    async with Engine("memory:") as engine:
        await (await engine.start(Agent("a", script.model), "go")).result()
    assert script.settings == [{"max_retries": 0}]


async def test_another_model_answers_when_the_tries_of_the_first_are_used_up(rig: Rig) -> None:
    first, second = Script(lambda: ModelHTTPError(503, "m")), Script("from the other", name="other")
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await in_time(clock, engine.start(Agent("a", first.model, fallback_models=[second.model]), "go"))
    assert await in_time(clock, run.result()) == "from the other"
    (read,) = [event for _, event in await engine.events(run.id) if isinstance(event, ReadDone)]
    assert (len(first.paid), len(second.paid), read.source) == (4, 1, "a@other")


async def test_another_model_answers_what_the_first_provider_refuses_for_good() -> None:
    quota = ModelHTTPError(429, "m", {"error": {"code": "insufficient_quota"}})
    first, second = Script(lambda: quota), Script("from the other", name="other")
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("a", first.model, fallback_models=[second.model]), "go")
        assert await run.result() == "from the other"
    assert (len(first.paid), len(second.paid)) == (1, 1)


async def test_a_provider_that_asks_to_be_left_alone_for_long_is_asked_again_then(rig: Rig) -> None:
    busy: list[Any] = [ModelHTTPError(429, "m", headers={"retry-after": "600"})]
    script = Script(lambda: busy.pop() if busy else "at last")
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    began_at = clock.now_ms()
    run = await in_time(clock, engine.start(Agent("a", script.model), "go"))
    assert await in_time(clock, run.result(), leap_ms=30_000) == "at last"
    assert (len(script.paid), clock.now_ms() - began_at >= 600_000) == (2, True)


async def test_what_no_try_can_help_is_asked_once() -> None:
    script = Script(lambda: ModelHTTPError(400, "m", {"error": {"code": "context_length_exceeded"}}))
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("a", script.model), "go")
        with pytest.raises(RunFailedError) as failed:
            await run.result()
    assert failed.value.failure is not None
    assert (failed.value.failure.kind, len(script.paid)) == ("permanent", 1)


async def test_what_pydantic_ai_says_of_an_error_counts_where_there_is_no_status() -> None:
    script = Script(lambda: ModelQuotaExceededError("m", "the credit is used up"))
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("a", script.model), "go")
        with pytest.raises(RunFailedError) as failed:
            await run.result()
    assert failed.value.failure is not None
    assert (failed.value.failure.kind, len(script.paid)) == ("permanent", 1)


async def test_models_of_one_name_share_a_breaker_unless_the_agent_has_its_own() -> None:
    shared, own = Script("ok"), Script("ok", name="own")
    async with Engine("memory:") as engine:
        for agent in (
            Agent("a", shared.model),
            Agent("b", shared.model),
            Agent("c", own.model, breaker=Breaker("c's")),
        ):
            await (await engine.start(agent, "go")).result()
        assert [view.name for view in await engine.breakers()] == ["c's", "function:played"]


def paid(text: str, tokens: int) -> ModelResponse:
    return ModelResponse(parts=[TextPart(text)], usage=RequestUsage(input_tokens=tokens, output_tokens=tokens))


async def test_a_budget_is_asked_before_each_request_and_settled_by_what_was_used() -> None:
    script = Script(lambda: paid("ok", 400))
    budget = Budget("desk", tokens=4_500)
    async with Engine("memory:") as engine:
        agent = Agent("a", script.model, budget=budget, retry=Retry(attempts=1))
        await (await engine.start(agent, "go")).result()
        (account,) = await engine.budgets()
        assert account.tokens_spent == 800
        run = await engine.start(agent, "go on")
        with pytest.raises(RunFailedError, match="budget"):
            await run.result()
    assert len(script.paid) == 1


async def test_what_a_run_has_cost_is_in_its_record() -> None:
    script = Script([("nothing", {})], lambda: paid("ok", 7))
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("a", script.model), "go")
        await run.result()
        spent = Spent.model_validate_json((await engine.state(run.id)).root.data["spent"])
        assert (spent.requests, spent.output_tokens >= 7) == (2, True)
        assert await run.cost() == spent


async def test_what_a_priced_model_costs_is_counted_in_money() -> None:
    def priced() -> ModelResponse:
        response = paid("ok", 1_000_000)
        response.provider_name = "openai"
        return response

    script = Script(priced, name="gpt-4o")
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("a", script.model), "go")
        await run.result()
        assert (await run.cost()).money == 12_500_000, "2.50 for a million tokens in, 10 for a million out"


def test_a_limit_in_money_is_refused_for_a_model_whose_price_nobody_knows() -> None:
    with pytest.raises(DefinitionError, match=r"no price is known of function:played.*money"):
        Agent("a", Script("ok").model, budget=Budget("desk", money=5_000_000))


async def test_a_limit_in_money_holds_for_such_a_model_by_what_its_author_says_that_requests_cost() -> None:
    script = Script(lambda: paid("ok", 400))
    budget = Budget("desk", money=5_000, cost=lambda _: (3_000, 0))
    async with Engine("memory:") as engine:
        agent = Agent("a", script.model, budget=budget, retry=Retry(attempts=1))
        await (await engine.start(agent, "go")).result()
        assert [account.money_spent for account in await engine.budgets()] == [3_000], "as much as was set aside"
        with pytest.raises(RunFailedError, match="budget"):
            await (await engine.start(agent, "go on")).result()
