"""The multi-turn part of the Berkeley Function Calling Leaderboard: eight services, and the calls that users wanted.

The package comes without the model clients that it asks for (docs/decisions/0040); the services need none of them.
"""

from __future__ import annotations

import ast
import copy
import json
from functools import cache, partial
from importlib import import_module, resources
from typing import Any

from bench.worlds.fingerprint import fingerprint
from bench.worlds.stopped import stop_clock
from bench.worlds.task import Call, Task

KINDS = ("base", "miss_func", "miss_param")
"""The fourth, `long_context`, has the calls of `base` in worlds with more in them."""
_STATELESS = "MathAPI"
_REFUSALS = (ValueError, LookupError, TypeError, AttributeError)
_WITH_CLOCK = "GorillaFileSystem"


class Services:
    """The services that one entry involves, together one world.

    Args:
        names: Their classes.
        config: What each begins with, by class.
    """

    def __init__(self, names: tuple[str, ...], config: dict[str, Any]) -> None:
        self._services: dict[str, Any] = {}
        for name in names:
            service = _class(name)()
            if name != _STATELESS:
                service._load_scenario(copy.deepcopy(config.get(name, {})))  # noqa: SLF001  # the benchmark's own way in
            self._services[name] = service

    def call(self, name: str, arguments: str) -> str:
        """See `World.call`."""
        given = json.loads(arguments)
        service = next(one for one in self._services.values() if hasattr(one, name))
        try:
            return json.dumps(getattr(service, name)(*given["args"], **given["kwargs"]), default=str)
        except _REFUSALS as error:
            return f"Error during execution: {error}"  # as the benchmark answers

    def image(self) -> object:
        """See `World.image`."""
        return copy.deepcopy(self._services)

    def restore(self, image: Any) -> None:
        """See `World.restore`."""
        self._services = copy.deepcopy(image)

    def fingerprint(self) -> str:
        """See `World.fingerprint`."""
        return fingerprint(self._services)


def tasks() -> list[Task]:
    """Return every entry whose world and calls no earlier entry has."""
    found: dict[str, Task] = {}
    for kind in KINDS:
        answers = {entry["id"]: entry["ground_truth"] for entry in _lines(f"possible_answer/{_file(kind)}")}
        for entry in _lines(_file(kind)):
            task, same = _task(entry, answers[entry["id"]])
            found.setdefault(same, task)
    return list(found.values())


def _task(entry: dict[str, Any], turns: list[list[str]]) -> tuple[Task, str]:
    """Return the task, and a text that is equal for tasks that are the same."""
    calls = tuple(_call(text) for turn in turns for text in turn)
    names = tuple(entry["involved_classes"])
    config = entry["initial_config"]
    same = json.dumps([names, config, [(call.name, call.arguments) for call in calls]])
    return Task(entry["id"], calls, partial(Services, names, config)), same


def _call(text: str) -> Call:
    """Read `name(1, other='x')`; only literals are taken, nothing is run."""
    node = ast.parse(text, mode="eval").body
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        raise TypeError(text)
    given = {
        "args": [ast.literal_eval(value) for value in node.args],
        "kwargs": {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in node.keywords},
    }
    return Call(node.func.id, json.dumps(given))


def _file(kind: str) -> str:
    return f"BFCL_v4_multi_turn_{kind}.json"


def _lines(name: str) -> list[dict[str, Any]]:
    text = (resources.files("bfcl_eval") / "data" / name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@cache
def _class(name: str) -> Any:
    places = import_module("bfcl_eval.constants.executable_backend_config").CLASS_FILE_PATH_MAPPING
    module = import_module(places[name])
    if name == _WITH_CLOCK:
        stop_clock(module)
    return getattr(module, name)
