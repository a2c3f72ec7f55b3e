"""What is checked of the tools that a workflow uses: one write per step, a way back from each write, honest shapes."""

from collections.abc import Iterable, Iterator, Mapping

from podium.graph.nodes import Graph, NodeKind, OnFailure
from podium.workflow.annotations import admits_none, is_wrong, type_text, without_none
from podium.workflow.definition import Part
from podium.workflow.fallbacks import check_fallback
from podium.workflow.faults import Faults
from podium.workflow.signature import FORWARD_KEY, Role
from podium.workflow.source import place_of
from podium.workflow.toolcode import Declared
from podium.workflow.toolnames import tools_named
from podium.workflow.undo import taken
from podium.workflow.workflow import WorkflowOptions


def tools_of(parts: Iterable[Part], options: WorkflowOptions, *, faults: Faults) -> dict[str, Declared]:
    """Return every tool that a workflow may call, by name: those that its steps name, and those that these name."""
    found: dict[str, Declared] = {}
    todo = [tool for part in parts for tool in part.tools] + list(options.get("tools", ()))
    while todo:
        tool = todo.pop(0)
        known = found.get(tool.name)
        if known is None:
            found[tool.name] = tool
            todo.extend(_beside(tool))
        elif known is not tool:
            faults.add(
                "same-name",
                f"two tools are called {tool.name!r}",
                suggestion=f"Rename one; the other is at {known.where}.",
                where=tool.where,
            )
    return found


def check_tools(graph: Graph, tools: Mapping[str, Declared], *, faults: Faults) -> None:
    """Note everything that is wrong with a workflow's tools."""
    _check_one_write(graph, faults=faults)
    _check_forward_key(graph, tools, faults=faults)
    for tool in tools.values():
        faults.extend(tool.code.faults)
        _check_inner(tool, faults=faults)
        _check_compensation(tool, faults=faults)
        _check_reconciler(tool, faults=faults)
        check_fallback(tool, faults=faults)
    if graph.on_failure is OnFailure.COMPENSATE:
        _check_way_back(tools, faults=faults)


def _beside(tool: Declared) -> Iterator[Declared]:
    yield from tools_named(tool.function)
    yield from tool.policy.fallback
    if tool.compensation is not None:
        yield tool.compensation


def _check_one_write(graph: Graph, *, faults: Faults) -> None:
    for node in graph.nodes.values():
        writes = [tool.name for tool in node.tools if tool.writes]
        if node.kind is NodeKind.STEP and len(writes) > 1 and not node.calls_one:
            faults.add(
                "two-writes",
                f"step {node.name} names {len(writes)} writes: {', '.join(writes)}; a step writes at most once",
                suggestion="Make a step of each; alternatives are choose or on_error, many of a kind are each=.",
                where=node.where,
            )


def _check_forward_key(graph: Graph, tools: Mapping[str, Declared], *, faults: Faults) -> None:
    called = {facts.name: node for node in graph.nodes.values() for facts in node.tools}
    for tool in tools.values():
        if tool.name in called and tool.code.signature.of_role(Role.FORWARD_KEY) is not None:
            faults.add(
                "no-forward-key",
                f"{tool.name} takes {FORWARD_KEY}, and step {called[tool.name].name} calls it: only a compensation that"
                " the engine runs undoes a write, and has its key",
                suggestion="Call another tool there, or let it take what it needs as an argument.",
                where=tool.where,
            )


def _check_inner(tool: Declared, *, faults: Faults) -> None:
    for inner in tools_named(tool.function):
        if inner.policy.writes and inner is not tool:
            kind = "write" if tool.policy.writes else "read"
            faults.add(
                "write-in-tool",
                f"the {kind} {tool.name} names the write {inner.name}; a write is called by a step",
                suggestion="Call both from steps, or make the inner one a plain function.",
                where=tool.where,
            )


def _check_compensation(tool: Declared, *, faults: Faults) -> None:
    undo = tool.compensation
    if undo is None:
        return
    if tool.policy.irreversible:
        faults.add(
            "irreversible-undone",
            f"{tool.name} is irreversible and has a compensation",
            suggestion="Drop one of the two.",
            where=undo.where,
        )
    known, result = undo.code.signature, tool.code.signature.returns
    required = [parameter for parameter in known.data if parameter.is_required]
    if len(required) > 1:
        faults.add(
            "compensation-takes",
            f"{undo.name}, which undoes {tool.name}, takes {', '.join(parameter.name for parameter in required)};"
            " it gets one value, the write's result",
            suggestion="Put what it needs into the result.",
            where=undo.where,
        )
    elif (takes := taken(known)) is not None and is_wrong(result, without_none(takes.type)):
        faults.add(
            "wrong-type",
            f"{undo.name} takes {type_text(takes.type)}, but {tool.name}, which it undoes, gives {type_text(result)}",
            suggestion="Let it take what the write gives.",
            where=undo.where,
        )


def _check_reconciler(tool: Declared, *, faults: Faults) -> None:
    asked, code = tool.reconciler, tool.code
    if asked is None or code.reconciler is None:
        return
    where = place_of(asked)
    own = {parameter.name for parameter in code.signature.data}
    for parameter in code.reconciler.signature.data:
        if parameter.is_required and parameter.name not in own:
            faults.add(
                "unknown-parameter",
                f"{asked.__name__} takes {parameter.name!r}, which is no argument of {tool.name}",
                suggestion="It may take the key, resources, and the write's own arguments by name.",
                where=where,
            )
    result, gives = code.signature.returns, code.reconciler.signature.returns
    if admits_none(result):
        faults.add(
            "none-is-no-answer",
            f"{tool.name} may give None, so {asked.__name__} can not say with None that it did not happen",
            suggestion="Let the write give something: a number, a record, True.",
            where=tool.where,
        )
    elif is_wrong(without_none(gives), result):
        faults.add(
            "wrong-type",
            f"{asked.__name__} gives {type_text(gives)}, but {tool.name}, which it asks about,"
            f" gives {type_text(result)}",
            suggestion=f"Annotate it `-> {type_text(result)} | None`.",
            where=where,
        )


def _check_way_back(tools: Mapping[str, Declared], *, faults: Faults) -> None:
    undoing = {id(tool.compensation) for tool in tools.values() if tool.compensation is not None}
    for tool in tools.values():
        if (
            tool.policy.writes
            and not tool.policy.irreversible
            and tool.compensation is None
            and id(tool) not in undoing
        ):
            faults.add(
                "no-way-back",
                f"the write {tool.name} has no compensation, in a workflow that undoes what it did when it fails",
                suggestion=f"Declare @{tool.name}.compensate, or irreversible=True, or on_failure=OnFailure.STOP.",
                where=tool.where,
            )
