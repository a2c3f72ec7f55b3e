"""What a telling of the demo does: where it lies, what goes wrong at the services, and when the worker is killed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from podium.core.events import Event, RunCompensated, RunCompleted, WriteDoubted, WriteIntended
from podium.core.path import place
from podium.demo.desk.models import Fault, Kind, ServiceSpec
from podium.demo.travel import Trip
from podium.demo.wish import Wish

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_TRIP: Final = "trip"


@dataclass(frozen=True, slots=True)
class Kill:
    """The moment at which the worker is killed: the first event of this kind at this step is on disk.

    Attributes:
        event: The kind of event.
        step: The state of `travel`.
        words: The moment in plain words, after "while".
        in_hand: Kill only once this service has the request with the event's key before it; None to kill at once.
    """

    event: type[Event]
    step: str
    words: str
    in_hand: Kind | None = None

    def strikes(self, event: Event) -> bool:
        """Claim that this is the event."""
        return type(event) is self.event and state_of(getattr(event, "path", "")) == self.step


@dataclass(frozen=True, slots=True)
class Plan:
    """One telling.

    Attributes:
        folder: Of this trip: database, ledgers, logs, pictures, article.
        trip: What the run reads out of its sentence; its order is the run's id.
        specs: The services: those that the trip books at, so that a whole order is one booking at each.
        faults: What goes wrong, by service, in order.
        kill: When; None to leave the worker alone.
        ends: The event that its run is to end with.
    """

    folder: Path
    trip: Trip
    specs: Sequence[ServiceSpec]
    faults: Mapping[Kind, Sequence[Fault]] = field(default_factory=dict)
    kill: Kill | None = None
    ends: type[Event] = RunCompleted

    @property
    def run_id(self) -> str:
        """The id of the trip's run."""
        return self.trip.order

    @property
    def database(self) -> Path:
        """Where the runs are."""
        return self.folder / "podium.db"

    @property
    def url(self) -> str:
        """The database as an engine's URL."""
        return f"sqlite:///{self.database}"

    @property
    def desk(self) -> Path:
        """Where the services keep their ledgers."""
        return self.folder / "desk"

    @property
    def article(self) -> Path:
        """Where the article goes."""
        return self.folder / "article.md"


def state_of(path: str) -> str:
    """Return the state at an address, whatever workflow it is inside of; "" for the run itself."""
    return place(path).rpartition("/")[2]


def planned(folder: Path, wish: Wish, text: str) -> Plan:
    """Return the default telling.

    The flight answers with an error at first, the car with one after it has booked. The hotel books and loses its
    reply, then hangs when it is asked again: there the worker is killed, when the world has done what nobody knows
    of. Where there is no hotel, that happens at the flight.
    """
    kinds = kinds_of(hotel=wish.hotel, car=wish.car)
    struck: Kind = "hotel" if wish.hotel else "flight"
    faults: dict[Kind, list[Fault]] = {
        "flight": [Fault(operation="book", fault="error_before")],
        "car": [Fault(operation="book", fault="error_after")],
    }
    faults[struck] = [Fault(operation="book", fault="lost_reply"), Fault(operation="book", fault="hang")]
    return Plan(
        folder,
        Trip(wish=text, order=folder.name),
        [ServiceSpec(kind) for kind in kinds],
        {kind: faults[kind] for kind in kinds if kind in faults},
        Kill(WriteIntended, struck, f"the {struck} service is asked a second time and does not answer", in_hand=struck),
    )


SOLD_OUT: Final = "Porto, two nights, only with a car"


def sold_out(first: Plan) -> Plan:
    """Return the telling of a second trip, which can not be had: there is no car, so everything is undone.

    The hotel cancels and loses its reply, and there the worker is killed; the flight answers the cancel with an error
    at first.
    """
    folder = first.folder / "sold-out"
    folder.mkdir(exist_ok=True)
    faults: dict[Kind, list[Fault]] = {
        "flight": [Fault(operation="cancel", fault="error_before")],
        "hotel": [Fault(operation="cancel", fault="lost_reply")],
        "car": [Fault(operation="book", fault="refuse")],
    }
    return Plan(
        folder,
        Trip(wish=SOLD_OUT, order=f"{first.run_id}-sold-out"),
        [ServiceSpec(kind) for kind in kinds_of(hotel=True, car=True)],
        faults,
        Kill(WriteDoubted, "hotel.undo", "the hotel has cancelled, and its reply is lost"),
        ends=RunCompensated,
    )


def kinds_of(*, hotel: bool, car: bool) -> list[Kind]:
    """Return which services a trip needs, in the order in which it books."""
    wanted: dict[Kind, bool] = {"flight": True, "hotel": hotel, "car": car}
    return [kind for kind, is_wanted in wanted.items() if is_wanted]


def latest(folder: Path) -> Path | None:
    """Return the folder of the last trip below `folder`; None where there is none."""
    found = _numbers(folder, _TRIP)
    return folder / f"{_TRIP}-{max(found)}" if found else None


def fresh(folder: Path, kind: str = _TRIP) -> Path:
    """Make a new folder, of a trip or another kind, below `folder` and return it; two callers at once get two."""
    folder.mkdir(parents=True, exist_ok=True)
    number = max(_numbers(folder, kind), default=0) + 1
    while True:
        made = folder / f"{kind}-{number}"
        try:
            made.mkdir()
        except FileExistsError:
            number += 1
        else:
            return made


def _numbers(folder: Path, kind: str) -> list[int]:
    names = (path.name.removeprefix(f"{kind}-") for path in folder.iterdir()) if folder.is_dir() else ()
    return [int(name) for name in names if _NUMBER.fullmatch(name)]
