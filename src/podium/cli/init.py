"""`podium init`: a first project."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.say import command, tell
from podium.cli.verb import Verb
from podium.errors import AskError

_FILES = {"app.py": "app.py.txt", "test_app.py": "test_app.py.txt", ".gitignore": "gitignore.txt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    """Write a small project that runs at once: a state machine, a tool, and a test. Nothing is overwritten."""

    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made if missing; this folder when left out.")] = (
        Path()
    )


def _init(asked: Init) -> int:
    there = [name for name in _FILES if (asked.folder / name).exists()]
    if there:
        message = f"{asked.folder} has {', '.join(there)} already; nothing was written"
        raise AskError(message)
    made = resources.files("podium.cli.project")
    try:
        asked.folder.mkdir(parents=True, exist_ok=True)
        for name, source in _FILES.items():
            with (asked.folder / name).open("x", encoding="utf-8") as file:
                file.write((made / source).read_text("utf-8"))
    except OSError as error:
        message = f"{asked.folder} can not be written to: {error}"
        raise AskError(message) from error
    tell(f"wrote {', '.join(str(asked.folder / name) for name in _FILES)}")
    tell(f"run it:   {command('run', str(asked.folder / 'app.py'))}")
    tell(f"draw it:  {command('graph', str(asked.folder / 'app.py'))}")
    return 0


VERB = Verb(Init, _init, ("podium init", "podium init my-flows"))
