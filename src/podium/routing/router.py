"""`IntentRouter`: a workflow that takes a sentence, finds out which of its workflows it is for, and runs that one.

All of it is one run: what was decided, what a person was asked, and the steps of the workflow that was chosen. The
decision is a read on record, so that a process which takes the run over goes on with it and does not decide again.
"""

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any, Unpack

from podium.routing.answers import OutOfScope, Routed
from podium.routing.checks import check_routes
from podium.routing.deciding import Deciding
from podium.routing.embedding.embedder import Embedder
from podium.routing.intent.types import Decision, Model, Turn
from podium.routing.leading import Leading
from podium.routing.reading import use_of, way_of
from podium.routing.record import pick_of, record_of
from podium.routing.route import Route
from podium.workflow.machine import Machine, MachineOptions
from podium.workflow.made import made_question, made_state
from podium.workflow.source import place_of_caller
from podium.workflow.state import END, START, Chain, State
from podium.workflow.tool import Tool
from podium.workflow.toolcode import ToolPolicy
from podium.workflow.workflow import Workflow


class RouterOptions(MachineOptions, total=False):
    """What may be said about a router beside its routes.

    Attributes:
        otherwise: The workflow for sentences that no route is for; it takes a text. Left out, the result is an
            `OutOfScope`.
        embedder: Turns sentences into vectors; left out, the best that is installed.
        model: Who is asked where the local models are not sure; left out, nobody.
        learned: A folder for what people have corrected; left out, nothing is learned.
    """

    otherwise: Workflow[Any, Any]
    embedder: Embedder
    model: Model
    learned: Path | str


class IntentRouter(Machine[Any, Routed[Any] | OutOfScope]):
    """Takes a `str`, such as `engine.start(desk, "fly me to Busan")`, and runs the workflow that it is for.

    The result is a `Routed`, which says which route answered and what it gave, or an `OutOfScope`. A sentence that may
    mean several routes is clarified by a person; so is one in which a route misses something.

    Attributes:
        takes_text: A text is all that it takes, so that it can be a route of another router as it is.
        routes: Where it leads, but for `otherwise=`.
        deciding: What decides; usable without a run.

    Args:
        name: Unique among the workflows of an engine.
        routes: At least one.
        options: See `RouterOptions`.

    Raises:
        DefinitionErrors: Everything that is wrong, at once.
    """

    takes_text = True

    def __init__(self, name: str, /, *routes: Route, **options: Unpack[RouterOptions]) -> None:
        otherwise = options.pop("otherwise", None)
        check_routes(name, routes, otherwise, where=place_of_caller())
        learned = options.pop("learned", None)
        self.routes: Sequence[Route] = routes
        self.deciding = Deciding(
            [route.spec for route in routes],
            embedder=options.pop("embedder", None),
            model=options.pop("model", None),
            folder=None if learned is None else Path(learned),
        )
        last = None if otherwise is None else Route(otherwise)
        rest: Any = options
        super().__init__(name, record_of(name, routes, last), *self._chains(name, last), gives="answer", **rest)

    @property
    def wanted(self) -> type[str]:
        """A text."""
        return str

    def encode_input(self, value: Any) -> dict[str, str]:
        """Return the fields of a run's input, which is a text; raise InvalidInputError where it is none."""
        given = self.input.model(text=value) if isinstance(value, str) else value
        return super().encode_input(given)

    def parse_input(self, text: str) -> dict[str, str]:
        """Return the fields of an input written by a person or a client: a JSON string, or an object with `text`."""
        if text.lstrip().startswith('"'):
            text = f'{{"text":{text}}}'
        return super().parse_input(text)

    def correct(self, text: str, route: str) -> None:
        """Note that a sentence is for a route, whatever was decided of it; decisions to come learn from it.

        Raises:
            UnknownRouteError, NothingLearnedError: There is no such route, or the router was given no folder.
        """
        self.deciding.learn(text, route)

    # ----- its states

    def _chains(self, name: str, last: Route | None) -> list[Chain[Any]]:
        leading = Leading(self.deciding, self.routes)
        out = use_of(last) if last is not None else _out_of_scope(leading)
        chains: list[Chain[Any]] = [out >> END]
        ways: dict[str, State[Any, Any]] = {"out_of_scope": out}
        for route in self.routes:
            ways[route.name], behind = way_of(route, given_up=out)
            chains += behind
        decide, ask = _tools(name, self.deciding)
        route_state = made_state(
            "route", leading.by(decide), made_of="route", tools=(decide,), title="Find out what it is for."
        )
        clarify = made_question(
            "clarify",
            leading.clarified,
            answer=leading.answers(pick_of(name, self.routes)),
            made_of="clarify",
            title="Which of these is meant?",
        )
        asked = {**ways, "clarify": clarify.choose({**ways, "again": route_state})}
        if self.deciding.asks:
            escalate = made_state(
                "escalate", leading.by_model(ask), made_of="escalate", tools=(ask,), title="Ask a model."
            )
            asked = {**asked, "escalate": escalate.choose(asked)}
        return [START >> route_state.choose(asked), *chains]


def _out_of_scope(leading: Leading) -> State[Any, Any]:
    return made_state("out_of_scope", leading.out_of_scope, made_of="out", title="Say that no route is for this.")


def _tools(name: str, deciding: Deciding) -> tuple[Tool[[str, str], Decision], Tool[[str, str], Awaitable[Decision]]]:
    """Return the reads that decide: with what is here, and by asking a model."""

    def decide(text: str, previous: str) -> Decision:
        return deciding.decide(text, Turn(previous))

    async def escalate(text: str, previous: str) -> Decision:
        return await deciding.escalate(text, Turn(previous))

    decide.__name__, escalate.__name__ = (f"{verb}_{name.replace('-', '_')}" for verb in ("decide", "escalate"))
    return Tool(decide, ToolPolicy(writes=False, plays_itself=True)), Tool(escalate, ToolPolicy(writes=False))
