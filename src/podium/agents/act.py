"""`act`: one write that the model asked for, in one visit; the visits follow one another in the order asked."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Literal

from pydantic_core import to_jsonable_python

from podium.agents.record import Done, Wanted
from podium.agents.tools import call, told
from podium.outcomes import NotApproved, ToolFailed
from podium.workflow.toolcode import Declared


def acting(tools: Mapping[str, Declared]) -> Callable[..., Coroutine[Any, Any, str]]:
    """Return the function of the state.

    Args:
        tools: Those that write, by name.
    """

    async def act(record: Any) -> Literal["act", "think"]:
        """Make the next write that the model asked for."""
        done = await _made(tools, record.wanted[len(record.done)])
        left = record.wanted[len(record.done) + 1 :]
        record.done.append(done)
        if done.status == "done":
            return "act" if left else "think"
        record.done.extend(Done(status="not_started") for _ in left)
        return "think"

    return act


async def _made(tools: Mapping[str, Declared], wanted: Wanted) -> Done:
    tool = tools[wanted.tool]
    try:
        result = await call(tool, tool.code.arguments(wanted.args))
    except NotApproved as refused:
        return Done(status="refused", value=told(refused.failure))
    except ToolFailed as failed:
        return Done(status="failed", value=told(failed.failure))
    return Done(status="done", value=to_jsonable_python(result))
