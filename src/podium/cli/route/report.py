"""`podium route report`."""

from dataclasses import asdict, dataclass

from podium.cli.forms import AsJson, TargetName
from podium.cli.routers import router_at
from podium.cli.say import tell
from podium.cli.table import print_table
from podium.cli.verb import Verb
from podium.draw.words import clean
from podium.views.legible import json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Say how well an intent router tells its routes apart: each example is decided by a model that has not seen it.

    Routes that overlap are listed with the sentences that confuse them.
    """

    target: TargetName
    as_json: AsJson = False


def _report(asked: Report) -> int:
    router = router_at(asked.target)
    report = router.deciding.report()
    if asked.as_json:
        tell(json_text(asdict(report), indent=2))
        return 0
    tell(f"{router.name}: {len(report.routes)} routes, {sum(route.examples for route in report.routes)} examples")
    tell(f"  told right       {_share(report.accuracy)}")
    tell(f"  routed at once   {_share(report.answered)}, of which right {_share(report.answered_right)}")
    print_table(
        ("ROUTE", "EXAMPLES", "TOLD RIGHT"),
        ((route.name, str(route.examples), _share(route.found)) for route in report.routes),
    )
    for overlap in report.overlaps:
        first, second = overlap.routes
        tell(f"{first} and {second} overlap: {overlap.confused} taken for the other")
        for sentence in overlap.sentences:
            tell(f"  {clean(sentence.text)} ({sentence.route}, by {-sentence.margin:.2f})")
    for said in report.notes:
        tell(clean(said))
    return 0


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


VERB = Verb(Report, _report, ("podium route report desk.py", "podium route report desk.py:desk --json"))
