"""A read: tried as its policy says; it may be made again, so nothing is written down before it."""

from podium.effects.attempt import RETRYABLE, Call, Tried, try_once
from podium.effects.ports import Surroundings
from podium.graph.policies import Retry
from podium.guard.retry import delay_ms
from podium.workflow.binding import ToolCode

DEFAULT = Retry()


async def read(tool: ToolCode, call: Call, around: Surroundings) -> Tried:
    """Call a read until it answers, fails for good or its attempts are spent."""
    policy = tool.policy.retry or DEFAULT
    attempt = 1
    while True:
        tried = await try_once(tool, call, around)
        if tried.failure is None or tried.failure.kind not in RETRYABLE:
            return tried
        wait_ms = delay_ms(policy, attempt=attempt, share=around.share)
        if wait_ms is None:
            return tried
        await around.clock.sleep(wait_ms)
        attempt += 1
