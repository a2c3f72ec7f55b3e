"""Each example keeps every promise under every single fault."""

from typing import Any

import pytest
from pydantic import BaseModel

from examples import approval, briefing, composition, flaky, order, payments, plain_sync, reminder, resources, trip
from podium.testing import simulate

EXAMPLES: tuple[tuple[Any, BaseModel], ...] = (
    (order.order, order.Order(item="tea")),
    (approval.expenses, approval.Claim(who="Ada", cents=90_000)),
    (composition.paper, composition.Paper(topics=["tea"])),
    (reminder.invoice, reminder.Invoice(customer="Ada", cents=1200)),
    (resources.guest, resources.Guest(name="Ada")),
    (trip.travel, trip.Trip(city="Busan")),
    (flaky.trip, flaky.Trip(city="Busan")),
    (payments.payment, payments.Payment(card="gold", cents=1200)),
    (plain_sync.survey, plain_sync.Survey(folder="examples")),
    (briefing.briefing, briefing.Brief(folder="examples")),
)


@pytest.mark.parametrize(("workflow", "input"), EXAMPLES, ids=lambda value: getattr(value, "name", ""))
def test_example_keeps_its_promises(workflow: Any, input: BaseModel) -> None:
    report = simulate(workflow, input, runs=120)
    assert report.coverage.singles == report.coverage.singles_of
