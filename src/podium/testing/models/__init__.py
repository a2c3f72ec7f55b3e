"""Models for tests (`podium[agents]`): scripted, out of a function, recorded, and with everything that can go wrong.

Each is a pydantic-ai `Model`, so that it stands where a real one would. See docs/testing_agents.md.
"""

try:
    import pydantic_ai as pydantic_ai
except ModuleNotFoundError as missing:
    message = "podium.testing.models needs pydantic-ai, which is in an extra of its own: pip install 'podium[agents]'"
    raise ModuleNotFoundError(message, name="pydantic_ai") from missing

from podium.testing.models.asked import Asked
from podium.testing.models.chaos import ChaosModel
from podium.testing.models.errors import BadRecordingError, NotRecordedError, ScriptEndedError
from podium.testing.models.named import named_model
from podium.testing.models.played import PlayedModel, function_model
from podium.testing.models.recorded import RecordedModel
from podium.testing.models.replies import Reply, call, truncated
from podium.testing.models.scripted import ScriptedModel
from podium.testing.models.trouble import Trouble

__all__ = [
    "Asked",
    "BadRecordingError",
    "ChaosModel",
    "NotRecordedError",
    "PlayedModel",
    "RecordedModel",
    "Reply",
    "ScriptEndedError",
    "ScriptedModel",
    "Trouble",
    "call",
    "function_model",
    "named_model",
    "truncated",
]
