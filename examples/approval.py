"""An expense claim: a question to a person, and a payment that asks before it is sent when it is large.

$ podium run examples/approval.py --id claim-1 who=Ada cents=90000
$ podium tasks ls
$ podium tasks answer claim-1:manager '{"choice": "edit", "value": 80000}'
$ podium tasks answer claim-1:refund true
"""

from typing import Literal

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approval,
    Approve,
    Edit,
    IdempotencyKey,
    NotApproved,
    Reject,
    StateMachine,
    days,
    human,
    step,
    tool,
)

LARGE = 50_000


class Claim(BaseModel):
    """What the run works on."""

    who: str
    cents: int
    paid: str = ""
    note: str = ""


@human(timeout=days(2), default=Reject(reason="nobody answered in two days"))
async def manager(claim: Claim, answer: Approve | Edit[int] | Reject) -> Literal["pay", "drop"]:
    """Shall this claim be paid?"""
    if isinstance(answer, Reject):
        claim.note = answer.reason
        return "drop"
    if isinstance(answer, Edit):
        claim.cents = answer.value
    return "pay"


@tool.write(idempotent=True, approve=Approval(when=lambda call: call.args["cents"] > LARGE, timeout=days(1)))
async def transfer(who: str, cents: int, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Send the money. A person consents to exactly these arguments, or it fails with NotApproved."""
    return f"{cents} cents to {who}, reference {key[:8]}"


@step
async def refund(claim: Claim) -> None:
    """Pay it."""
    claim.paid = await transfer(claim.who, claim.cents)


@step
async def refused(claim: Claim) -> None:
    """Say so."""
    claim.note = "too large for the second pair of eyes"


expenses = StateMachine(
    "expenses",
    Claim,
    START >> manager.choose({"pay": refund, "drop": END}),
    refund.on_error(NotApproved, to=refused, undo=False) >> END,
    refused >> END,
)
