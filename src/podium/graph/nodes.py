"""The nouns of a compiled workflow: what the core walks, the diagrams show and the store keeps.

Nothing here can call author code. Functions are found again through `Graph.nodes` names by the binding that the
author's workflow object holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

JsonSchema: TypeAlias = Mapping[str, Any]

START = "START"
END = "END"
"""Reserved names: where a machine begins, and the target that ends it."""

ITEM = "item"
"""Inside a map node, the source that stands for the current item of `each`."""
WHOLE = "*"
"""As a parameter of a nested workflow: the whole input model instead of one of its fields."""


class GraphKind(StrEnum):
    """How the nodes of a graph follow one another."""

    MACHINE = "machine"
    """One state at a time, along edges, over one shared typed record."""
    DAG = "dag"
    """Every node once, as soon as what it needs is there."""


class NodeKind(StrEnum):
    """What the engine has to do for a node."""

    STEP = "step"
    """Run the author's function."""
    TOOL = "tool"
    """Call one tool: a step whose whole body is that call."""
    HUMAN = "human"
    """Ask a person, then run the author's function with the answer."""
    SLEEP = "sleep"
    """Wait for a time."""
    WAIT = "wait"
    """Wait for a signal."""
    WORKFLOW = "workflow"
    """Run a graph inside this one."""
    PLAN = "plan"
    """Run a graph inside this one that comes with the data: a DAG of calls of the node's tools."""


class OnFailure(StrEnum):
    """What the final failure of a run leads to."""

    STOP = "stop"
    COMPENSATE = "compensate"


class OnItemError(StrEnum):
    """What the final failure of one item of a map leads to."""

    FAIL = "fail"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an author wrote something; shown in faults, never part of the hash."""

    file: str
    line: int

    def __str__(self) -> str:
        """`file:line`, which terminals and editors make a link of."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFacts:
    """What the core and the diagrams know of a tool.

    Attributes:
        name: Its name, unique in the workflow.
        writes: False for a read.
        compensable: It has a compensation.
        irreversible: Its author said that it can not be undone.
        asks: It may ask a person before it acts (`approve=`).
        limits: Its guards in words; not part of the hash.
        fallback: The tools that are called in its place when it fails, in order; not part of the hash.
    """

    name: str
    writes: bool
    compensable: bool = False
    irreversible: bool = False
    asks: bool = False
    limits: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One `on_error` edge of a state; the first whose `types` meet the failure's wins.

    Attributes:
        types: Stored names of exception classes (see `failure.type_name`).
        target: The state that takes over, or END.
        undo: Whether what the machine has written so far, nested workflows included, is undone before the target runs.
        definite: Whether it is taken only for what another way may mend (`core.plans.is_definite`).
    """

    types: tuple[str, ...]
    target: str
    undo: bool = False
    definite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a DAG node takes.

    Attributes:
        parameter: The name under which the function (or the callee's input) gets it; WHOLE for the whole input.
        source: A node, a field of the input model, or ITEM in a map node.
        admits_none: The parameter's type admits None, so a skipped source does not skip this node.
        by_condition: It is not given to the function: `when=` looks at it, or it is only waited for.
        field: In a plan: this field of what the source gives; "" for all of it.
    """

    parameter: str
    source: str
    admits_none: bool = False
    by_condition: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One state of a machine, or one node of a DAG.

    Attributes:
        name: Unique in its graph; an identifier.
        kind: What the engine does for it.
        where: Where the author wrote it.
        title: First line of the docstring, for people.
        tools: The tools its code names, `kind` TOOL included; PLAN: those that a plan may call.
        boards: The boards that its code names.
        calls_one: Which of its tools is called is found out at run time, so it may name several writes.
        next: Machine: the state after this one when no label is returned; None where `choices` decides.
        choices: Machine: label to target.
        handlers: Machine: `on_error`, in order.
        needs: DAG: what it waits for.
        each: DAG: the source whose list is mapped over, one item a step; None for a plain node.
        concurrency: DAG: how many items at once; None for no limit.
        on_item_error: DAG: see `OnItemError`.
        has_condition: DAG: `when=` is asked first.
        duration_ms: SLEEP: how long.
        timeout_ms: HUMAN and WAIT: how long at most; None for ever.
        default_answer: HUMAN: the answer (JSON text) at the timeout; None makes the timeout a failure.
        signal: WAIT: the signal's name.
        answer_schema: HUMAN and WAIT: JSON schema of the answer or payload.
        child: WORKFLOW: the graph inside.
        take: TOOL and WORKFLOW in a machine: the callee's parameter (or WHOLE) to our field; a DAG uses `needs`.
        give: TOOL, WAIT, WORKFLOW in a machine: the field that receives the result.
        takes_failure: Machine: the function wants the `failure` that an error edge caught.
        limits: Policies in words, for diagrams ("retry 3", "timeout 20 s"); not part of the hash.
        act: In a plan: the act (`once_by=`) that its write takes over from the one that it replaces; "" for its own.
    """

    name: str
    kind: NodeKind
    where: Place | None = None
    title: str = ""
    tools: tuple[ToolFacts, ...] = ()
    boards: tuple[str, ...] = ()
    calls_one: bool = False
    next: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    handlers: tuple[Handler, ...] = ()
    needs: tuple[Need, ...] = ()
    each: str | None = None
    concurrency: int | None = None
    on_item_error: OnItemError = OnItemError.FAIL
    has_condition: bool = False
    duration_ms: int | None = None
    timeout_ms: int | None = None
    default_answer: str | None = None
    signal: str | None = None
    answer_schema: JsonSchema = field(default_factory=dict)
    child: "Graph | None" = None
    take: Mapping[str, str] = field(default_factory=dict)
    give: str | None = None
    takes_failure: bool = False
    limits: tuple[str, ...] = ()
    act: str = ""

    def targets(self) -> tuple[str, ...]:
        """Return every state that may follow this one, in the author's order, without repeats."""
        ways = (() if self.next is None else (self.next,)) + tuple(self.choices.values())
        return tuple(dict.fromkeys(ways + tuple(handler.target for handler in self.handlers)))

    def sources(self) -> tuple[str, ...]:
        """Return the nodes and input fields that a DAG node waits for, each once."""
        wanted = (() if self.each is None else (self.each,)) + tuple(need.source for need in self.needs)
        return tuple(source for source in dict.fromkeys(wanted) if self.each is None or source != ITEM)


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A compiled workflow.

    Attributes:
        name: The workflow's name.
        kind: Machine or DAG.
        nodes: By name, in the author's order.
        fields: The record of a machine, or the input of a DAG: field name to JSON schema.
        start: Machine: the first state.
        gives: DAG: the node whose output is the run's result. Machine: the field that is; None for the whole record.
        output_schema: JSON schema of the result.
        max_visits: Machine: how often one state may be entered in a run.
        deadline_ms: How long a run may take in all; None for no limit. Counts at the root only.
        on_failure: What a final failure leads to. Counts at the root only.
    """

    name: str
    kind: GraphKind
    nodes: Mapping[str, Node]
    fields: Mapping[str, JsonSchema]
    start: str | None = None
    gives: str | None = None
    output_schema: JsonSchema = field(default_factory=dict)
    max_visits: int = 1000
    deadline_ms: int | None = None
    on_failure: OnFailure = OnFailure.STOP

    @cached_property
    def dependents(self) -> Mapping[str, tuple[str, ...]]:
        """Nodes that need a node, by the node needed; each once, in the author's order."""
        found: dict[str, list[str]] = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for source in node.sources():
                if source in found:
                    found[source].append(node.name)
        return {name: tuple(names) for name, names in found.items()}

    @cached_property
    def has_plans(self) -> bool:
        """Claims that graphs that come with the data run in it."""
        return any(node.kind is NodeKind.PLAN for node in self.nodes.values())

    @cached_property
    def waits_for(self) -> Mapping[str, int]:
        """How many other nodes each node waits for."""
        return {node.name: sum(source in self.nodes for source in node.sources()) for node in self.nodes.values()}
