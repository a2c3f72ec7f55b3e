"""`podium mcp`: what an MCP server offers, as a file to check in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podium.cli.say import tell
from podium.cli.verb import Verb
from podium.errors import AskError

if TYPE_CHECKING:
    from podium.agents.mcp_manifest import Manifest

_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mcp:
    """Ask an MCP server what it offers, and write that as the manifest that `McpServer("FILE")` reads.

    Where there is a manifest already, what changed is shown. Read it before you check it in: models are told its words.
    """

    file: Annotated[Path, typer.Argument(metavar="FILE", help="The manifest, as files.mcp.json.")]
    at: Annotated[
        list[str] | None,
        typer.Argument(metavar="AT", help="The server's URL, or -- and its command; left out, as in the manifest."),
    ] = None
    env: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="For a server that is started.")] = None
    header: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="For a server at a URL.")] = None


async def _mcp(asked: Mcp) -> int:
    try:
        from podium.agents.mcp import discover  # noqa: PLC0415  # door: the extra
        from podium.agents.mcp_errors import McpUnreachable  # noqa: PLC0415  # door: the extra
        from podium.agents.mcp_manifest import difference, read_manifest  # noqa: PLC0415  # door: the extra
    except ModuleNotFoundError as error:
        raise AskError(str(error)) from error
    before = read_manifest(asked.file) if asked.file.exists() else None
    name = before.name if before else _NOT_IN_A_NAME.sub("_", asked.file.name.partition(".")[0])
    try:
        now = await discover(name, _at(asked, before), env=_pairs(asked.env), headers=_pairs(asked.header))
    except McpUnreachable as error:
        message = f"the server does not answer: {error}"
        raise AskError(message) from error
    asked.file.write_text(now.text(), "utf-8")
    for line in difference(before, now) if before else ():
        tell(line)
    changed = "as before" if before == now else "changed" if before else "new"
    tell(f"{asked.file}: {len(now.tools)} tools, {changed}")
    return 0


def _at(asked: Mcp, before: "Manifest | None") -> str | Sequence[str]:
    if not asked.at:
        if before is None:
            message = f"{asked.file} is not there yet; say where the server is: its URL, or -- and its command"
            raise AskError(message)
        return before.url or before.command or ()
    is_url = len(asked.at) == 1 and asked.at[0].startswith(("http://", "https://"))
    return asked.at[0] if is_url else tuple(asked.at)


def _pairs(given: Iterable[str] | None) -> dict[str, str]:
    pairs = [text.partition("=") for text in given or ()]
    for name, sign, _ in pairs:
        if not sign:
            message = f"{name!r} is not NAME=VALUE"
            raise AskError(message)
    return {name: value for name, _, value in pairs}


VERB = Verb(
    Mcp,
    _mcp,
    (
        "podium mcp files.mcp.json -- npx -y @modelcontextprotocol/server-filesystem .",
        "podium mcp desk.mcp.json https://example.com/mcp --header 'Authorization=Bearer …'",
        "podium mcp files.mcp.json",
    ),
)
