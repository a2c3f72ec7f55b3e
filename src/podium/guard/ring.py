"""All guards of one tool, put together once: what a call of it passes on its way out, and what becomes of it."""

from podium.graph.guards import CallPolicy
from podium.graph.policies import Retry
from podium.guard.breaker import CircuitBreaker

DEFAULT = Retry()


class Ring:
    """The guards of one tool.

    Attributes:
        tool: Its name.
        policy: What was said about it.
        retry: How often to try.
    """

    def __init__(self, tool: str, policy: CallPolicy, *, breaker: CircuitBreaker | None) -> None:
        self.tool, self.policy = tool, policy
        self.retry = policy.retry or DEFAULT
        self.breaker = breaker
