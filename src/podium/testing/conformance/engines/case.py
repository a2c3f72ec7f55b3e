"""The nouns of the suite: a case, what is done to its run from outside, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from podium.core.events import Event
from podium.core.stimuli import Verb
from podium.engine.ports import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something from outside.

    Attributes:
        after: What has to be committed before: an event's kind and path (`TaskOpened editor`), ` #2` for its second
            time. Or whose call has to have reached the service (`call book`): an intent may be told with its answer.
            "" for at once.
        is_refused: It is to be refused, and nothing changes.
    """

    after: str = ""
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Act):
    """A person answers."""

    path: str
    answer: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal(Act):
    """A signal comes."""

    name: str
    payload: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Act):
    """Somebody calls the run off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRun(Act):
    """Somebody sends the run on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Act):
    """Somebody decides about a parked step."""

    path: str
    verb: Verb
    answer: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Act):
    """A call of a tool that the service held may go on."""

    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(Act):
    """The engine is closed in order, and another one comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash(Act):
    """The process dies, and another one comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkRun(Act):
    """The case goes on with a fork of the run, as it stood after its event number `at`."""

    at: int
    writes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass(Act):
    """So much time passes. In an `AtOnce`, the others happen when it has passed."""

    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOnce(Act):
    """Several things happen at the same moment, in this order; which of them are refused is for the engine to say.

    `lead`: after so many turns of the event loop each.
    """

    acts: Sequence[Act]
    lead: int = 0


Script: TypeAlias = Sequence[Act]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that every engine does the same way.

    Attributes:
        name: Unique in the suite.
        workflow: What is run. input: On what.
        script: What happens from outside, in order.
        faults: Tool to how the service meets its calls, in order (see `Service`).
        ends: How the run ends.
        gives: The result as JSON would have it; of a machine, only the fields that are named.
        fails: Name of the failure's type.
        effects: What happened at the service, in an order that the graph allows.
        varies: Which events come last hangs on who is first, so they are not compared.
    """

    name: str
    workflow: Any
    input: Any
    script: Script = ()
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ends: Status = Status.COMPLETED
    gives: Any = None
    fails: str = ""
    effects: Sequence[str] = ()
    varies: bool = False

    @property
    def needs_crash(self) -> bool:
        """Claims that a process has to die in it."""
        return any(isinstance(act, Crash) for act in self.script)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of a case.

    Attributes:
        status: How it ended. result: What it gave, as JSON would have it; None unless it completed.
        failure: Name of the failure's type.
        events: All of them.
        effects: What happened at the service.
        refusals: Which acts were refused, by their place in the script (`2`, `2.0` for the first of an `AtOnce`).
    """

    status: Status
    result: Any
    failure: str
    events: Sequence[Event]
    effects: Sequence[str]
    refusals: Sequence[str]
