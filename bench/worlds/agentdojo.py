"""AgentDojo: a workspace, a bank, a travel agency and a Slack, and the calls that solve its users' tasks.

The package comes without the model clients that it asks for (docs/decisions/0040); the tools need none of them.
"""

from __future__ import annotations

import json
import sys
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from pydantic_core import to_json

from bench.worlds.stopped import stop_clock
from bench.worlds.task import Call, Task

VERSION = "v1.2.2"
_WITH_CLOCK = ("email_client", "cloud_drive_client")


class Environment:
    """The environment of one task.

    Args:
        suite, task: Their names.
    """

    def __init__(self, suite: str, task: str) -> None:
        made = _suites()[suite]
        self._runtime = _module("functions_runtime").FunctionsRuntime(made.tools)
        self._environment = made.user_tasks[task].init_environment(_default(suite).model_copy(deep=True))

    def call(self, name: str, arguments: str) -> str:
        """See `World.call`."""
        result, error = self._runtime.run_function(self._environment, name, json.loads(arguments))
        return to_json({"error": error} if error else result).decode()

    def image(self) -> object:
        """See `World.image`."""
        return self._environment.model_copy(deep=True)

    def restore(self, image: Any) -> None:
        """See `World.restore`."""
        self._environment = image.model_copy(deep=True)

    def fingerprint(self) -> str:
        """See `World.fingerprint`."""
        text: str = self._environment.model_dump_json()
        return text

    def ground_truth(self, task: Any) -> tuple[Call, ...]:
        """Return the calls that solve the task; some look their arguments up in the environment."""
        return tuple(Call(call.function, to_json(call.args).decode()) for call in task.ground_truth(self._environment))


def tasks() -> list[Task]:
    """Return every user task of every suite that is solved by calls."""
    found: list[Task] = []
    for suite, made in _suites().items():
        for name, task in made.user_tasks.items():
            world = partial(Environment, suite, name)
            calls = world().ground_truth(task)
            if calls:
                found.append(Task(f"{suite}/{name}", calls, world))
    return found


@cache
def _suites() -> dict[str, Any]:
    _leave_out_clients()
    suites: dict[str, Any] = _module("task_suite.load_suites").get_suites(VERSION)
    for name in _WITH_CLOCK:
        stop_clock(_module(f"default_suites.v1.tools.{name}"))
    return suites


@cache
def _default(suite: str) -> Any:
    return _suites()[suite].load_and_inject_default_environment({})


def _module(name: str) -> Any:
    return import_module(f"agentdojo.{name}")


def _leave_out_clients() -> None:
    """Let the suites be imported without `agentdojo.agent_pipeline`, whose package imports every model client.

    Of it the suites use two small modules, which are found at their place, and a name that plays ground truths, which
    is not used here.
    """
    spec = find_spec("agentdojo")
    assert spec is not None, "agentdojo is installed with the benches"
    assert spec.submodule_search_locations, spec
    pipeline = ModuleType("agentdojo.agent_pipeline")
    pipeline.__path__ = [f"{place}/agent_pipeline" for place in spec.submodule_search_locations]
    player: Any = ModuleType("agentdojo.agent_pipeline.ground_truth_pipeline")
    player.GroundTruthPipeline = object
    sys.modules.update({module.__name__: module for module in (pipeline, player)})
