"""`podium simulate`: run a workflow under every fault, and show the shortest story of what goes wrong."""

import contextlib
import io
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from podium.cli.forms import AsJson, TargetName
from podium.cli.given import given
from podium.cli.say import command, tell
from podium.cli.target import Target, load
from podium.cli.verb import Verb
from podium.errors import InvalidInputError
from podium.testing.simulation.report import Report
from podium.testing.simulation.simulate import Options, runs
from podium.views.legible import json_text

RUNS = 2_000
BROKEN = 1
INTERRUPTED = 130

_STEPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulate:
    """Run a workflow under every fault, without touching anything.

    Its own steps run on a virtual clock, over an engine whose processes die, stand still and are replaced. Tools are
    played: a write leaves an entry in a ledger and gives a made-up result of its type. The promises are checked after
    each run, and laws of your own with them; what breaks one is shown in the shortest story that does, with the seed
    that brings it back.

    A module may say how its tools are played, and its own laws, under the name `simulation`: a dict with the options of
    `podium.testing.simulate`.

    Exit codes: 0 every law held, 1 one was broken, 2 usage, 130 interrupted with nothing broken so far.
    """

    target: TargetName
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="FIELD=VALUE", help="The input, field by field; JSON where it fits, else text."),
    ] = None
    input: Annotated[
        str | None,
        typer.Option("--input", "-i", metavar="JSON|@FILE|-", help="The input as JSON: itself, a file's, or stdin's."),
    ] = None
    runs: Annotated[int, typer.Option("--runs", min=1, metavar="N", help="Make at most so many runs.")] = RUNS
    seconds: Annotated[float | None, typer.Option("--seconds", min=0.1, metavar="S", help="Take at most so long.")] = (
        None
    )
    seed: Annotated[str | None, typer.Option("--seed", metavar="SEED", help="Only this run, as a story names it.")] = (
        None
    )
    start: Annotated[
        int, typer.Option("--start", min=1, metavar="N", help="Draw the runs with many faults from here on.")
    ] = 1
    as_json: AsJson = False


def _simulate(asked: Simulate) -> int:
    target = load(asked.target)
    fields = given(target.workflow, asked.input, asked.words or ())
    report = Report(workflow=target.workflow.name)
    for _ in _shown(_until_interrupted(runs(report, target.workflow, fields, _options(asked, target)), report), asked):
        pass
    if asked.as_json:
        tell(json_text(report.to_json(), indent=2))
    else:
        tell(report.text(f"{_again(asked)} --seed "))
    if not report.is_ok:
        return BROKEN
    return INTERRUPTED if report.is_interrupted else 0


def _options(asked: Simulate, target: Target) -> Options:
    options = _said(target)
    options["runs"], options["seconds"] = asked.runs, asked.seconds
    options["seed"], options["start"] = asked.seed, asked.start
    return options


def _said(target: Target) -> Options:
    """Return what the module of the workflow says about its simulation."""
    said: Any = target.named("simulation", {})
    unknown = set(said) - set(Options.__annotations__) if isinstance(said, dict) else {"it is no dict"}
    if unknown:
        known = ", ".join(Options.__annotations__)
        message = f"`simulation` beside the workflow takes {known}; not {', '.join(sorted(unknown))}"
        raise InvalidInputError(message)
    options: Options = dict(said)  # type: ignore[assignment]  # its names are known to be right
    return options


def _again(asked: Simulate) -> str:
    """Return the command without its seed."""
    words = ["simulate", asked.target, *(asked.words or ())]
    return command(*words, *(("-i", asked.input) if asked.input is not None else ()))


def _until_interrupted(spent: Iterator[float], report: Report) -> Iterator[float]:
    """Stop at the first Ctrl-C, between two runs; the second one kills."""

    def stop(*_: object) -> None:
        report.is_interrupted = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    before = signal.signal(signal.SIGINT, stop)
    try:
        for share in spent:
            yield share
            if report.is_interrupted:
                return
    finally:
        signal.signal(signal.SIGINT, before)


def _shown(spent: Iterator[float], asked: Simulate) -> Iterator[float]:
    """Show how far it is, in a terminal; what the author's code prints is not shown."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal or asked.as_json)
    with bar, contextlib.redirect_stdout(io.StringIO()):
        task = bar.add_task(f"simulating {asked.target}", total=_STEPS)
        for share in spent:
            bar.update(task, completed=share * _STEPS)
            yield share


VERB = Verb(
    Simulate,
    _simulate,
    ("podium simulate app.py city=Busan", 'podium simulate app:travel -i \'{"city": "Busan"}\' --seconds 60'),
)
