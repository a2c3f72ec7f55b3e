"""`podium runs ls`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.database import engine, existing
from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.say import tell
from podium.cli.table import print_table, when
from podium.cli.verb import Verb
from podium.engine.ports import RunFilter, RunInfo, Status
from podium.views.legible import json_text
from podium.views.lines import run_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Ls:
    """List runs, newest first."""

    status: Annotated[list[Status] | None, typer.Option("--status", "-s", help="Only these; may be repeated.")] = None
    workflow: Annotated[str | None, typer.Option("--workflow", "-w", metavar="NAME", help="Only of this one.")] = None
    tenant: Annotated[str | None, typer.Option("--tenant", metavar="NAME", help="Only of this tenant.")] = None
    text: Annotated[
        str | None, typer.Option("--text", "-t", metavar="TEXT", help="Only with this in id, workflow, input or error.")
    ] = None
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50
    as_json: AsJson = False
    db: Db = DEFAULT_DB


async def _ls(asked: Ls) -> int:
    which = RunFilter(
        statuses=tuple(asked.status or ()),
        workflow=asked.workflow,
        tenant=asked.tenant,
        text=asked.text,
        limit=asked.limit,
    )
    async with engine(existing(asked.db)) as opened:
        found = await opened.runs(which)
    if asked.as_json:
        tell(json_text([run_json(info) for info in found], indent=2))
    elif found:
        has_tenants = any(info.tenant for info in found)
        heads = ("RUN", *(["TENANT"] if has_tenants else []), "WORKFLOW", "STATUS", "STARTED", "CHANGED", "")
        print_table(heads, [_row(info, has_tenants=has_tenants) for info in found])
    else:
        tell("no runs")
    return 0


def _row(info: RunInfo, *, has_tenants: bool) -> tuple[str, ...]:
    whose = [info.tenant] if has_tenants else []
    return info.id, *whose, info.workflow, info.status, when(info.created_at), when(info.updated_at), info.error or ""


VERB = Verb(Ls, _ls, ("podium runs ls --status failed --status parked", "podium runs ls --workflow travel --json"))
