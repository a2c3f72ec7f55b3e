"""What an MCP server offered when its author's project last asked: a JSON file, checked in beside the workflows.

A workflow needs its tools when it is imported, where no server may be asked. And what the model is told of a tool are
the words that somebody has read, not those that a server says today.
"""

import json
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from podium.agents.mcp_errors import BadManifestError


class ListedTool(BaseModel):
    """A tool as its server lists it.

    Attributes:
        name: The server's own.
        description: Written by the server.
        input: JSON schema of the arguments.
        output: JSON schema of the structured result; None where none is promised.
        hints: What the server says of it (`readOnlyHint` and the like), for people. Nothing here believes it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str = ""
    input: dict[str, Any] = Field(default_factory=dict)
    output: dict[str, Any] | None = None
    hints: dict[str, Any] = Field(default_factory=dict)

    def differs_from(self, other: "ListedTool | None") -> str:
        """Return how the tool is not the same as it is now, as the end of a sentence; "" where it is."""
        if other is None:
            return "is not there any more"
        if self.input != other.input:
            return "takes other arguments now"
        return "gives something else now" if self.output != other.output else ""


class Manifest(BaseModel):
    """A server and its tools.

    Attributes:
        name: What the server is called here; the tools' names begin with it.
        command: How it is started; None where it is reached by its URL.
        url: Where it is; None where it is started.
        tools: In the order of their names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")
    command: tuple[str, ...] | None = None
    url: str | None = None
    tools: tuple[ListedTool, ...] = ()

    @model_validator(mode="after")
    def _has_one_place(self) -> "Manifest":
        if (self.command is None) == (self.url is None):
            message = "it needs a command or a url, and not both"
            raise ValueError(message)
        if self.command == ():
            message = "its command is empty"
            raise ValueError(message)
        if self.url is not None and "@" in urlsplit(self.url).netloc:
            message = "its url holds a password; give that with McpServer(…, headers=…)"
            raise ValueError(message)
        return self

    def text(self) -> str:
        """Return it as the file has it: indented, sorted."""
        dumped = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(dumped, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_manifest(file: Path) -> Manifest:
    """Return what a file says.

    Raises:
        BadManifestError: It can not be read, or is no manifest.
    """
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadManifestError(str(file), why=error.strerror) from error
    except ValidationError as error:
        raise BadManifestError(str(file), why=error.errors(include_url=False)[0]["msg"]) from error


def difference(before: Manifest, after: Manifest) -> Iterator[str]:
    """Give the lines of a unified diff; none where nothing changed."""
    yield from unified_diff(_lines(before), _lines(after), "before", "now", lineterm="", n=2)


def _lines(manifest: Manifest) -> Sequence[str]:
    return manifest.text().splitlines()
