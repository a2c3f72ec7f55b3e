"""The steps of a coordinator: what its planner and its review gave is kept, checked, and made into work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from podium.agents.coordinator_data import Assignment, Ended, Refused, Task, Team, WorkFailed
from podium.agents.coordinator_roles import Role, checked
from podium.failure import type_name
from podium.graph.nodes import Place
from podium.outcomes import ItemFailed, OverBudget
from podium.workflow.bindings import RecordBinding
from podium.workflow.current import current
from podium.workflow.definition import Labels, MachineScope, Part
from podium.workflow.signature import read_signature
from podium.workflow.source import place_of
from podium.workflow.step import check_only_record, check_record, record_part

AGAIN, OVER = "again", "over"

_OVER_BUDGET = type_name(OverBudget)

Keep: TypeAlias = Callable[[Team[Any], Any], str | None]
"""Keeps in the record what an author's function gave, and returns the label."""


@dataclass(frozen=True, slots=True, eq=False)
class AskedStep:
    """An author's function over the team, as a state: what it gives is kept in the record.

    Attributes:
        name: The state's.
        function: The author's; it takes the team, and resources.
        keep: What becomes of what it gave.
        before: What is done to the record before it is asked.
        labels: What `keep` may return.
    """

    name: str
    function: Callable[..., Any]
    keep: Keep
    before: Callable[[Team[Any]], None] = lambda _: None
    labels: tuple[str, ...] = ()

    @property
    def where(self) -> Place | None:
        """Where the function is."""
        return place_of(self.function)

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        known = read_signature(self.function, scope.faults)
        check_record(self.name, replace(known, returns=Any), scope=scope, where=self.where)
        check_only_record(self.name, known, scope=scope, where=self.where)
        part = record_part(self.function, known, scope=scope)
        binding = part.binding
        assert isinstance(binding, RecordBinding), self.name
        binding.function = self._asked if known.is_async else self._asked_now
        binding.labels, binding.needs_label = frozenset(self.labels), bool(self.labels)
        part.labels = Labels(self.labels, admits_none=not self.labels)
        part.node = replace(part.node, name=self.name)
        return part

    async def _asked(self, team: Team[Any], **given: Any) -> str | None:
        self.before(team)
        return self.keep(team, await self.function(team, **given))

    def _asked_now(self, team: Team[Any], **given: Any) -> str | None:
        self.before(team)
        return self.keep(team, self.function(team, **given))


def keep_plan(team: Team[Any], given: Any) -> None:
    """Keep what the planner gave out."""
    team.asked = [Assignment.model_validate(one, from_attributes=True) for one in given]


def assign(team: Team[Any], roles: Mapping[str, Role[Any, Any]], *, deadline_ms: int | None) -> bool:
    """Make tasks of what was given out and can be done, refuse the rest, and claim that there is something to do."""
    if team.until is None and deadline_ms is not None:
        team.until = current().now_ms + deadline_ms
    team.round += 1
    team.refused, team.tasks, given = [], [], []
    for asked in team.asked:
        stored, why = checked(roles, asked.role, asked.input)
        if why:
            team.refused.append(Refused(role=asked.role, input=asked.input, reason=why))
        else:
            given.append(asked)
            team.tasks.append(Task(role=asked.role, input=stored, until=team.until))
    team.asked = given
    return bool(team.tasks)


def gather(team: Team[Any]) -> None:
    """Take in what the round gave."""
    team.bound = None if team.asked or team.refused else Ended.IDLE
    for asked, given in zip(team.asked, team.worked, strict=True):
        if isinstance(given, ItemFailed):
            types = list(given.types)
            team.failures.append(WorkFailed(role=asked.role, input=asked.input, error=given.error, types=types))
            team.bound = Ended.BUDGET if _OVER_BUDGET in types else team.bound
        elif given is not None:
            team.results.append(given)
    team.asked, team.tasks, team.worked = [], [], []


def decide(team: Team[Any], *, verdict: bool, rounds: int) -> Literal["again", "over"]:
    """Say whether another round follows; where none does, why."""
    if verdict:
        team.ended = Ended.DONE
    elif team.until is not None and current().now_ms >= team.until:
        team.ended = Ended.DEADLINE
    else:
        team.ended = team.bound or (Ended.ROUNDS if team.round >= rounds else None)
    return "again" if team.ended is None else "over"
