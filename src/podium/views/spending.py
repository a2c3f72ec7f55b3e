"""What model requests have cost, by what is on record of them. A journal may come from anywhere: nothing is trusted."""

from typing import Any, NamedTuple

from podium.agents.spending import MARK
from podium.core.events import Event, ReadDone
from podium.views.legible import parsed


class Cost(NamedTuple):
    """What requests to models have cost: tokens that went in, that came out, and micro-units of USD."""

    tokens_in: int = 0
    tokens_out: int = 0
    micros: int = 0

    def plus(self, other: "Cost") -> "Cost":
        """Return the sum."""
        return Cost(*(one + more for one, more in zip(self, other, strict=True)))


def cost_of(event: Event) -> Cost | None:
    """Return what a request to a model has cost; None where an event is not the answer to one."""
    if not isinstance(event, ReadDone) or MARK not in event.call.partition(":")[0]:
        return None
    return cost_in(event.result)


def cost_in(result: str) -> Cost | None:
    """Return what a model's recorded answer says that it has cost; None where it is no such answer."""
    answer = parsed(result)
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(response, dict):
        return None
    usage = response.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Cost(_count(usage.get("input_tokens")), _count(usage.get("output_tokens")), _count(answer.get("money")))


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
