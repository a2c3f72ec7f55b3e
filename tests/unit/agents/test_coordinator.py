"""A coordinator gives work to roles until the goal is reached or a bound is met, and says which."""

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, START, Board, Budget, Dag, Engine, StateMachine, node, step, tool
from podium.agents import Assignment, Coordinator, Ended, HandOff, Role, Team
from podium.cli.given import given
from podium.errors import DefinitionErrors, InvalidInputError
from podium.guard.budget import Cost
from podium.testing.clock import FakeClock


class Goal(BaseModel):
    words: list[str]


class Word(BaseModel):
    word: str


class Shouted(BaseModel):
    text: str = ""
    word: str = ""


@node
async def shout(word: str) -> str:
    if word == "odd":
        raise RuntimeError(word)
    return word.upper()


shouting = Role("shouter", Dag("shouting", Word, shout, gives=shout))


def all_words(team: Team[Goal]) -> list[Assignment]:
    done = [result.lower() for result in shouting.results(team)]
    return [shouting.assign(Word(word=word)) for word in team.goal.words if word not in done]


def all_done(team: Team[Goal]) -> bool:
    return len(team.results) == len(team.goal.words)


async def run(team: Coordinator[Any], *words: str, url: str = "memory:", clock: Any = None) -> Team[Any]:
    async with Engine(url) as engine:
        return await (await engine.start(team, Goal(words=list(words)))).result()


async def test_work_is_given_out_and_what_came_of_it_is_in_order() -> None:
    team = await run(Coordinator("team", Goal, all_words, workers=[shouting], until=all_done), "a", "b", "c")
    assert (team.ended, team.round) == (Ended.DONE, 1)
    assert shouting.results(team) == ["A", "B", "C"]
    assert [result.passed for result in team.results] == [[], [], []]


async def test_worker_that_fails_is_seen_by_the_planner_and_ends_nothing() -> None:
    seen: list[list[str]] = []

    def planner(team: Team[Goal]) -> list[Assignment]:
        seen.append([failed.error for failed in team.failures])
        return all_words(team)

    team = await run(Coordinator("team", Goal, planner, workers=[shouting], until=all_done, rounds=2), "a", "odd")
    assert (team.ended, team.round) == (Ended.ROUNDS, 2)
    assert [failed.role for failed in team.failures] == ["shouter", "shouter"]
    assert "RuntimeError: odd" in seen[1][0]
    assert team.failures[0].input == {"word": "odd"}


async def test_assignment_that_can_not_be_is_refused_with_a_reason_that_the_planner_gets() -> None:
    reasons: list[list[str]] = []

    def planner(team: Team[Goal]) -> list[Assignment]:
        reasons.append([refused.reason for refused in team.refused])
        if team.round == 0:
            return [Assignment(role="whisperer"), Assignment(role="shouter", input={"wrd": "a"})]
        return all_words(team)

    team = await run(Coordinator("team", Goal, planner, workers=[shouting], until=all_done), "a")
    assert (team.ended, team.round, team.refused) == (Ended.DONE, 2, [])
    assert reasons[0] == []
    assert reasons[1][0] == "there is no role 'whisperer'; there are shouter"
    assert "the input of shouting does not fit: word: Field required" in reasons[1][1]


async def test_without_until_it_is_done_when_there_is_nothing_more_to_give_out() -> None:
    team = await run(Coordinator("team", Goal, all_words, workers=[shouting]), "a", "b")
    assert (team.ended, team.round) == (Ended.DONE, 2)


async def test_planner_that_gives_nothing_more_ends_a_team_that_has_not_reached_its_goal() -> None:
    def planner(_team: Team[Goal]) -> Sequence[Assignment]:
        return []

    team = await run(Coordinator("team", Goal, planner, workers=[shouting], until=all_done), "a")
    assert (team.ended, team.round) == (Ended.IDLE, 1)


class Draft(BaseModel):
    text: str
    notes: list[str] = []
    next: HandOff | None = None


@step
async def write(draft: Draft) -> None:
    draft.text = f"{draft.text}."
    draft.next = checker.hand_off(Draft(text=draft.text, notes=draft.notes))


@node
async def check(text: str) -> HandOff | str:
    return text if text.endswith("...") else HandOff(to="writer", input={"text": text})


writer = Role("writer", StateMachine("writing", Draft, START >> write >> END))
checker: Role[Draft, HandOff | str] = Role("checker", Dag("checking", Draft, check, gives=check))


def one_draft(team: Team[Goal]) -> list[Assignment]:
    return [] if team.round else [writer.assign(Draft(text=team.goal.words[0]))]


async def test_workers_hand_work_on_to_one_another_without_the_coordinator() -> None:
    team = await run(Coordinator("team", Goal, one_draft, workers=[writer, checker]), "so")
    assert team.round == 2, "in the second round there was nothing to give out"
    assert [(given.role, given.output) for given in team.results] == [("checker", "so...")]
    assert team.results[0].passed == ["writer", "checker", "writer", "checker", "writer"]


async def test_hand_offs_are_bounded() -> None:
    team = await run(Coordinator("team", Goal, one_draft, workers=[writer, checker], hand_offs=3), "so")
    assert team.results == []
    assert "handed on 3 times already" in team.failures[0].error


async def test_hand_off_to_nobody_fails_the_assignment() -> None:
    team = await run(Coordinator("team", Goal, one_draft, workers=[writer]), "so")
    assert "HandOffRefused: writer handed on to 'checker': there is no role 'checker'" in team.failures[0].error


notes = Board("notes", str)


@node
async def jot(word: str) -> str:
    notes.post(word)
    return word


jotting = Role("jotter", Dag("jotting", Word, jot, gives=jot))


async def test_until_may_look_at_a_board() -> None:
    def one_more(team: Team[Goal]) -> list[Assignment]:
        return [jotting.assign(Word(word=str(team.round)))]

    async def three_notes(_team: Team[Goal]) -> bool:
        return len(notes.read()) == 3

    coordinator = Coordinator("team", Goal, one_more, workers=[jotting], until=three_notes)
    team = await run(coordinator)
    assert (team.ended, team.round) == (Ended.DONE, 3)
    assert coordinator.graph.nodes["review"].boards == ("notes",)


async def test_nothing_begins_after_the_deadline_and_what_has_begun_is_finished() -> None:
    clock = FakeClock()

    @node
    async def slow(word: str) -> str:
        clock.jump(60_000)
        return word

    working = Role("slow", Dag("slow_one", Word, slow, gives=slow))

    def planner(team: Team[Goal]) -> list[Assignment]:
        return [working.assign(Word(word=word)) for word in team.goal.words]

    coordinator = Coordinator("team", Goal, planner, workers=[working], until=all_done, deadline=30, concurrency=1)
    async with Engine("memory:", clock=clock) as engine:
        team = await (await engine.start(coordinator, Goal(words=["a", "b"]))).result()
    assert (team.ended, team.round) == (Ended.DEADLINE, 1)
    assert working.results(team) == ["a"]
    assert "the deadline of team had passed before slow began" in team.failures[0].error


paid = Budget("team-test", tokens=2, cost=lambda _args: Cost(tokens=1))


@tool.read(budget=paid)
async def ask_model(word: str) -> str:
    return word


@node
async def ask(word: str) -> str:
    return await ask_model(word)


asking = Role("asker", Dag("asking", Word, ask, gives=ask))


async def test_spent_budget_of_a_worker_ends_the_team() -> None:
    def planner(team: Team[Goal]) -> list[Assignment]:
        return [asking.assign(Word(word=word)) for word in team.goal.words]

    team = await run(Coordinator("team", Goal, planner, workers=[asking], until=all_done), "a", "b", "c")
    assert (team.ended, team.round) == (Ended.BUDGET, 1)
    assert len(team.results) == 2


async def test_spent_budget_of_the_planner_ends_the_team() -> None:
    async def planner(team: Team[Goal]) -> list[Assignment]:
        await ask_model(str(team.round))
        return [shouting.assign(Word(word="a"))]

    team = await run(Coordinator("team", Goal, planner, workers=[shouting], until=all_done), "a", "b", "c")
    assert (team.ended, team.round, len(team.results)) == (Ended.BUDGET, 2, 2)


class Plan(BaseModel):
    goal: Goal
    round: int


@node
async def planned(goal: Goal, round: int) -> list[Assignment]:  # noqa: A002  # the team's own field
    return [shouting.assign(Word(word=goal.words[round]))]


class Seen(BaseModel):
    round: int


@node
async def enough(round: int) -> bool:  # noqa: A002  # as above
    return round == 2


async def test_planner_and_review_may_be_workflows_that_take_what_they_need_of_the_team() -> None:
    planning, judging = Dag("planning", Plan, planned, gives=planned), Dag("judging", Seen, enough, gives=enough)
    team = await run(Coordinator("team", Goal, planning, workers=[shouting], until=judging), "a", "b", "c")
    assert (team.ended, shouting.results(team)) == (Ended.DONE, ["A", "B"])


async def test_coordinators_nest() -> None:
    inner = Role("squad", Coordinator("squad", Goal, all_words, workers=[shouting], until=all_done))

    def planner(team: Team[Goal]) -> list[Assignment]:
        return [inner.assign(Goal(words=[word, word * 2])) for word in team.goal.words]

    outer = Coordinator("outer", Goal, planner, workers=[inner], until=all_done)
    team = await run(outer, "a", "b")
    assert [shouting.results(squad) for squad in inner.results(team)] == [["A", "AA"], ["B", "BB"]]


def test_goal_may_be_given_field_by_field_on_the_command_line() -> None:
    coordinator = Coordinator("team", Goal, all_words, workers=[shouting])
    assert given(coordinator, None, ['words=["a"]']) == coordinator.encode_input(Goal(words=["a"]))
    with pytest.raises(InvalidInputError, match="did you mean words"):
        given(coordinator, None, ['word=["a"]'])


async def test_goal_may_be_given_as_json() -> None:
    coordinator = Coordinator("team", Goal, all_words, workers=[shouting])
    assert coordinator.parse_input('{"words":["a"]}') == coordinator.encode_input(Goal(words=["a"]))
    assert list(coordinator.asked.fields) == ["words"]
    with pytest.raises(InvalidInputError):
        coordinator.parse_input('{"words":1}')
    with pytest.raises(InvalidInputError):
        coordinator.encode_input(Word(word="a"))


def test_what_can_not_be_meant_is_a_fault() -> None:
    twice = Role("turn", shouting.workflow)
    with pytest.raises(DefinitionErrors) as raised:
        Coordinator("team", Goal, all_words, workers=[shouting, twice, Role("shouter", jotting.workflow)], rounds=0)
    said = [str(fault) for fault in raised.value.exceptions]
    assert any("'turn' can not be the name of a role" in fault for fault in said)
    assert any("two roles are called 'shouter'" in fault for fault in said)
    assert any("rounds=0" in fault for fault in said)
    assert all(__file__ in fault for fault in said)
    with pytest.raises(DefinitionErrors, match="1 fault"):
        Coordinator("team", Goal, all_words, workers=[])


def test_planner_that_takes_something_else_is_a_fault() -> None:
    def planner(_word: Word) -> list[Assignment]:
        return []

    with pytest.raises(DefinitionErrors, match="1 fault"):
        Coordinator("team", Goal, planner, workers=[shouting])  # type: ignore[arg-type]  # on purpose


def test_picture_shows_the_round_and_the_roles() -> None:
    graph = Coordinator("team", Goal, all_words, workers=[shouting], until=all_done).graph
    assert list(graph.nodes) == ["plan", "assign", "work", "review", "spent"]
    work = graph.nodes["work"].child
    assert work is not None
    task = work.nodes["worker"].child
    assert task is not None
    assert list(task.nodes) == ["turn", "shouter"]
    assert graph.nodes["plan"].where is not None
    assert graph.nodes["plan"].where.file == __file__
