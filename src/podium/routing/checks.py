"""What can be wrong with the routes of a router; all of it is found before a run, at once."""

from collections.abc import Sequence
from inspect import isfunction
from typing import Any, Final

from podium.graph.nodes import Place
from podium.routing.route import Route, takes_sentence, text_field
from podium.workflow.annotations import is_wrong, type_text
from podium.workflow.faults import Faults
from podium.workflow.signature import Signature, read_signature
from podium.workflow.source import place_of
from podium.workflow.toolnames import is_tool
from podium.workflow.workflow import Workflow

OWN_STATES: Final = frozenset({"route", "escalate", "clarify", "out_of_scope", "again", "answer"})
"""What a router's own states, labels and fields are called."""

_PREFIXES: Final = ("read_", "ask_", "look_at_")


def check_routes(name: str, routes: Sequence[Any], otherwise: Any, *, where: Place | None) -> None:
    """Raise `DefinitionErrors` with everything that is wrong with a router's routes; do nothing where nothing is."""
    faults = Faults()
    sound = _sound(name, routes, faults=faults, where=where)
    for route in sound:
        _check_said(route, faults=faults)
        _check_read(route, faults=faults)
    _check_names(sound, faults=faults)
    _check_examples(sound, faults=faults)
    if otherwise is not None:
        _check_otherwise(name, sound, otherwise, faults=faults, where=where)
    faults.raise_all(f"intent router {name!r}")


def _sound(name: str, routes: Sequence[Any], *, faults: Faults, where: Place | None) -> list[Route]:
    for route in routes:
        if not isinstance(route, Route):
            faults.add(
                "not-a-route",
                f"{name} is given {route!r}, which is no route",
                suggestion='Write Route(workflow, "what it does", examples=[…]).',
                where=where,
            )
    if not routes:
        faults.add("no-routes", f"{name} has no route", suggestion="Give it at least one Route(…).", where=where)
    return [route for route in routes if isinstance(route, Route)]


def _check_said(route: Route, *, faults: Faults) -> None:
    given: Any = route.examples
    if isinstance(given, str) or not all(isinstance(one, str) and one.strip() for one in given):
        faults.add(
            "bad-examples",
            f"route {route.name}: examples={given!r:.60} are not sentences in a list",
            suggestion='Write examples=["book a flight", "I need a hotel"].',
            where=route.where,
        )
    elif not given and not route.description.strip():
        faults.add(
            "no-examples",
            f"route {route.name} has neither a description nor an example, so nothing is known of what it is for",
            suggestion="Say what it does in the words of its users, and give three sentences that belong there.",
            where=route.where,
        )


def _check_names(routes: Sequence[Route], *, faults: Faults) -> None:
    seen: dict[str, Route] = {}
    for route in routes:
        there = seen.setdefault(route.state, route)
        if there is not route:
            faults.add(
                "same-name",
                f"two routes lead to a workflow called {route.name!r}",
                suggestion=f"Rename one of the workflows; the other route is at {there.where}.",
                where=route.where,
            )
        if route.state in OWN_STATES or route.state.startswith(_PREFIXES):
            faults.add(
                "bad-name",
                f"a route can not be called {route.name!r}: a state of the router is",
                suggestion="Rename the workflow.",
                where=route.where,
            )


def _check_examples(routes: Sequence[Route], *, faults: Faults) -> None:
    seen: dict[str, Route] = {}
    for route in routes:
        for text in () if isinstance(route.examples, str) else route.examples:
            there = seen.setdefault(" ".join(str(text).casefold().split()), route)
            if there is not route:
                faults.add(
                    "same-example",
                    f"{text!r} is an example of {there.name} and of {route.name}",
                    suggestion=f"Take it out of one; the other route is at {there.where}.",
                    where=route.where,
                )


def _check_otherwise(
    name: str, routes: Sequence[Route], otherwise: Any, *, faults: Faults, where: Place | None
) -> None:
    if not isinstance(otherwise, Workflow):
        faults.add(
            "not-a-workflow",
            f"otherwise={otherwise!r:.60} of {name} is no workflow",
            suggestion="Give it a workflow that takes a text, or leave it out: then the result is an OutOfScope.",
            where=where,
        )
        return
    if text_field(otherwise) is None:
        faults.add("takes-no-text", _takes_no_text(otherwise), suggestion=_TAKES_TEXT, where=where)
    taken = {route.state for route in routes} | OWN_STATES
    if otherwise.name.replace("-", "_") in taken:
        faults.add(
            "same-name",
            f"otherwise={otherwise.name} of {name} is called like a route or a state of the router",
            suggestion="Rename the workflow.",
            where=where,
        )


# ----- reading


_TAKES_TEXT = "Give it one required field, a `str`."


def _takes_no_text(workflow: Workflow[Any, Any]) -> str:
    model = workflow.input.model
    required = [field for field, info in model.model_fields.items() if info.is_required()]
    return f"{workflow.name} can not take a sentence: {model.__name__} needs {', '.join(required) or 'nothing'}"


def _check_read(route: Route, *, faults: Faults) -> None:
    read: Any = route.read
    if read is None:
        if not takes_sentence(route.workflow):
            model = type_text(route.workflow.wanted)
            faults.add(
                "no-read",
                f"route {route.name}: nothing makes a {model} of a sentence",
                suggestion=f"Say how one is made of it: read=, a function `str -> {model} | None`.",
                where=route.where,
            )
    elif isinstance(read, Workflow):
        _check_reading_workflow(route, read, faults=faults)
    elif is_tool(read):
        if read.policy.writes:
            faults.add(
                "read-writes",
                f"route {route.name}: read={read.name} is a write, and reading a sentence changes nothing",
                suggestion="Declare it with @tool.read.",
                where=route.where,
            )
        faults.extend(read.code.faults)
        _check_reader(route, read.name, read.code.signature, faults=faults)
    elif isfunction(read):
        _check_reader(route, read.__name__, read_signature(read, faults), faults=faults, given_at=place_of(read))
    else:
        faults.add(
            "not-a-function",
            f"route {route.name}: read={read!r:.60} can not read",
            suggestion="Give it a function or a read tool that takes a text, or a workflow that does.",
            where=route.where,
        )


def _check_reading_workflow(route: Route, read: Workflow[Any, Any], *, faults: Faults) -> None:
    if text_field(read) is None:
        faults.add("takes-no-text", _takes_no_text(read), suggestion=_TAKES_TEXT, where=route.where)
    _check_gives(route, read.name, read.output.type, faults=faults)


def _check_reader(route: Route, name: str, known: Signature, *, faults: Faults, given_at: Place | None = None) -> None:
    required = [parameter for parameter in known.data if parameter.is_required]
    takes = required or list(known.data)
    if len(required) > 1 or not takes or is_wrong(str, takes[0].type):
        shown = ", ".join(f"{parameter.name}: {type_text(parameter.type)}" for parameter in takes) or "nothing"
        faults.add(
            "wrong-read",
            f"route {route.name}: read={name} takes {shown}, and is given what was said, a str",
            suggestion="Let it take one text.",
            where=route.where,
        )
    if given_at is not None and known.given:
        faults.add(
            "wrong-read",
            f"route {route.name}: nothing gives {known.given[0].name!r} to read={name}, which is a plain function",
            suggestion="Declare it with @tool.read: then the engine gives it resources.",
            where=given_at,
        )
    _check_gives(route, name, known.returns, faults=faults)


def _check_gives(route: Route, name: str, gives: Any, *, faults: Faults) -> None:
    model = route.workflow.wanted
    if is_wrong(gives, model | None) or (gives is not Any and is_wrong(gives, model)):
        faults.add(
            "wrong-read",
            f"route {route.name}: read={name} gives {type_text(gives)}, but {route.workflow.name} takes"
            f" {type_text(model)}",
            suggestion=f"Annotate it `-> {type_text(model)} | None`.",
            where=route.where,
        )
