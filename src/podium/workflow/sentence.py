"""A run's input from a sentence, for workflows that take one text."""

import json
from typing import Any

from podium.workflow.workflow import Workflow


def sentence_input(workflow: Workflow[Any, Any], text: str) -> str | None:
    """Return the input as JSON where all that is said is one text; None where the workflow takes no single text."""
    if workflow.wanted is str:
        return json.dumps(text)
    fields = {name: info for name, info in workflow.asked.model.model_fields.items() if info.is_required()}
    takes = [name for name, info in fields.items() if info.annotation is str]
    return json.dumps({takes[0]: text}) if len(takes) == len(fields) == 1 else None
