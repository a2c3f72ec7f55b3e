"""What requests cost, by the prices that come with pydantic-ai; 0 for models that are not in them."""

from dataclasses import replace
from typing import Any, Protocol

from genai_prices import Usage, calc_price
from pydantic_ai.messages import ModelResponse

from podium.graph.guards import Budget
from podium.workflow.faults import fault_now
from podium.workflow.source import place_of_caller

_MICRO = 1_000_000


class Paid(Protocol):
    """What an answer cost.

    Attributes:
        money: In micro-units of USD.
        tokens: Input and output.
    """

    money: int
    tokens: int


def price_of(response: ModelResponse) -> int:
    """Return what an answer cost, in micro-units of USD; 0 where nobody knows."""
    if not response.model_name:
        return 0
    try:
        return round(response.cost().total_price * _MICRO)
    except (LookupError, ValueError):  # a model without a price, an answer without its usage
        return 0


def priced(budget: Budget | None, model: str) -> Budget | None:
    """Return a budget that knows what requests to a model may cost and did, where it was not told.

    Raises:
        DefinitionError: It limits money, and nobody knows what the model costs: it would hold nothing back.
    """
    if budget is None:
        return None
    is_known = _price(model, 1, 1) is not None
    if budget.money is not None and budget.cost is None and not is_known:
        raise fault_now(
            "no-price",
            f"no price is known of {model}, and the budget {budget.name} limits money",
            suggestion="Say what a request costs: Budget(…, cost=…); or limit tokens.",
            where=place_of_caller(),
        )

    def cost(arguments: dict[str, Any]) -> tuple[int, int]:
        tokens_in, tokens_out = arguments["tokens_in"], arguments["tokens_out"]
        return _price(model, tokens_in, tokens_out) or 0, tokens_in + tokens_out

    keeps = budget.cost is not None and not is_known  # only its author knows: what was set aside stays spent
    return replace(budget, cost=budget.cost or cost, spent=budget.spent or (None if keeps else _spent))


def _spent(answer: Paid) -> tuple[int, int]:
    return answer.money, answer.tokens


def _price(model: str, tokens_in: int, tokens_out: int) -> int | None:
    """Return what so many tokens cost, in micro-units of USD; None where nobody knows."""
    provider, _, name = model.rpartition(":")
    try:
        price = calc_price(Usage(input_tokens=tokens_in, output_tokens=tokens_out), name, provider_id=provider or None)
    except LookupError:
        return None
    return round(price.total_price * _MICRO)
