"""Where simulated runs are made, one after the other, and judged."""

import logging
import random
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from podium.core import events as ev
from podium.core.path import place
from podium.engine.status import Status
from podium.testing.simulation.director import Director, Mishap, Script
from podium.testing.simulation.faults import Fault
from podium.testing.simulation.judge import Plain, judge
from podium.testing.simulation.laws import Breach, Law
from podium.testing.simulation.scene import Case
from podium.testing.simulation.story import Line
from podium.testing.simulation.trial import Trial
from podium.testing.simulation.wall import Wall, modules_of
from podium.workflow.binding import ToolCode

LOT_RATE = 0.06
"""By lot, something goes wrong at so many of the places where it can."""

_FAILED = frozenset({Status.FAILED, Status.COMPENSATED})
_NOT_AWAITED = "was never awaited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """A person had to decide: where, about what, and why."""

    path: str
    tool: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one simulated run.

    Attributes:
        seed: Its seed.
        script: What went wrong in it, in order.
        places: Where something could have gone wrong, and what.
        breaches: The laws that did not hold.
        status: How it ended.
        output: What it gave, as JSON text.
        failure: Why it failed, in words; "" where it did not.
        parks: Where it parked on the way.
        lines: Its story; empty unless it was asked for.
    """

    seed: int
    script: Script
    places: Sequence[tuple[str, tuple[Fault, ...]]]
    breaches: Sequence[Breach]
    status: str
    output: str | None
    failure: str = ""
    parks: Sequence[Park] = ()
    lines: Sequence[Line] = ()

    def ways_on(self) -> list[Mishap]:
        """Return every single thing that could have gone wrong after the last one that did."""
        names = [name for name, _ in self.places]
        begin = names.index(self.script[-1].place) + 1 if self.script else 0
        return [Mishap(name, fault) for name, options in self.places[begin:] for fault in options]


class Lab:
    """Makes and judges simulated runs of one case.

    Attributes:
        runs: How many were made.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.runs = 0
        self._plain = Plain()
        self._heard: list[logging.LogRecord] = []
        self._wall = Wall()

    @contextmanager
    def open(self) -> Iterator["Lab"]:
        """Let the author's modules see virtual time, for as long as runs are made."""
        with self._wall.before(modules_of(self.case.workflow)):
            yield self

    def calibrate(self) -> Verdict:
        """Make the run in which nothing goes wrong, and one at another time and pace, and see whether they agree."""
        plain, other = self.play(), self.play(seed=1)
        if plain.output is not None and plain.output == other.output:
            self._plain = Plain(plain.output)
        return plain

    @property
    def compares(self) -> bool:
        """Claims that the result is the same each time when nothing goes wrong, so that it can be compared."""
        return self._plain.output is not None

    def play(self, script: Script = (), *, seed: int = 0, by_lot: bool = False, tells: bool = False) -> Verdict:
        """Make one run.

        Args:
            script: What goes wrong in it.
            seed: See `Scene`.
            by_lot: More goes wrong in it, drawn by the seed.
            tells: Keep its story.
        """
        self.runs += 1
        lot = random.Random(f"lot {seed}") if by_lot else None  # noqa: S311  # chance that can be repeated is wanted
        trial = Trial(self.case, Director(script, lot=lot, rate=LOT_RATE), seed=seed)
        with self._listening() as warned, self._wall.up(trial.scene.universe, seed):
            try:
                trial.run()
                judge(trial, self._plain)
            finally:
                trial.put_away()
        if trial.scene.error is not None:
            raise trial.scene.error
        self._judge_noise(trial, warned)
        scene = trial.scene
        info = scene.record.info if scene.record else None
        return Verdict(
            seed=seed,
            script=tuple(scene.director.done),
            places=scene.director.places,
            breaches=tuple(scene.breaches),
            status="never started" if info is None else info.status.value,
            output=None if info is None else info.output,
            failure="" if info is None or info.status not in _FAILED else info.error or "",
            parks=_parks(trial),
            lines=tuple(scene.story.lines) if tells else (),
        )

    @contextmanager
    def _listening(self) -> Iterator[list[warnings.WarningMessage]]:
        """Hear what is logged and warned of."""
        log, listener = logging.getLogger("podium"), _Listener(self._heard)
        before = log.propagate
        self._heard.clear()
        log.addHandler(listener)
        log.propagate = False
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("ignore")
                warnings.filterwarnings("always", message=f".*{_NOT_AWAITED}", category=RuntimeWarning)
                yield warned
        finally:
            log.removeHandler(listener)
            log.propagate = before

    def _judge_noise(self, trial: Trial, warned: Sequence[warnings.WarningMessage]) -> None:
        for record in self._heard:
            if record.levelno >= logging.ERROR and record.name == "podium":
                trial.scene.breach(Law.BUG, "podium", _said(record))
        for context in trial.scene.universe.uncaught:
            if "handle" in context:  # a callback, and those are Podium's; an author's task may fail unheard
                trial.scene.breach(Law.BUG, "podium", f"{context['message']}: {context.get('exception')!r}")
        for warning in warned:
            where, says = _unawaited(warning)
            trial.scene.breach(Law.AWAITED, where, says)


class _Listener(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, heard: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self._heard.append(record)


def _said(record: logging.LogRecord) -> str:
    cause = record.exc_info[1] if record.exc_info else None
    return record.getMessage() + (f": {type(cause).__name__}: {cause}" if cause is not None else "")


def _unawaited(warning: warnings.WarningMessage) -> tuple[str, str]:
    """Return where a call was forgotten, and what of it."""
    frame: Any = getattr(warning.source, "cr_frame", None)
    known = {} if frame is None else frame.f_locals
    tool: ToolCode | None = known.get("tool")
    if tool is None:
        return str(warning.message).split("'")[1], f"{warning.message}; expected: await it"
    step = getattr(known.get("self"), "path", "")
    return f"{step} {tool.name}", f"{step} calls {tool.name} and does not await it, so the call is never made"


def _parks(trial: Trial) -> tuple[Park, ...]:
    record = trial.scene.record
    found: list[Park] = []
    tools: dict[str, str] = {}
    for event in record.events if record else ():
        if type(event) is ev.WriteIntended:
            tools[event.path] = event.tool
        elif type(event) is ev.StepParked:
            found.append(Park(path=place(event.path), tool=tools.get(event.path, ""), reason=event.reason))
    return tuple(found)
