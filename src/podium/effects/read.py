"""A read: tried as its guards say; it may be made again, so nothing is written down before it."""

from podium.core.stimuli import Held
from podium.effects.attempt import encoded
from podium.effects.ports import Surroundings
from podium.guard.flight import GuardedCall, Leave, Miss
from podium.workflow.binding import ToolCode


async def read(tool: ToolCode, call: GuardedCall, around: Surroundings) -> str | Miss | Held:
    """Call a read until it answers, fails for good, or has to wait for so long that it lets go of the worker."""
    ended = await around.guards.ring(tool.name, tool.policy).call(call)
    if isinstance(ended, Leave):
        return Held(around.clock.now_ms() + ended.ms, ended.tries, ended.why, ended.own_deadline_at)
    return encoded(ended, tool.encode)
