"""`Coordinator`: plan, give out, work side by side, review; again until the goal is reached or a bound is met."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeAlias, TypedDict, TypeVar, Unpack, cast

from pydantic import BaseModel

from podium.agents.coordinator_data import Assignment, Ended, Team, Work
from podium.agents.coordinator_roles import RESERVED, Role, item_machine
from podium.agents.coordinator_steps import AGAIN, OVER, AskedStep, assign, decide, gather, keep_plan
from podium.graph.nodes import OnFailure
from podium.graph.policies import Duration, to_ms
from podium.outcomes import OverBudget
from podium.workflow.checks import record_codec
from podium.workflow.dag import Dag
from podium.workflow.faults import Faults
from podium.workflow.machine import Machine
from podium.workflow.made import made_state
from podium.workflow.nested import Nestable
from podium.workflow.record import RecordCodec
from podium.workflow.source import place_of_caller
from podium.workflow.state import END, START, State
from podium.workflow.toolcode import Declared

G = TypeVar("G", bound=BaseModel)

HAND_OFFS_MAX = 10
"""How often one assignment may be handed on where nothing else is said."""

Planner: TypeAlias = Callable[[Team[G]], Sequence[Assignment] | Awaitable[Sequence[Assignment]]] | Nestable[Any, Any]
"""A function over the team, or a workflow that takes fields of the team by their names and gives assignments."""

Until: TypeAlias = Callable[[Team[G]], bool | Awaitable[bool]] | Nestable[Any, bool]
"""A function over the team, or a workflow that takes fields of the team by their names and gives a bool."""


class CoordinatorOptions(TypedDict, total=False):
    """What may be said about a coordinator.

    Attributes:
        until: Whether the goal is reached, asked after each round; may read boards. Left out: when the planner has
            nothing more to assign.
        rounds: How many rounds there may be; left out: 10.
        concurrency: How many assignments are worked on at once; left out: all.
        hand_offs: How often one assignment may be handed on; left out: 10.
        deadline: When nothing new begins any more, counted from the first assignment; what has begun is finished.
        on_failure, tools: As of any workflow.
    """

    until: Any
    rounds: int
    concurrency: int | None
    hand_offs: int
    deadline: Duration
    on_failure: OnFailure
    tools: Iterable[Declared]


class _Said(NamedTuple):
    """The options, read."""

    until: Any
    rounds: int
    concurrency: int | None
    hand_offs: int
    deadline_ms: int | None


class Coordinator(Machine[G, Team[G]]):
    """A team: a planner gives work to roles, they work side by side, and a review says whether that will do.

    A run takes the goal and gives the team: all results, what failed, and why it ended. A worker that fails does not
    end the run. Workers tell one another things on boards, and hand work on (`HandOff`), without the coordinator.

    Args:
        name: Unique among the workflows of an engine.
        model: The goal.
        planner: See `Planner`. What it gives is checked: a role that there is not, or an input that does not fit, is
            refused with a reason, which it finds in `team.refused` the next time.
        workers: The roles.
        options: See `CoordinatorOptions`.

    Raises:
        DefinitionErrors: Everything that is wrong, at once.
    """

    def __init__(
        self,
        name: str,
        model: type[G],
        planner: "Planner[G]",
        /,
        *,
        workers: Sequence[Role[Any, Any]],
        **options: Unpack[CoordinatorOptions],
    ) -> None:
        said = _said(options)
        faults = _faults(name, workers, said)
        self.goal, self._goal = model, record_codec(model, faults=faults, where=place_of_caller())
        faults.raise_all(f"coordinator {name!r}")
        roles = {role.name: role for role in workers}
        self._team: type[Team[G]] = Team[model]  # type: ignore[valid-type]  # known at run time only
        chains = _chains(name, planner, roles, said)
        kept = cast("Any", {key: value for key, value in options.items() if key in {"on_failure", "tools"}})
        super().__init__(name, cast("type[Any]", self._team), *chains, max_visits=said.rounds + 1, **kept)

    @property
    def wanted(self) -> type[G]:
        """The type of a goal."""
        return self.goal

    @property
    def asked(self) -> RecordCodec:
        """The codec of a goal."""
        return self._goal

    def encode_input(self, value: Any) -> dict[str, str]:
        """Return the fields of a run's input for a goal; raise InvalidInputError where it does not fit."""
        return super().encode_input(self._team(goal=value) if isinstance(value, self.goal) else value)

    def parse_input(self, text: str) -> dict[str, str]:
        """Return the fields of a run's input for a goal that is written as JSON; raise InvalidInputError."""
        return super().parse_input(f'{{"goal":{text}}}')


def _said(options: CoordinatorOptions) -> _Said:
    deadline = options.get("deadline")
    return _Said(
        options.get("until"),
        options.get("rounds", 10),
        options.get("concurrency"),
        options.get("hand_offs", HAND_OFFS_MAX),
        None if deadline is None else to_ms(deadline),
    )


def _faults(name: str, workers: Sequence[Role[Any, Any]], said: _Said) -> Faults:
    """Return what is wrong with roles and bounds."""
    faults, where, seen = Faults(), place_of_caller(), dict[str, Role[Any, Any]]()
    if not workers:
        faults.add("no-roles", f"coordinator {name} has no workers", suggestion="Give it roles.", where=where)
    for role in workers:
        if not role.name.isidentifier() or role.name in RESERVED:
            faults.add(
                "bad-name",
                f"{role.name!r} can not be the name of a role",
                suggestion=f"Use letters, digits and _, a letter first; not {' or '.join(sorted(RESERVED))}.",
                where=role.where,
            )
        if seen.setdefault(role.name, role) is not role:
            faults.add("same-name", f"two roles are called {role.name!r}", suggestion="Rename one.", where=role.where)
    for what, count, least in (("rounds", said.rounds, 1), ("hand_offs", said.hand_offs, 0)):
        if count < least:
            faults.add("bad-bound", f"{name}: {what}={count} lets nothing be done", where=where)
    return faults


def _chains(name: str, planner: Any, roles: dict[str, Role[Any, Any]], said: _Said) -> list[Any]:
    """Return plan → assign → work → review → plan."""

    async def giving_out(team: Any) -> Literal["work", "nothing"]:
        return "work" if assign(team, roles, deadline_ms=said.deadline_ms) else "nothing"

    async def out_of_budget(team: Any) -> None:
        team.ended = Ended.BUDGET

    spent = made_state("spent", out_of_budget, made_of="spent", title="A budget is spent.")
    task = item_machine(name, roles, hand_offs=said.hand_offs)
    worker = task.as_node("worker", take="item", each="tasks", concurrency=said.concurrency, on_item_error="collect")
    work = Dag(f"{name}-work", Work, worker, gives=worker).as_state("work", take={"tasks": "tasks"}, give="worked")
    plan = _plan(planner).on_error(OverBudget, to=spent, undo=False)
    review = _review(said, plan, spent)
    made_of = f"assign {sorted(roles)} {said.deadline_ms}"
    assigned = made_state("assign", giving_out, made_of=made_of, title="Give out what can be done.")
    return [
        START >> plan >> assigned.choose({"work": work, "nothing": review[0]}),
        work >> review[0],
        *(before >> after for before, after in pairwise(review)),
        spent >> END,
    ]


def _plan(planner: Any) -> State[Any, Any]:
    if isinstance(planner, Nestable):
        return planner.as_state("plan", give="asked")
    return State(AskedStep("plan", planner, keep_plan))


def _review(said: _Said, plan: State[Any, Any], spent: State[Any, Any]) -> list[State[Any, Any]]:
    """Return the states of the review, in order; the last one leads on."""
    until, rounds = said.until, said.rounds
    ways: Mapping[Any, Any] = {AGAIN: plan, OVER: END}

    def judged(team: Any, given: Any) -> str:
        return decide(team, verdict=bool(given), rounds=rounds)

    async def until_idle(team: Any) -> Literal["again", "over"]:
        gather(team)
        return decide(team, verdict=team.bound is Ended.IDLE, rounds=rounds)

    async def by_verdict(team: Any) -> Literal["again", "over"]:
        return decide(team, verdict=team.verdict, rounds=rounds)

    async def gathering(team: Any) -> None:
        gather(team)

    if until is None:
        review = made_state("review", until_idle, made_of=f"until idle, {rounds}", title="Look at what came of it.")
        return [review.choose(ways)]
    if isinstance(until, Nestable):
        judge = until.as_state("judge", give="verdict").on_error(OverBudget, to=spent, undo=False)
        gathered = made_state("gather", gathering, made_of="gather", title="Take in what came of it.")
        return [gathered, judge, made_state("review", by_verdict, made_of=f"by verdict, {rounds}").choose(ways)]
    asked = State[Any, Any](AskedStep("review", until, judged, before=gather, labels=(AGAIN, OVER)))
    return [asked.choose(ways).on_error(OverBudget, to=spent, undo=False)]
