"""What the pages beside a run's are tried on: runs that ask, park, fail, wait, and say hostile things."""

from typing import Literal

from pydantic import BaseModel, Field

from podium import (
    END,
    START,
    Approval,
    Approve,
    Breaker,
    Budget,
    Edit,
    Reject,
    Retry,
    StateMachine,
    days,
    human,
    step,
    tool,
    wait,
)

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title="owned"</script>&lt;b&gt; \u202e'


class Letter(BaseModel):
    """A letter that a person looks at before it is sent."""

    to: str = "Kim"
    text: str = "Dear Kim"
    sent: str = ""


@step
async def draft(letter: Letter) -> None:
    """Write the letter."""
    letter.text = f"{letter.text},\nthank you."


@human(timeout=days(1), default=Reject(reason="nobody answered"))
def editor(letter: Letter, answer: Approve | Edit[str] | Reject) -> Literal["send", "leave"]:
    """May this letter go out?"""
    if isinstance(answer, Reject):
        letter.sent = f"not sent: {answer.reason}"
        return "leave"
    if isinstance(answer, Edit):
        letter.text = answer.value
    return "send"


@tool.write(idempotent=True, approve=Approval())
async def post_letter(to: str, text: str) -> str:
    """Send a letter."""
    return f"sent to {to}: {text}"


@step
async def send(letter: Letter) -> None:
    """Send it."""
    letter.sent = await post_letter(letter.to, letter.text)


letters = StateMachine("letters", Letter, START >> draft >> editor.choose({"send": send, "leave": END}), send >> END)


class Stay(BaseModel):
    """A stay in a place."""

    city: str = Field(min_length=2, description="Where to")
    nights: int = Field(ge=1, le=30)


class Wishes(BaseModel):
    """What somebody wishes for."""

    stays: list[Stay] = Field(min_length=1)
    seat: Literal["aisle", "window"] = "aisle"
    price_max: float | None = None
    is_flexible: bool = False


class Planned(BaseModel):
    """A journey, as far as it is known."""

    name: str = "Kim"
    wishes: Wishes | None = None


@human()
def ask_wishes(planned: Planned, answer: Wishes) -> None:
    """Where to, and for how long?"""
    planned.wishes = answer


journeys = StateMachine("journeys", Planned, START >> ask_wishes >> END)


class Payment(BaseModel):
    """A payment."""

    order: str = "order-17"
    amount: int = 12
    receipt: str = ""


@tool.write()
async def charge(order: str, amount: int) -> str:
    """Charge a card."""
    message = f"the bank hung up on {order}, {amount}"
    raise ConnectionResetError(message)


@step
async def pay(payment: Payment) -> None:
    """Pay."""
    payment.receipt = await charge(payment.order, payment.amount)


payments = StateMachine("payments", Payment, START >> pay >> END)


class Question(BaseModel):
    """Something to look up."""

    word: str = "podium"
    found: str = ""


_WORDS = Budget("words", money=1_000_000, cost=lambda _: (20_000, 0))


@tool.read(retry=Retry(attempts=1), breaker=Breaker("dictionary"), budget=_WORDS)
async def look_up(word: str) -> str:
    """Look a word up."""
    if word.startswith("fail"):
        message = f"no entry for {word}: {HOSTILE}"
        raise ValueError(message)
    return f"{word} {HOSTILE}"


@step
async def read_up(question: Question) -> None:
    """Look it up."""
    question.found = await look_up(question.word)


lookups = StateMachine("lookups", Question, START >> read_up >> END)


@tool.read(
    retry=Retry(attempts=3, base=0.01), breaker=Breaker("map server", consecutive=2, open_for=600, open_for_max=600)
)
async def fetch_map(word: str) -> str:
    """Fetch a map from a server that is down."""
    message = f"the atlas is down, for {word} too"
    raise ConnectionError(message)


@step
async def find_on_map(question: Question) -> None:
    """Find a place."""
    question.found = await fetch_map(question.word)


maps = StateMachine("surveys", Question, START >> find_on_map >> END)


class Order(BaseModel):
    """An order that waits for its payment."""

    name: str = "order"
    paid: int = 0


orders = StateMachine("orders", Order, START >> wait("paid", int, give="paid") >> END)


class Note(BaseModel):
    """Something to be remembered."""

    text: str
    chars: int = 0


@step
async def count(note: Note) -> None:
    """Count its characters."""
    note.chars = len(note.text)


notes = StateMachine("notes", Note, START >> count >> END)

WORKFLOWS = (letters, journeys, payments, lookups, maps, orders, notes)
