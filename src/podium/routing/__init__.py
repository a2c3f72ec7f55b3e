"""Routing: requests find their workflow, steps find their tool. Offline by default, on the CPU.

The names below are all that users need. What decides needs numpy: `pip install 'podium[routing]'`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podium.routing.answers import Neither as Neither
    from podium.routing.answers import OutOfScope as OutOfScope
    from podium.routing.answers import Pick as Pick
    from podium.routing.answers import Rephrase as Rephrase
    from podium.routing.answers import Routed as Routed
    from podium.routing.choice import LeftOut as LeftOut
    from podium.routing.choice import NoToolFits as NoToolFits
    from podium.routing.choice import ToolChoice as ToolChoice
    from podium.routing.choice import ToolMatch as ToolMatch
    from podium.routing.intent.model import IntentModel as IntentModel
    from podium.routing.intent.types import Choice as Choice
    from podium.routing.intent.types import Decision as Decision
    from podium.routing.intent.types import Model as Model
    from podium.routing.intent.types import RouteSpec as RouteSpec
    from podium.routing.intent.types import Turn as Turn
    from podium.routing.intent.types import Verdict as Verdict
    from podium.routing.route import Route as Route
    from podium.routing.router import IntentRouter as IntentRouter
    from podium.routing.tool_cards import ToolFound as ToolFound
    from podium.routing.tool_cards import ToolsFound as ToolsFound
    from podium.routing.tool_router import ToolRouter as ToolRouter

_HOME = {
    "Choice": "podium.routing.intent.types",
    "Decision": "podium.routing.intent.types",
    "IntentModel": "podium.routing.intent.model",
    "IntentRouter": "podium.routing.router",
    "LeftOut": "podium.routing.choice",
    "Model": "podium.routing.intent.types",
    "Neither": "podium.routing.answers",
    "NoToolFits": "podium.routing.choice",
    "OutOfScope": "podium.routing.answers",
    "Pick": "podium.routing.answers",
    "Rephrase": "podium.routing.answers",
    "Route": "podium.routing.route",
    "RouteSpec": "podium.routing.intent.types",
    "Routed": "podium.routing.answers",
    "ToolChoice": "podium.routing.choice",
    "ToolFound": "podium.routing.tool_cards",
    "ToolMatch": "podium.routing.choice",
    "ToolRouter": "podium.routing.tool_router",
    "ToolsFound": "podium.routing.tool_cards",
    "Turn": "podium.routing.intent.types",
    "Verdict": "podium.routing.intent.types",
}
"""Where each public name lives; they are fetched when first asked for. Tests hold this list and the imports for type
checkers together."""

if not TYPE_CHECKING:  # type checkers read the imports above
    __all__ = sorted(_HOME)  # noqa: PLE0605  # one list of the names is enough


def __getattr__(name: str) -> Any:
    """Fetch a public name on its first use."""
    if name not in _HOME:
        raise AttributeError(name, name=name, obj=import_module(__name__))
    try:
        home = import_module(_HOME[name])
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        message = f"podium.routing.{name} needs numpy, which is in an extra of its own: pip install 'podium[routing]'"
        raise ModuleNotFoundError(message, name="numpy") from missing
    found = getattr(home, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
