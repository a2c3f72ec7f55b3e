"""A tool server over one world: how it treats repeated requests, the one fault it has, and what really happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.worlds.task import World

Message = dict[str, Any]
"""What goes over the wire, JSON-able."""


class Manners(StrEnum):
    """What a tool server offers to somebody who does not know whether a request was carried out."""

    KEYS = "honours keys"
    READ_BACK = "read-back only"
    NEITHER = "neither"


class Fault(StrEnum):
    """What goes wrong, once, at one call that changes the world."""

    ERROR_BEFORE = "error before effect"
    REPLY_LOST = "reply lost"
    CRASH_AFTER = "crash after effect"
    PERMANENT = "permanent failure"
    """Refused, as often as it is asked."""
    CRASH_IN_UNDO = "permanent failure, crash in the undo"
    """Refused as often as it is asked, and the client dies after the first effect that undoes something."""


_REFUSES = frozenset({Fault.PERMANENT, Fault.CRASH_IN_UNDO})
_STATUS = {Fault.ERROR_BEFORE: 503, Fault.PERMANENT: 422}


class Killed(Exception):  # noqa: N818  # not an error: an order to whoever serves
    """The client is to be killed now, and gets no answer."""


@dataclass(slots=True)
class Server:
    """Carries requests out.

    A `call` says `at`, the number of the call in its task. That is for the bench's own books: whether to fail, and how
    often each call had its effect. The manners look at the key alone. A `restore` says `at`, the number of an image.

    Attributes:
        world: What is changed.
        manners: What it offers.
        fault, at: What goes wrong at which call; None for nothing.
        name: For messages.
        effects: How often each call was carried out, and how often the world was put back to before it.
        looks: How often a person had to look what has happened.
    """

    world: World
    manners: Manners
    fault: Fault | None = None
    at: int = -1
    name: str = ""
    effects: Counter[tuple[str, int]] = field(default_factory=Counter)
    looks: int = 0
    _images: list[object] = field(default_factory=list)
    _by_key: dict[str, Message] = field(default_factory=dict)
    _last: dict[tuple[str, int], Message] = field(default_factory=dict)

    def answer(self, request: Message) -> Message:
        """Answer one request.

        Raises:
            Killed: The client dies of it, after the effect.
        """
        match request["do"]:
            case "call" | "restore":
                return self._act(request)
            case "find":
                return self._by_key.get(request["key"], {}) if self.manners is Manners.READ_BACK else {}
            case "look":
                self.looks += 1
                return self._last.get((request["what"], request["at"]), {})
            case unknown:
                raise ValueError(unknown)

    def _act(self, request: Message) -> Message:
        key = request["key"]
        if self.manners is Manners.KEYS and key in self._by_key:
            return self._by_key[key]
        fault = self._fault(request)
        if fault in _STATUS:
            return {"status": _STATUS[fault]}
        reply = self._effect(request)
        if key:
            self._by_key[key] = reply
        if fault is Fault.CRASH_AFTER:
            raise Killed
        return {"lost": True} if fault is Fault.REPLY_LOST else reply

    def _fault(self, request: Message) -> Fault | None:
        """Return what goes wrong now. A refusal stays; everything else happens once."""
        if request["do"] == "call" and request["at"] == self.at:
            return self._fault_of_call()
        if request["do"] == "restore" and self.fault is Fault.CRASH_IN_UNDO:
            self.fault = Fault.PERMANENT
            return Fault.CRASH_AFTER
        return None

    def _fault_of_call(self) -> Fault | None:
        if self.fault in _REFUSES:
            return Fault.PERMANENT
        fault, self.fault = self.fault, None
        return fault

    def _effect(self, request: Message) -> Message:
        at: int = request["at"]
        self.effects[request["do"], at] += 1
        if request["do"] == "restore":
            self.world.restore(self._images[at])
            reply: Message = {"restored": True}
        else:
            self._images.append(self.world.image())
            text = self.world.call(request["name"], request["arguments"])
            reply = {"text": text, "before": len(self._images) - 1}
        self._last[request["do"], at] = reply
        return reply
