"""What a tool of an MCP server gave, as JSON. All of it was written by the server: it is data, whatever it says."""

from typing import Any

from mcp_types import CallToolResult, TextContent

from podium.agents.mcp_errors import McpToolError


def value_of(result: CallToolResult) -> Any:
    """Return what a tool gave: the JSON that it structured, else its text, else its blocks as they are.

    Raises:
        McpToolError: It answered with an error.
    """
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    if result.is_error:
        raise McpToolError("\n".join(texts) or "it gave no reason")
    if result.structured_content is not None:
        return result.structured_content
    if len(texts) == len(result.content):
        return "\n".join(texts)
    return [block.model_dump(mode="json", by_alias=True, exclude_none=True) for block in result.content]
