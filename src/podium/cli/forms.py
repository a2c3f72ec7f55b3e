"""The arguments and options that several verbs have in common."""

import getpass
from typing import Annotated

import typer

DEFAULT_DB = "sqlite:///podium.db"

Db = Annotated[
    str,
    typer.Option(
        "--db",
        "--engine",
        envvar="PODIUM_DB",
        metavar="URL|FILE",
        help="Where runs are: a file, sqlite:///file.db, or temporal://host:7233/namespace.",
    ),
]
TargetName = Annotated[
    str, typer.Argument(metavar="TARGET", help="module:name, or file.py[:name] where the file has one workflow.")
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, as `podium runs ls` shows it.")]
NewId = Annotated[
    str | None,
    typer.Option("--id", metavar="ID", help="The new run's id; the same id and input are the same run."),
]
Wait = Annotated[bool, typer.Option("--wait", help="Stay while people are asked or a step is parked.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Journal = Annotated[bool, typer.Option("--json", help="Print the journal as JSON lines instead of the result.")]
By = Annotated[str | None, typer.Option("--by", metavar="WHO", help="Who decides; your user name when left out.")]


def who(by: str | None) -> str:
    """Return who decides: as said, or the user of the operating system."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "unknown user"
