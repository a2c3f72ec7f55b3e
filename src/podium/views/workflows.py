"""Workflows that a server knows."""

from podium.views.picture import Picture
from podium.views.view import View


class WorkflowRow(View):
    """A workflow: its name, what it is (`state machine`, `DAG`), its graph's hash, its first line, what it takes.

    `asks_text`: it may be started with a sentence.
    """

    name: str
    kind: str
    graph_hash: str
    title: str = ""
    target: str = ""
    input_schema_text: str = "{}"
    asks_text: bool = False


class WorkflowList(View):
    """All of them, by name."""

    workflows: tuple[WorkflowRow, ...]


class WorkflowPage(View):
    """One of them, drawn."""

    workflow: WorkflowRow
    picture: Picture
    mermaid: str = ""
