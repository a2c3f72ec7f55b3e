"""`podium demo`: the story of a run that survives the kill of its process, told on real services."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.say import complain
from podium.cli.verb import USAGE, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Say what you want: an intent router finds the workflow for it, and says why, or that there is none.

    A trip is booked over three small services, its worker killed midway, recovered in another process, and
    audited. The services are real processes on this machine; nothing leaves it. What was made stays in the folder.
    """

    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="What you want, in your words.")] = None
    folder: Annotated[
        Path, typer.Option("--folder", metavar="FOLDER", help="Where databases and pictures are left behind.")
    ] = Path("podium-demo")


def _demo(asked: Demo) -> int:
    try:
        from podium.demo.story import run  # noqa: PLC0415  # door: the extra may be missing
    except ModuleNotFoundError as missing:
        if missing.name not in {"httpx", "numpy", "starlette", "uvicorn"}:
            raise
        complain(f"the demo needs {missing.name}, which is in an extra of its own: pip install 'podium[demo]'")
        return USAGE
    return run(asked.text, folder=asked.folder)


VERB = Verb(
    Demo,
    _demo,
    (
        "podium demo",
        'podium demo "three nights in Busan next week" --folder busan',
        'podium demo "write an article about how a crash is survived"',
    ),
)
