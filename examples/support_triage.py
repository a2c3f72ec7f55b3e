"""Support requests find their team, and the team's tool is picked out of a box of them, around those that are down.

$ podium route report examples/support_triage.py:triage
$ podium run examples/support_triage.py:triage text="my invoice for May is wrong, customer C7"
"""

import re
from typing import Any

from pydantic import BaseModel, Field

from podium import END, START, Breaker, Retry, StateMachine, ToolFailed, human, step, tool
from podium.routing import IntentRouter, NoToolFits, Route, ToolRouter

CUSTOMER = re.compile(r"\bC\d+\b")
DOWN: set[str] = set()
"""Names of tools that are to fail, for whoever wants to see what happens then."""


class Ticket(BaseModel):
    """A request, as a team works on it."""

    text: str = Field(description="what is wrong, in your words")
    customer: str = Field(description="your customer number, such as C7")
    found: Any = None
    answer: str = ""


# ----- what the teams have; there could be thousands


@tool.read(retry=Retry(attempts=1), breaker=Breaker("billing", consecutive=1))
async def list_invoices(customer: str) -> list[str]:
    """List the invoices of a customer: dates, amounts, what is open."""
    if "list_invoices" in DOWN:
        message = "the billing system does not answer"
        raise ConnectionError(message)
    return [f"May, 20 EUR, {customer}"]


@tool.read
async def read_invoice_archive(customer: str) -> list[str]:
    """Read old invoices of a customer from last night's archive."""
    return [f"May, 20 EUR, {customer} (from the archive)"]


@tool.read
async def check_payment(customer: str) -> str:
    """Check whether a payment of a customer has arrived, by card or bank transfer."""
    return f"the last payment of {customer} arrived"


@tool.read
async def show_outages(customer: str) -> str:
    """Show whether the connection of a customer is down, slow or under maintenance."""
    return f"no outage at {customer}"


@tool.read
async def reset_router(customer: str, device: str) -> str:
    """Restart the device of a customer from afar."""
    return f"{device} of {customer} restarted"


billing_tools = ToolRouter("billing_tools", [list_invoices, read_invoice_archive, check_payment])
network_tools = ToolRouter("network_tools", [show_outages, reset_router])


@step
async def write_answer(ticket: Ticket) -> None:
    """Say what was found."""
    ticket.answer = f"Looked it up: {ticket.found}"


@human()
async def colleague(ticket: Ticket, answer: str) -> None:
    """What is the customer to be told?"""
    ticket.answer = answer


def team(name: str, tools: ToolRouter) -> StateMachine[Ticket]:
    """Return a team: the tool that fits looks, and where none can, a colleague does."""
    look = tools.state("look", query="text", give="found").on_error((NoToolFits, ToolFailed), to=colleague)
    return StateMachine(name, Ticket, START >> look >> write_answer >> END, colleague >> END)


billing = team("billing", billing_tools)
network = team("network", network_tools)


def read_ticket(text: str) -> Ticket | None:
    """Find the customer's number; without it, it is asked for."""
    found = CUSTOMER.search(text)
    return Ticket(text=text, customer=found.group()) if found else None


triage = IntentRouter(
    "triage",
    Route(
        billing,
        "questions about invoices, payments and prices",
        examples=[
            "my invoice is wrong",
            "has my payment arrived?",
            "why was I charged twice",
            "send me last month's bill",
            "I want my money back",
        ],
        read=read_ticket,
    ),
    Route(
        network,
        "trouble with the connection",
        examples=[
            "my internet is down",
            "the connection is slow tonight",
            "no signal since this morning",
            "is there an outage in my street",
            "the router blinks red",
        ],
        read=read_ticket,
    ),
)
