"""What the orders about a breaker have in common: `--for 10m`, and the way to the store."""

import re
from typing import Annotated

import typer

from podium.cli.database import engine, existing
from podium.cli.say import tell
from podium.cli.table import when
from podium.engine.guard_store import Override
from podium.errors import InvalidInputError

Name = Annotated[str, typer.Argument(metavar="NAME", help="The breaker, as `podium breakers ls` shows it.")]
For = Annotated[
    str | None,
    typer.Option("--for", metavar="TIME", help="How long: 90s, 10m, 2h, 1d. Until another order when left out."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the order.")]

_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def span_s(text: str | None, *, option: str = "--for") -> float | None:
    """Return the seconds that `10m` stands for; None for nothing said.

    Raises:
        InvalidInputError: It is no such time.
    """
    if text is None:
        return None
    match = _SPAN.fullmatch(text)
    if match is None or float(match[1]) == 0:
        message = f"{option} {text!r} is no time; write a number and its unit, as 90s, 10m, 2h or 1d"
        raise InvalidInputError(message)
    return float(match[1]) * _UNITS_S[match[2]]


async def give(db: str, order: Override, *, span: str | None, done: str) -> int:
    """Give an order, say that it is given, and return the exit code."""
    async with engine(existing(db)) as opened:
        await opened.override_breaker(order.name, order.switch, duration=span_s(span), by=order.by, reason=order.reason)
        (found,) = [info for info in await opened.breakers() if info.name == order.name]
    until = f" until {when(found.until)}" if found.until is not None else ""
    tell(f"breaker {order.name} {done}{until}; running workers obey within a second")
    return 0
