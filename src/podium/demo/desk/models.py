"""What the desk's services are told and what they answer, said once for service, audit and demo.

Money is an int in micro-units of its currency, time an int in ms since 1970 UTC. Text that a client sends is
printed by the demo and by the audit, so it may hold no control characters.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, model_validator

Kind = Literal["flight", "hotel", "car"]
Operation = Literal["search", "book", "cancel", "find"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^\P{Cc}+$")]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """How one service of the desk behaves.

    Attributes:
        kind: What it books.
        keys: `honour`: one effect per key. `ignore`: every POST books again, as services without keys do.
        readback: Whether `GET /bookings/by-key/{key}` answers; without it doubt can not be resolved by asking.
    """

    kind: Kind
    keys: Literal["honour", "ignore"] = "honour"
    readback: bool = True


class Wire(BaseModel):
    """What travels as JSON: strict, unchanging, and closed to fields that nobody declared."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class SearchRequest(Wire):
    """Asks for offers in a city."""

    city: Text


class Offer(Wire):
    """What one supplier asks in a city; for a hotel and a car per night."""

    supplier: str
    city: Text
    price_micros: int
    currency: str = "EUR"


class BookingRequest(Wire):
    """Asks for one booking.

    Attributes:
        order: What the booking belongs to. One traveller's order holds one booking at each service, which is what the
            audit checks; without it the audit goes by the idempotency key.
    """

    city: Text
    traveller: Text = "guest"
    order: Text | None = None
    nights: int = Field(default=1, ge=1, le=60)


class Booking(Wire):
    """A booking as it stands."""

    id: str
    kind: Kind
    status: Literal["booked", "cancelled"]
    city: Text
    traveller: Text
    order: Text | None
    nights: int
    price_micros: int
    currency: str = "EUR"


class Effect(Wire):
    """One change that a service made, in the order of `seq`.

    Attributes:
        key: The idempotency key that came with the request, if any.
        booking: The booking after the change.
    """

    seq: int
    effect: Literal["booked", "cancelled"]
    key: str | None
    at_ms: int
    booking: Booking


class Fault(Wire):
    """What shall go wrong with the next requests of one operation.

    Attributes:
        fault: `error_before`: an error, nothing was done. `hang`: no answer until the client goes, nothing was done.
            `lost_reply`: done, then the connection closes without an answer. `error_after`: done, then an error.
            `refuse`: the business says no, for good; the key keeps that answer.
        times: How many requests it strikes before the script goes on.
        status: What an error answers; 409 for `refuse` and 503 for the others unless given.
    """

    operation: Operation
    fault: Literal["error_before", "hang", "lost_reply", "error_after", "refuse"]
    times: int = Field(default=1, ge=1, le=1_000_000)
    status: int | None = Field(default=None, ge=400, le=599)

    @model_validator(mode="after")
    def _refusal_is_the_clients(self) -> Self:
        if self.fault == "refuse" and self.status is not None and self.status >= 500:  # noqa: PLR2004
            message = "a refusal is an answer of the business: its status is a 4xx"
            raise ValueError(message)
        return self

    @property
    def answer_status(self) -> int:
        """The status of the error this fault answers with."""
        return self.status or (409 if self.fault == "refuse" else 503)


class FaultList(RootModel[Annotated[list[Fault], Field(max_length=100)]]):
    """A script of faults, in the order in which they strike."""


def ledger_path(folder: Path, kind: Kind) -> Path:
    """Return where the service of `kind` keeps its SQLite file."""
    return folder / f"{kind}.db"
