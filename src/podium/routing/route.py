"""`Route`: a workflow that sentences can be sent to, and how a sentence becomes its input."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from podium.graph.nodes import Place
from podium.routing.intent.types import RouteSpec
from podium.workflow.faults import fault_now
from podium.workflow.source import place_of_caller
from podium.workflow.toolcode import Declared
from podium.workflow.workflow import Workflow

Reader: TypeAlias = Callable[[str], Any] | Declared | Workflow[Any, Any]
"""Makes the input of a workflow of what was said: a function or a read tool `str -> Trip | None`, or a workflow that
takes a text and gives a `Trip | None`."""


class Route:
    """A way that an intent router may take.

    Attributes:
        name: The workflow's.
        state: Its name as a state of the router.
        where: Where it is written.

    Args:
        workflow: What sentences for this route start; it becomes a part of the router's run.
        description: What it does, in the words that users would use.
        examples: Sentences that belong here. Three and more are much better than none.
        read: Makes its input of what was said; None where something is missing, and the person is asked for it. To be
            left out only where the workflow takes a text and nothing else, as a router does.
    """

    def __init__(
        self,
        workflow: Workflow[Any, Any],
        description: str = "",
        *,
        examples: Sequence[str] = (),
        read: Reader | None = None,
    ) -> None:
        self.where: Place | None = place_of_caller()
        if not isinstance(workflow, Workflow):
            raise fault_now(
                "not-a-workflow",
                f"a route leads to a workflow, not to {workflow!r}",
                suggestion="Give it a StateMachine, a Dag, or another IntentRouter.",
                where=self.where,
            )
        self.workflow = workflow
        self.description = description
        self.examples = examples
        self.read = read
        self.name = workflow.name
        self.state = self.name.replace("-", "_")

    @property
    def spec(self) -> RouteSpec:
        """What deciding needs to know of it."""
        return RouteSpec(self.name, self.description, tuple(self.examples))

    def __repr__(self) -> str:
        return f"<route {self.name}>"


def text_field(workflow: Workflow[Any, Any]) -> str | None:
    """Return the field in which a workflow takes a text: its one required field, or its only one; None without one."""
    fields = workflow.input.model.model_fields
    required = [name for name, info in fields.items() if info.is_required()] or list(fields)
    if len(required) != 1 or fields[required[0]].annotation is not str:
        return None
    return required[0]


def takes_sentence(workflow: Workflow[Any, Any]) -> bool:
    """Claim that a text is all that a workflow can be given, so that no sentence is taken for a city."""
    has_one_field = len(workflow.input.model.model_fields) == 1
    return text_field(workflow) is not None and (has_one_field or getattr(workflow, "takes_text", False))
