"""`podium route correct`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.forms import TargetName
from podium.cli.routers import router_at
from podium.cli.say import tell
from podium.cli.verb import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """Say which route a sentence is for. Routers that are running learn it with their next decision."""

    target: TargetName
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The sentence.")]
    route: Annotated[str, typer.Argument(metavar="ROUTE", help="The name of the route.")]


def _correct(asked: Correct) -> int:
    router = router_at(asked.target)
    router.correct(asked.text, asked.route)
    tell(f"noted: {router.name} sends the like of it to {asked.route}")
    return 0


VERB = Verb(Correct, _correct, ('podium route correct desk.py "a room in Rome" travel',))
