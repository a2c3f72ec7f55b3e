"""An invoice: wait for a signal, for so long; then remind, sleep, and wait again. It costs no memory while it waits.

$ podium run examples/reminder.py --id invoice-7 customer=Ada cents=1200
$ podium runs show invoice-7
"""

from pydantic import BaseModel

from podium import END, START, StateMachine, days, hours, sleep, step, wait
from podium.errors import StepTimeoutError


class Payment(BaseModel):
    """What the signal `paid` carries."""

    cents: int
    by: str


class Invoice(BaseModel):
    """What the run works on."""

    customer: str
    cents: int
    reminders: int = 0
    payment: Payment | None = None


@step
async def remind(invoice: Invoice) -> None:
    """Count the reminder; a real one would call a write that sends a letter."""
    invoice.reminders += 1


paid = wait("paid", Payment, give="payment", timeout=days(14))

invoice = StateMachine(
    "invoice",
    Invoice,
    START >> paid.on_error(StepTimeoutError, to=remind) >> END,
    remind >> sleep("grace", hours(12)) >> paid,
    max_visits=4,  # the fourth reminder is the last: a fifth wait would fail the run
)
