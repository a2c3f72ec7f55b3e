"""`simulate(workflow, input)`: the one call that does it all, and its options."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, Unpack

from pydantic import BaseModel

from podium.testing.simulation.errors import InsideLoopError
from podium.testing.simulation.explore import Budget, explore
from podium.testing.simulation.judge import Invariant
from podium.testing.simulation.lab import Lab, Park, Verdict
from podium.testing.simulation.laws import Law
from podium.testing.simulation.parts import REAL, Fake, Part
from podium.testing.simulation.report import BrokenPromiseError, Finding, Parked, Report
from podium.testing.simulation.scene import Case
from podium.testing.simulation.shrink import Key, key_of, script_of, seed_of, shortest
from podium.testing.simulation.telling import told
from podium.testing.simulation.world import World
from podium.workflow.workflow import Workflow

if TYPE_CHECKING:
    from pydantic_ai.models import Model

RUNS = 1_000
FINDINGS_MAX = 10

Parts: TypeAlias = "Mapping[Any, Fake | Literal['real'] | Model[Any]]"
"""By the tool itself, or its name."""


class Options(TypedDict, total=False):
    """What may be said about a simulation. A module of a TARGET may say it for the command line, as `simulation`.

    Attributes:
        tools: How tools are played: a fake for each, by the tool or its name, or "real" for its own function; for the
            model requests of an agent (`writer@gpt-4o`) also a pydantic-ai model, and a fake gives a `Reply`. "real"
            instead of a mapping: all of them by their own. Left out: values made up from their types.
        resources: Makes what tools take with FROM_ENGINE, out of the world; one object, or several in a tuple.
        invariants: Laws of your own: each gets the `End` of a run, and is broken where it returns False or raises.
        answers: What people answer, by the name of the step that asks. Left out: the first answer of its type.
        signals: What is sent, by the signal's name. Left out: made up.
        workflows: Others, whose runs its steps start.
        runs: So many runs at most.
        seconds: So long at most; left out for no limit.
        seed: Only this run, as a report names it.
        start: The number of the first run with faults drawn by lot; another one draws others.
    """

    tools: Parts | Literal["real"]
    resources: Callable[[World], Any]
    invariants: Sequence[Invariant]
    answers: Mapping[str, Any]
    signals: Mapping[str, Any]
    workflows: Sequence[Workflow[Any, Any]]
    runs: int
    seconds: float | None
    seed: str | None
    start: int


def simulate(workflow: Workflow[Any, Any], input: BaseModel, **options: Unpack[Options]) -> Report:
    """Run a workflow under every fault, on a virtual clock, and check that every promise is kept.

    Args:
        workflow: Yours.
        input: What its runs begin with.
        options: See `Options`.

    Returns:
        The report, when every law held.

    Raises:
        BrokenPromiseError: A law was broken; the shortest story of each breach is in the message, the report in
            `report`.
        NoValueError: No result of a tool can be made up from its type; give it a fake.
    """
    report = Report(workflow=workflow.name)
    for _ in runs(report, workflow, workflow.encode_input(input), options):
        pass
    if not report.is_ok:
        raise BrokenPromiseError(report)
    return report


def runs(report: Report, workflow: Workflow[Any, Any], data: Mapping[str, str], options: Options) -> Iterator[float]:
    """Simulate, and write down what is found; give the share of the budget that is spent after each run.

    Args:
        report: Is kept up to date.
        workflow: The author's.
        data: The input's fields as JSON texts.
        options: See `Options`.
    """
    _check_outside_loop()
    lab = Lab(_case(workflow, data, options))
    budget = Budget(runs=options.get("runs", RUNS), seconds=options.get("seconds"))
    seed = options.get("seed")
    clerk = _Clerk(lab, report)
    found = _one(lab, seed, report) if seed else _many(lab, budget, report, options)
    with lab.open():
        for verdict in found:
            clerk.note(verdict)
            report.runs, report.seconds, report.compares = lab.runs, budget.elapsed_s, lab.compares
            yield min(1.0, budget.spent(lab))


def _check_outside_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise InsideLoopError


def _case(workflow: Workflow[Any, Any], data: Mapping[str, str], options: Options) -> Case:
    tools = options.get("tools", {})
    parts: dict[str, Part] = {name: REAL for name, tool in workflow.tools.items() if tool.policy.plays_itself}
    if not isinstance(tools, str):
        parts |= {tool if isinstance(tool, str) else tool.name: part for tool, part in tools.items()}
    return Case(
        workflow=workflow, data=data, parts=parts, otherwise=REAL if isinstance(tools, str) else None,
        resources=options.get("resources"), answers=options.get("answers", {}), signals=options.get("signals", {}),
        invariants=options.get("invariants", ()), others=options.get("workflows", ()),
    )  # fmt: skip


def _many(lab: Lab, budget: Budget, report: Report, options: Options) -> Iterator[Verdict]:
    """Give runs until the budget is spent."""
    return explore(lab, budget, report.coverage, first_lot=options.get("start", 1))


def _one(lab: Lab, seed: str, report: Report) -> Iterator[Verdict]:
    """Give the one run that a seed names, and write its story down."""
    lab.calibrate()
    number, script = script_of(lab, seed)
    verdict = lab.play(script, seed=number, tells=True)
    report.story = told(verdict.lines)
    yield verdict


class _Clerk:
    """Writes down what comes of runs."""

    def __init__(self, lab: Lab, report: Report) -> None:
        self._lab, self._report = lab, report
        self._parked: dict[Park, Parked] = {}
        self._shown: set[Key] = set()

    def note(self, verdict: Verdict) -> None:
        """Write down what came of a run; what is wrong for the first time, in the shortest run that shows it."""
        self._report.ends[verdict.status] += 1
        if not verdict.script:
            self._report.failure = self._report.failure or verdict.failure
        for park in dict.fromkeys(verdict.parks):
            self._note_park(park, verdict)
        for key in sorted(set(map(key_of, verdict.breaches)), key=_telling):
            self._report.counts[key] += 1
            if key not in self._shown and len(self._report.findings) < FINDINGS_MAX:
                self._show(verdict, key)

    def _note_park(self, park: Park, verdict: Verdict) -> None:
        known = self._parked.get(park)
        if known is not None:
            known.runs += 1
            return
        known = self._parked[park] = Parked(park, seed_of(self._lab, verdict), verdict.script)
        self._report.parked.append(known)

    def _show(self, verdict: Verdict, key: Key) -> None:
        """Find the shortest run that fails so. What else it breaks has the same cause, and is not shown again."""
        short = shortest(self._lab, verdict, key)
        seed = seed_of(self._lab, short)
        again = self._lab.play(short.script, seed=short.seed, tells=True)
        breach = next(breach for breach in again.breaches if key_of(breach) == key)
        self._shown |= set(map(key_of, again.breaches))
        self._report.findings.append(
            Finding(law=key[0], where=key[1], says=breach.says, seed=seed, script=short.script, story=told(again.lines))
        )


def _telling(key: Key) -> tuple[int, str]:
    return list(Law).index(key[0]), key[1]
