"""Tools as a model sees them: their parameters without those that the engine fills, and their failures as data."""

import asyncio
import json
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature, getdoc
from typing import Any

from pydantic_ai import CallDeferred
from pydantic_ai import Tool as PydanticTool
from pydantic_ai.exceptions import ToolFailed as TellFailure
from pydantic_ai.toolsets import FunctionToolset
from pydantic_core import to_jsonable_python

from podium.failure import Failure
from podium.outcomes import ToolFailed
from podium.workflow.toolcode import Declared

FROZEN = "args"
"""The key of a deferred call's metadata that holds its arguments, frozen."""


def toolset_of(tools: Sequence[Declared]) -> FunctionToolset[Any]:
    """Return the tools for pydantic-ai: one that reads is called, one that writes is put off."""
    return FunctionToolset([PydanticTool(_put_off(tool) if tool.policy.writes else _called(tool)) for tool in tools])


async def call(tool: Declared, arguments: dict[str, Any]) -> Any:
    """Call a tool of either kind from a step that is async."""
    if tool.code.is_async:
        return await tool(**arguments)
    return await asyncio.to_thread(tool, **arguments)


def told(failure: Failure) -> dict[str, Any]:
    """Return a failure as a model is told it: what kind it is, and what was said; no frames of code."""
    said = {"failed": failure.kind.value, "error": failure.type, "message": failure.message}
    return said if failure.retry_at is None else {**said, "retry_at_ms": failure.retry_at}


def _called(tool: Declared) -> Callable[..., Any]:
    async def read(**arguments: Any) -> Any:
        try:
            return to_jsonable_python(await call(tool, arguments))
        except ToolFailed as failed:
            raise TellFailure(json.dumps(told(failed.failure), ensure_ascii=False)) from failed

    return _looks_like(tool, read)


def _put_off(tool: Declared) -> Callable[..., Any]:
    async def write(**arguments: Any) -> Any:
        raise CallDeferred(metadata={FROZEN: tool.code.freeze((), arguments)})

    return _looks_like(tool, write)


def _looks_like(tool: Declared, function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function the name, the description and the parameters of a tool."""
    taken = tool.code.signature.data
    shown = [Parameter(one.name, Parameter.KEYWORD_ONLY, default=one.default, annotation=one.type) for one in taken]
    made: Any = function
    made.__name__ = made.__qualname__ = tool.name
    made.__doc__ = getdoc(tool.function)
    made.__annotations__ = {one.name: one.type for one in taken}
    made.__signature__ = Signature(shown)
    return function
