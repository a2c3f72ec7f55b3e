"""Guards as data: what an author may ask for around every call of a tool. `podium/guard/` carries them out.

A guard with a name concerns a dependency: all tools of an engine that name it share it, and have to say the same about
it. Without a name it is the tool's own. What is computed from a call (`estimate`, `usage`, `cost`, `spent`) is each
tool's, and no part of what has to be the same.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from typing import Any, TypeAlias

from podium.failure import FailureKind
from podium.graph.nodes import Place
from podium.graph.policies import Duration, Retry


@dataclass(frozen=True, slots=True)
class Breaker:
    """Stops calling a dependency that fails, and tries it again with one call at a time.

    It opens when, of at least `calls_min` calls within `window`, the share `failure_rate` failed or `slow_rate` were
    slower than `slow`, or when `consecutive` calls failed one after another.

    Attributes:
        name: The dependency; "" for the tool's own.
        window: How far back calls count.
        calls_min: Below this many calls in the window, no rate opens it.
        failure_rate, slow_rate: Shares, above 0 and up to 1.
        slow: What counts as slow; None: the larger of 60 s and three times the 95th percentile.
        consecutive: So many failures in a row open it; None for never.
        open_for: How long it stays open the first time; doubles each time, up to `open_for_max`.
        probes: So many successful calls, one at a time, close it.
    """

    name: str = ""
    _: KW_ONLY
    window: Duration = 30.0
    calls_min: int = 10
    failure_rate: float = 0.5
    slow_rate: float = 0.8
    slow: Duration | None = None
    consecutive: int | None = 5
    open_for: Duration = 5.0
    open_for_max: Duration = 60.0
    probes: int = 3


@dataclass(frozen=True, slots=True)
class Bulkhead:
    """Bounds how many calls are under way at once; others wait in a queue that is bounded too, runs taking turns.

    Attributes:
        limit: So many calls at once.
        name: What they share; "" for the tool's own.
        queue: So many may wait; the next one is refused at once.
    """

    limit: int = 64
    _: KW_ONLY
    name: str = ""
    queue: int = 128


@dataclass(frozen=True, slots=True)
class Rate:
    """Bounds how much is asked within a time: requests, tokens, or both; first come, first served.

    Tokens are reserved as estimated before a call and settled afterwards by what it used.

    Attributes:
        name: What is limited; "" for the tool's own.
        requests, tokens: How many in each `per`; None for no limit.
        per: The time.
        estimate: Gives the tokens that a call may use, from its arguments by name; None: no tokens are reserved.
        usage: Gives the tokens that a call used, from its result; None: what was estimated.
    """

    name: str = ""
    _: KW_ONLY
    requests: int | None = None
    tokens: int | None = None
    per: Duration = 60.0
    estimate: Callable[[dict[str, Any]], int] | None = field(default=None, compare=False)
    usage: Callable[[Any], int] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds what may be spent in all. It is reserved, and that committed, before a call; it is settled afterwards.

    Attributes:
        name: What pays. Budgets of one name are one per store, and survive every process.
        money: In micro-units of a currency (1_000_000 is one); None for no limit.
        tokens: None for no limit.
        cost: Gives what a call may cost at most, as (money, tokens), from its arguments by name.
        spent: Gives what it did cost, from its result; None: what was reserved.
    """

    name: str
    _: KW_ONLY
    money: int | None = None
    tokens: int | None = None
    cost: Callable[[dict[str, Any]], tuple[int, int]] | None = field(default=None, compare=False)
    spent: Callable[[Any], tuple[int, int]] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Hedge:
    """Makes a second, equal call of a read when the first is slow, and takes the answer that comes first.

    Attributes:
        after: When the second call is made; None: at the 95th percentile of those before.
        share_max: At most this share of calls gets a second one.
    """

    after: Duration | None = None
    _: KW_ONLY
    share_max: float = 0.05


Guard: TypeAlias = Breaker | Bulkhead | Rate | Budget | Hedge


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPolicy:
    """All guards of one tool. A step may say some for the calls inside it; what a step says counts over the tool's.

    Attributes:
        retry: How often to try; None: the default of the tool's kind.
        timeout_ms: How long one attempt may take; None for no limit of its own.
        deadline_ms: How long all attempts and the waits between them may take; None for no limit of its own.
        breaker, bulkhead, rate, budget, hedge: See there; None for none.
        is_hard: An attempt whose time is up is left behind if it does not end within a second of being cancelled.
        classify: Says what an exception of this tool means; None leaves it to what it means everywhere.
    """

    retry: Retry | None = None
    timeout_ms: int | None = None
    deadline_ms: int | None = None
    breaker: Breaker | None = None
    bulkhead: Bulkhead | None = None
    rate: Rate | None = None
    budget: Budget | None = None
    hedge: Hedge | None = None
    is_hard: bool = False
    classify: Callable[[BaseException], FailureKind | None] | None = None


def merged(tool: CallPolicy, step: CallPolicy | None) -> CallPolicy:
    """Return the guards around a call of `tool` inside `step`: guard by guard, what the step says counts."""
    if step is None:
        return tool
    said = ((one.name, getattr(step, one.name)) for one in fields(step))
    return replace(tool, **{name: value for name, value in said if value is not None and value is not False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A policy and who says it.

    Attributes:
        who: `tool book`, `calls= of flight`; for messages.
        tool: Whose the guards without a name are; empty where they need one.
        policy: What is said.
        where: The place.
    """

    who: str
    tool: str
    policy: CallPolicy
    where: Place | None

    @property
    def guards(self) -> tuple[Guard, ...]:
        """The guards in it."""
        policy = self.policy
        all_of_them = (policy.breaker, policy.bulkhead, policy.rate, policy.budget, policy.hedge)
        return tuple(guard for guard in all_of_them if guard is not None)

    def name_of(self, guard: Guard) -> str:
        """Return the name under which a guard is shared; empty for one that can not be."""
        return "" if isinstance(guard, Hedge) else guard.name or self.tool
