"""`podium graph`: a workflow as a picture, with a run laid over it if asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.database import engine, existing
from podium.cli.follow import story_in
from podium.cli.forms import DEFAULT_DB, Db, TargetName
from podium.cli.say import note, tell
from podium.cli.target import load
from podium.cli.verb import Verb
from podium.draw import Overlay, dot, mermaid, svg, with_plans
from podium.draw.png import png
from podium.errors import BadTargetError
from podium.graph.nodes import Graph as GraphData
from podium.views.story import RunStory


class Format(StrEnum):
    """What a picture is written as."""

    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"
    PNG = "png"


_DRAW: Mapping[Format, Callable[[GraphData, Overlay | None], str | bytes]] = {
    Format.MERMAID: mermaid,
    Format.DOT: dot,
    Format.SVG: svg,
    Format.PNG: png,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Draw a workflow as Mermaid, DOT, SVG or PNG, as it will run; with --run, as that run stands."""

    target: TargetName
    format: Annotated[
        Format | None, typer.Option("--format", "-f", help="mermaid, or what the file's name ends in, when left out.")
    ] = None
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
    ] = None
    run: Annotated[str | None, typer.Option("--run", metavar="RUN", help="Lay this run over the picture.")] = None
    db: Db = DEFAULT_DB


async def _graph(asked: Graph) -> int:
    target = load(asked.target)
    graph, overlay = target.workflow.graph, None
    if asked.run is not None:
        story = await _story(asked.db, asked.run, target.workflow.name)
        graph, overlay = with_plans(graph, story.plans), story.overlay()
    drawn = _DRAW[_format(asked)](graph, overlay)
    if asked.output is None:
        tell(_as_text(drawn).removesuffix("\n"))
        return 0
    try:
        asked.output.write_bytes(drawn if isinstance(drawn, bytes) else drawn.encode())
    except OSError as error:
        message = f"{asked.output} can not be written: {error}"
        raise BadTargetError(message) from error
    note(f"wrote {asked.output}")
    return 0


def _as_text(drawn: str | bytes) -> str:
    if isinstance(drawn, bytes):
        message = "a PNG is no text for a terminal: say where to write it, -o FILE.png"
        raise BadTargetError(message)
    return drawn


def _format(asked: Graph) -> Format:
    if asked.format is not None or asked.output is None:
        return asked.format or Format.MERMAID
    endings = {".svg": Format.SVG, ".dot": Format.DOT, ".gv": Format.DOT, ".png": Format.PNG}
    return endings.get(asked.output.suffix.lower(), Format.MERMAID)


async def _story(db: str, run_id: str, workflow: str) -> RunStory:
    async with engine(existing(db)) as opened:
        info = await opened.info(run_id)
        if info.workflow != workflow:
            message = f"run {run_id} is of {info.workflow}, not of {workflow}"
            raise BadTargetError(message)
        return await story_in(opened, run_id, events=True)


VERB = Verb(Graph, _graph, ("podium graph app.py", "podium graph app.py -o travel.svg --run order-17"))
