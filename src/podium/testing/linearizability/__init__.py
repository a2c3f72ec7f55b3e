"""Whether what several processes did to a shared object could have been done by one of them, one step at a time.

`histories` records real processes that are killed as they go, `check` searches for an order that explains what they
saw, and says the shortest history that has none.
"""

from podium.testing.linearizability.crowd import Crowd, CrowdError, Work, histories
from podium.testing.linearizability.history import Log, Operation
from podium.testing.linearizability.keys import KeyModel
from podium.testing.linearizability.register import Register
from podium.testing.linearizability.runs import RunModel
from podium.testing.linearizability.search import Model, TooManyOrdersError, Violation, check

__all__ = [
    "Crowd",
    "CrowdError",
    "KeyModel",
    "Log",
    "Model",
    "Operation",
    "Register",
    "RunModel",
    "TooManyOrdersError",
    "Violation",
    "Work",
    "check",
    "histories",
]
