"""Workflows that this server has the code of."""

import json
from typing import Any

from podium.draw import mermaid
from podium.graph.nodes import GraphKind
from podium.server.requests import Fold
from podium.server.route import Asked, NoBody, NoQuery
from podium.server.service import Service
from podium.views.drawn import picture
from podium.views.picture import Picture
from podium.views.workflows import WorkflowList, WorkflowPage, WorkflowRow
from podium.workflow.binding import Compiled
from podium.workflow.sentence import sentence_input
from podium.workflow.workflow import Workflow

_KINDS = {GraphKind.MACHINE: "state machine", GraphKind.DAG: "DAG"}


async def workflows(service: Service, asked: Asked[NoQuery, NoBody]) -> WorkflowList:
    """List them."""
    del asked
    return WorkflowList(workflows=tuple(_row(service, workflow) for workflow in service.workflows()))


async def workflow(service: Service, asked: Asked[NoQuery, NoBody]) -> WorkflowPage:
    """Show one of them."""
    found = service.workflow(asked.path["name"])
    return WorkflowPage(workflow=_row(service, found), picture=picture(found.graph), mermaid=mermaid(found.graph, None))


async def workflow_picture(service: Service, asked: Asked[Fold, NoBody]) -> Picture:
    """Draw one of them."""
    return picture(service.workflow(asked.path["name"]).graph, fold=asked.query.fold)


def _row(service: Service, workflow: Compiled) -> WorkflowRow:
    return WorkflowRow(
        name=workflow.name,
        kind=_KINDS[workflow.graph.kind],
        graph_hash=workflow.hash,
        title=_title(workflow),
        target=service.settings.targets.get(workflow.name, ""),
        input_schema_text=json.dumps(_schema(workflow), ensure_ascii=False),
        asks_text=isinstance(workflow, Workflow) and sentence_input(workflow, "") is not None,
    )


def _schema(workflow: Compiled) -> dict[str, Any]:
    return workflow.asked.model.model_json_schema() if isinstance(workflow, Workflow) else {}


def _title(workflow: Compiled) -> str:
    """Return the first line of what its record's model says of itself."""
    text = workflow.asked.model.__doc__ if isinstance(workflow, Workflow) else ""
    return (text or "").strip().partition("\n")[0]
