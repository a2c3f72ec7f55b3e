"""Agents that are durable: pydantic-ai agents as workflows, and what works in teams of them (`podium[agents]`)."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podium.agents.agent import Agent as Agent
    from podium.agents.agent import Prompt as Prompt
    from podium.agents.choosing import RouteChooser as RouteChooser
    from podium.agents.coordinator import Coordinator as Coordinator
    from podium.agents.coordinator_data import Assignment as Assignment
    from podium.agents.coordinator_data import Ended as Ended
    from podium.agents.coordinator_data import HandOff as HandOff
    from podium.agents.coordinator_data import Refused as Refused
    from podium.agents.coordinator_data import Result as Result
    from podium.agents.coordinator_data import Team as Team
    from podium.agents.coordinator_data import WorkFailed as WorkFailed
    from podium.agents.coordinator_roles import HandOffRefused as HandOffRefused
    from podium.agents.coordinator_roles import Role as Role
    from podium.agents.mcp import McpServer as McpServer
    from podium.agents.outcomes import MalformedOutput as MalformedOutput
    from podium.agents.outcomes import OutOfRequests as OutOfRequests

_HOME = {
    "Agent": "podium.agents.agent",
    "Assignment": "podium.agents.coordinator_data",
    "Coordinator": "podium.agents.coordinator",
    "Ended": "podium.agents.coordinator_data",
    "HandOff": "podium.agents.coordinator_data",
    "HandOffRefused": "podium.agents.coordinator_roles",
    "McpServer": "podium.agents.mcp",
    "MalformedOutput": "podium.agents.outcomes",
    "OutOfRequests": "podium.agents.outcomes",
    "Prompt": "podium.agents.agent",
    "Refused": "podium.agents.coordinator_data",
    "Result": "podium.agents.coordinator_data",
    "RouteChooser": "podium.agents.choosing",
    "Role": "podium.agents.coordinator_roles",
    "Team": "podium.agents.coordinator_data",
    "WorkFailed": "podium.agents.coordinator_data",
}
"""Where each public name lives; see `podium/__init__.py`."""

_EXTRA = frozenset({"pydantic_ai", "json_repair", "genai_prices"})

if not TYPE_CHECKING:  # type checkers read the imports above
    __all__ = sorted(_HOME)  # noqa: PLE0605  # one list of the names is enough


def __getattr__(name: str) -> Any:
    """Fetch a public name on its first use."""
    if name not in _HOME:
        raise AttributeError(name, name=name, obj=import_module(__name__))
    try:
        found = getattr(import_module(_HOME[name]), name)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in _EXTRA:
            raise
        message = f"podium.agents.{name} needs pydantic-ai, which is in an extra: pip install 'podium[agents]'"
        raise ModuleNotFoundError(message, name=missing.name) from missing
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
