"""`podium restore`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.backup import file_of
from podium.cli.database import database
from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.say import note, tell
from podium.cli.table import when
from podium.cli.verb import Verb
from podium.sqlite.backup import restore


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Make a database of a backup, where none is.

    What was done after the backup is not known in it, writes included. So every write that its runs make from here on
    counts as in doubt before it is sent: a key protects it for its life, counted from the backup; `reconcile` is asked;
    where there is neither, the step parks, and a person decides. Stop every worker first, and move the old file away.
    """

    copy: Annotated[Path, typer.Argument(metavar="FILE", help="What `podium backup` wrote.")]
    db: Db = DEFAULT_DB


def _restore(asked: Restore) -> int:
    path = file_of(database(asked.db))
    copied_at, unfinished = restore(asked.copy, path)
    tell(f"{path} is as it was at {when(copied_at)}; {unfinished} runs in it are not over")
    if unfinished:
        note("their next writes may have been made before, and count as in doubt; see `podium runs parked`")
    return 0


VERB = Verb(Restore, _restore, ("podium restore backup-2027-01-31.db --db podium.db",))
