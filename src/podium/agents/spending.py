"""What the model requests of a run have cost, by what is on record of them. It needs nothing of pydantic-ai."""

import json
from collections.abc import Iterable
from typing import Any

from podium.agents.record import Spent
from podium.core.events import Event, ReadDone

MARK = "@"
"""Stands in the name of each tool that asks a model, and in that of no function."""


def spent_in(events: Iterable[Event]) -> Spent:
    """Return the sum over all answers of models, those that did not fit too."""
    spent = Spent()
    for event in events:
        if isinstance(event, ReadDone) and MARK in event.call.partition(":")[0]:
            _add(spent, json.loads(event.result))
    return spent


def _add(spent: Spent, answer: dict[str, Any]) -> None:
    usage = answer["response"].get("usage", {})
    spent.requests += 1
    spent.input_tokens += usage.get("input_tokens", 0)
    spent.output_tokens += usage.get("output_tokens", 0)
    spent.money += answer["money"]
