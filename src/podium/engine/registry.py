"""The workflows whose code this process has, by the hash of their graph."""

from collections.abc import Collection, Iterable

from podium.errors import UnknownWorkflowError
from podium.graph.encode import graph_to_json
from podium.workflow.binding import Compiled
from podium.workflow.faults import Faults
from podium.workflow.guardchecks import check_shared


class Registry:
    """Workflows by hash and by name."""

    def __init__(self, workflows: Iterable[Compiled] = ()) -> None:
        self._by_hash: dict[str, Compiled] = {}
        self._json: dict[str, str] = {}
        for workflow in workflows:
            self.add(workflow)

    def add(self, workflow: Compiled) -> bool:
        """Register a workflow; say whether it is new here.

        Raises:
            DefinitionErrors: It gives a guard another policy than a workflow that is here does. It is not registered.
        """
        is_new = workflow.hash not in self._by_hash
        if is_new:
            self._check_guards(workflow)
        self._by_hash[workflow.hash] = workflow
        return is_new

    def _check_guards(self, workflow: Compiled) -> None:
        faults = Faults()
        known = [said for one in (*self.workflows(), workflow) for said in one.said]
        check_shared(known, faults=faults)
        faults.raise_all(f"workflow {workflow.name!r} beside the others of this engine")

    def json_of(self, workflow: Compiled) -> str:
        """Return the workflow's graph as JSON text; made once."""
        text = self._json.get(workflow.hash)
        if text is None:
            text = self._json[workflow.hash] = graph_to_json(workflow.graph)
        return text

    def workflows(self) -> Collection[Compiled]:
        """Return all of them."""
        return self._by_hash.values()

    def hashes(self) -> Collection[str]:
        """Return the hashes of the graphs that can be run here."""
        return self._by_hash.keys()

    def find(self, graph_hash: str) -> Compiled | None:
        """Return the workflow of that graph; None where its code is not here."""
        return self._by_hash.get(graph_hash)

    def get(self, graph_hash: str, *, name: str) -> Compiled:
        """Return the workflow of that graph.

        Raises:
            UnknownWorkflowError: Its code is not here, or has another structure now.
        """
        found = self._by_hash.get(graph_hash)
        if found is not None:
            return found
        names = sorted({workflow.name for workflow in self._by_hash.values()})
        if name in names:
            message = (
                f"the workflow {name!r} has another structure here than the run was started with ({graph_hash});"
                " run it with the code it was started with, or fork it"
            )
        else:
            message = f"the workflow {name!r} is not known here (known: {', '.join(names) or 'none'})"
        raise UnknownWorkflowError(message)
