"""`podium check`: is a workflow right, as far as can be seen without running it?"""

from dataclasses import dataclass

from podium.cli.forms import TargetName
from podium.cli.say import tell
from podium.cli.target import Target, load_all
from podium.cli.verb import Verb
from podium.draw.words import KIND_WORDS
from podium.errors import DefinitionError, DefinitionErrors
from podium.graph.nodes import Graph, OnFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Check a workflow without running it.

    Prints "ok" and what was found, or every fault with its place and what to do about it (exit code 1).
    """

    target: TargetName


def _check(asked: Check) -> int:
    try:
        found = load_all(asked.target)
    except DefinitionErrors as faults:
        tell(faults.message)
        for fault in faults.exceptions:
            tell(f"  {fault}")
        return 1
    except DefinitionError as fault:
        tell(str(fault))
        return 1
    for target in found:
        tell(_summary(target))
    return 0


def _summary(target: Target) -> str:
    graph, tools = target.workflow.graph, target.workflow.tools
    writes = sum(tool.code.writes for tool in tools.values())
    inside = _nodes(graph) - len(graph.nodes)
    parts = [
        f"{KIND_WORDS[graph.kind]} of {len(graph.nodes)}" + (f" and {inside} nested" if inside else ""),
        f"{len(tools)} tool{'' if len(tools) == 1 else 's'}, {writes} of them writing",
        "undoes its writes on failure" if graph.on_failure is OnFailure.COMPENSATE else "stops on failure",
        f"graph {target.workflow.hash}",
    ]
    return f"ok {graph.name}: {' · '.join(parts)}"


def _nodes(graph: Graph) -> int:
    return sum(1 + (_nodes(node.child) if node.child is not None else 0) for node in graph.nodes.values())


VERB = Verb(Check, _check, ("podium check app.py", "podium check app:travel"))
