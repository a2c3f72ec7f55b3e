"""`podium route explain`, which is what `podium route TARGET TEXT` does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from pydantic import TypeAdapter

from podium.cli.forms import AsJson, TargetName
from podium.cli.routers import router_at
from podium.cli.say import tell
from podium.cli.verb import Verb
from podium.routing.explaining import lines_of
from podium.routing.intent.types import Decision, Verdict
from podium.views.legible import json_text

if TYPE_CHECKING:
    from podium.routing import IntentRouter

OUT_OF_SCOPE: Final = 1
ASKS: Final = 3

_DECISION: Final = TypeAdapter(Decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """Say where an intent router sends a sentence, and why. Nothing is run.

    A model is asked where a run would ask one. Where a route is a router itself, what that one decides is said too.
    Exit code 0: it goes to a route. 1: to none. 3: a person would be asked.
    """

    target: TargetName
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The sentence.")]
    as_json: AsJson = False


async def _explain(asked: Explain) -> int:
    router: IntentRouter | None = router_at(asked.target)
    said: list[tuple[str, Decision]] = []
    while router is not None:
        decision = await router.deciding.escalate(asked.text)
        said.append((router.name, decision))
        router = _next(router, decision)
    if asked.as_json:
        tell(json_text([{"router": name, **_plain(decision)} for name, decision in said], indent=2))
    else:
        for name, decision in said:
            for line in lines_of(name, decision):
                tell(line)
    return {Verdict.ROUTE: 0, Verdict.CLARIFY: ASKS}.get(said[-1][1].verdict, OUT_OF_SCOPE)


def _next(router: "IntentRouter", decision: Decision) -> "IntentRouter | None":
    """Return the router that a sentence is sent to, where it is one."""
    found = next((route.workflow for route in router.routes if route.name == decision.route), None)
    return found if isinstance(found, type(router)) else None


def _plain(decision: Decision) -> dict[str, Any]:
    plain: dict[str, Any] = _DECISION.dump_python(decision, mode="json")
    return plain


VERB = Verb(
    Explain,
    _explain,
    ('podium route desk.py "fly me to Busan"', 'podium route explain desk.py:desk "fly me to Busan" --json'),
)
