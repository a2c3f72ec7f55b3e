"""Two things that arrive at the same moment: one wins, the other is told so, and nothing is half done.

Which one wins is for the engine to say, and may differ from time to time; that it is honest about it may not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from podium import END, START, Approve, Dag, Reject, StateMachine, Status, days, human, node, sleep, step, wait
from podium.core import events as ev
from podium.core.advance import fold
from podium.core.invariants import check as check_state
from podium.core.state import RunState
from podium.testing.conformance.engines.case import Act, Answer, AtOnce, Cancel, Case, Pass, Signal, Told
from podium.testing.conformance.engines.parts import Cities, Trip
from podium.testing.conformance.engines.play import play
from podium.testing.conformance.engines.stage import Stage

SOON_MS = 300

KINDS = ("answer", "signal", "timer", "cancel")


@human(timeout=days(30))
async def ask(trip: Trip, answer: Approve | Reject) -> None:
    """Yes or no?"""
    trip.log.append(answer.choice)


@human(timeout=SOON_MS / 1000, default=Reject())
async def ask_soon(trip: Trip, answer: Approve | Reject) -> None:
    """Yes or no, at once?"""
    trip.log.append(answer.choice)


@step
async def rest(trip: Trip) -> None:
    """Come after it."""
    trip.log.append("rest")


@human(timeout=days(30))
async def asked(city: str, answer: Approve | Reject) -> str:
    """Yes or no, beside a signal?"""
    return f"{city} {answer.choice}"


@node
async def both(asked: str, go: str) -> str:
    """Need both."""
    return f"{asked} {go}"


asking = StateMachine("race_asking", Trip, START >> ask >> rest >> END)
asking_soon = StateMachine("race_asking_soon", Trip, START >> ask_soon >> rest >> END)
signalled = StateMachine("race_signalled", Trip, START >> wait("go", str, give="car") >> rest >> END)
signalled_soon = StateMachine(
    "race_signalled_soon", Trip, START >> wait("go", str, give="car", timeout=SOON_MS / 1000) >> rest >> END
)
napping = StateMachine("race_napping", Trip, START >> sleep("nap", SOON_MS / 1000) >> rest >> END)
out_of_time = StateMachine(
    "race_out_of_time", Trip, START >> sleep("nap", SOON_MS / 1000) >> rest >> END, deadline=SOON_MS / 1000
)
beside = Dag("race_beside", Cities, asked, wait("go", str), both, gives=both)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where two kinds of news meet: a workflow that waits for both, and since which event it does."""

    workflow: Any
    since: str
    path: str = "ask"
    input: Callable[[], Any] = Trip


_GROUNDS = {
    frozenset({"answer"}): Ground(workflow=asking, since="TaskOpened ask"),
    frozenset({"answer", "cancel"}): Ground(workflow=asking, since="TaskOpened ask"),
    frozenset({"answer", "timer"}): Ground(workflow=asking_soon, since="TaskOpened ask_soon", path="ask_soon"),
    frozenset({"answer", "signal"}): Ground(workflow=beside, since="TaskOpened asked", path="asked", input=Cities),
    frozenset({"signal"}): Ground(workflow=signalled, since="StepStarted go"),
    frozenset({"signal", "cancel"}): Ground(workflow=signalled, since="StepStarted go"),
    frozenset({"signal", "timer"}): Ground(workflow=signalled_soon, since="StepStarted go"),
    frozenset({"timer", "cancel"}): Ground(workflow=napping, since="StepStarted nap"),
    frozenset({"timer"}): Ground(workflow=out_of_time, since="StepStarted nap"),
    frozenset({"cancel"}): Ground(workflow=signalled, since="StepStarted go"),
}


def _races() -> Iterator[Case]:
    for first in KINDS:
        for second in KINDS:
            ground = _GROUNDS[frozenset({first, second})]
            for lead in (0, 1, 4) if first != second else (0,):
                acts = (_act(first, ground), _act(second, ground))
                yield Case(
                    name=f"{first}-{second}-{lead}",
                    workflow=ground.workflow,
                    input=ground.input(),
                    script=[AtOnce(after=ground.since, acts=acts, lead=lead)],
                )


def _act(kind: str, ground: Ground) -> Act:
    match kind:
        case "answer":
            return Answer(path=ground.path, answer=Approve())
        case "signal":
            return Signal(name="go", payload="now")
        case "timer":
            return Pass(ms=SOON_MS)
        case _:
            return Cancel()


RACES: tuple[Case, ...] = tuple(_races())
"""Every pair in both orders, the second a few turns of the event loop after the first, or none."""


async def check_race(race: Case, stage: Stage) -> Told:
    """Play a race; raise AssertionError where the engine is not honest about it, or something is half done."""
    told = await play(race, stage)
    assert dishonest(race, told) == [], f"{race.name}: {told}"
    check_state(fold(RunState("", race.workflow.graph), told.events))
    return told


def dishonest(race: Case, told: Told) -> list[str]:
    """Return what an engine told wrongly: what it took counts once, what it refused does not count."""
    (at_once,) = race.script
    assert isinstance(at_once, AtOnce)
    taken = [act for nth, act in enumerate(at_once.acts) if f"0.{nth}" not in told.refusals]
    answers, signals, cancels = (sum(isinstance(act, kind) for act in taken) for kind in (Answer, Signal, Cancel))
    answered = [event for event in told.events if isinstance(event, ev.StepAnswered)]
    found = {
        "an answer that was taken counts, one that was refused does not": _count(answered, by="ann") == answers,
        "a question is answered once": len({event.path for event in answered}) == len(answered),
        "a signal that was taken is on record": _kinds(told, ev.SignalReceived) == signals,
        "a cancel that was taken counts once": _kinds(told, ev.CancelAsked) == min(cancels, 1),
        "a run that took a cancel is cancelled": (told.status is Status.CANCELLED) == bool(cancels),
        "a run ends once": _kinds(told, ev.RunCompleted, ev.RunFailed, ev.RunCancelled) == 1,
    }
    return [law for law, holds in found.items() if not holds]


def _count(answered: list[ev.StepAnswered], *, by: str) -> int:
    return sum(event.by == by for event in answered)


def _kinds(told: Told, *kinds: type[ev.Event]) -> int:
    return sum(isinstance(event, kinds) for event in told.events)
