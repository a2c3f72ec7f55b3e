"""From chains of state values to the edges of a machine, and what can be wrong with them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from podium.graph.nodes import END as END_NAME
from podium.graph.nodes import Place
from podium.workflow.annotations import admits_none
from podium.workflow.definition import Labels, Part
from podium.workflow.faults import Faults, closest
from podium.workflow.state import Chain, End, Link, Start, State


@dataclass(slots=True)
class Edges:
    """What the chains of a machine say.

    Attributes:
        start: The first state; None where no chain says.
        next: State to what follows it in a chain.
        states: One value per state, the one with edges where there is one, in the author's order.
    """

    start: str | None = None
    next: dict[str, str] = field(default_factory=dict)
    states: list[State[Any, Any]] = field(default_factory=list)

    def value(self, name: str) -> State[Any, Any]:
        """Return the value of a state."""
        return next(state for state in self.states if state.name == name)


def read_chains(chains: Iterable[Chain[Any]], *, faults: Faults, where: Place | None) -> Edges:
    """Return the edges that chains make, and note where they contradict each other."""
    made = Edges()
    chains = tuple(chains)
    made.states = _states(chains, faults)
    for chain in chains:
        for before, after in zip(chain.links, chain.links[1:], strict=False):
            _link(made, before, after, chain=chain, faults=faults)
    if made.start is None:
        faults.add(
            "no-start",
            "no chain begins at START",
            suggestion="Begin one with START >> first_state.",
            where=chains[0].where if chains else where,
        )
    return made


def check_edges(edges: Edges, parts: Mapping[str, Part], *, faults: Faults) -> None:
    """Note labels that lead nowhere, targets for no label, and error edges that leave a question open."""
    for state in edges.states:
        part = parts[state.name]
        _check_labels(state, part.labels, has_next=state.name in edges.next, faults=faults)
        _check_undo(state, part, faults=faults)
        _check_shadowed(state, faults=faults)
    for name, places in _reached_without_failure(edges).items():
        failure = parts[name].failure
        if failure is not None and failure.is_required and not admits_none(failure.type):
            faults.add(
                "failure-not-there",
                f"state {name} takes a failure, and is also reached without one: from {', '.join(places)}",
                suggestion="Annotate it `failure: Failure | None`.",
                where=parts[name].node.where,
            )


def _states(chains: tuple[Chain[Any], ...], faults: Faults) -> list[State[Any, Any]]:
    """Return one value for each state that the chains or their targets name."""
    found: dict[str, State[Any, Any]] = {}
    todo = [link for chain in chains for link in chain.links if isinstance(link, State)]
    seen: set[int] = set()
    while todo:
        state = todo.pop(0)
        if id(state) in seen:
            continue
        seen.add(id(state))
        found[state.name] = _one_of(found.get(state.name), state, faults)
        todo.extend(_targets(state))
    return list(found.values())


def _targets(state: State[Any, Any]) -> Iterator[State[Any, Any]]:
    for target in [*(state.choices or {}).values(), *(edge.target for edge in state.edges)]:
        if isinstance(target, State):
            yield target


def _one_of(before: State[Any, Any] | None, now: State[Any, Any], faults: Faults) -> State[Any, Any]:
    """Return the value of a state that has edges; note two sets that differ, and two states of one name."""
    if before is None or before is now:
        return now
    if before.definition is not now.definition:
        faults.add(
            "same-name",
            f"two states are called {now.name!r}",
            suggestion=f"Rename one; the other is at {before.where}.",
            where=now.where,
        )
        return before
    if _edges_of(before) and _edges_of(now) and _edges_of(before) != _edges_of(now):
        faults.add(
            "two-edge-sets",
            f"state {now.name} is given edges in two places, and they differ",
            suggestion=f"Say all of them in one value, `{now.name} = {now.name}.choose(…).on_error(…)`, and use that"
            f" in every chain; the other is at {before.where}.",
            where=now.where,
        )
    return now if _edges_of(now) else before


def _edges_of(state: State[Any, Any]) -> tuple[Any, ...]:
    """Return something that is equal for equal edges, and empty for none."""
    if state.choices is None and not state.edges:
        return ()
    choices = None if state.choices is None else {label: _named(target) for label, target in state.choices.items()}
    return choices, [(edge.types, _named(edge.target), edge.undo) for edge in state.edges]


def _named(target: Link) -> str:
    return target.name if isinstance(target, State) else END_NAME


def _link(made: Edges, before: Link, after: Link, *, chain: Chain[Any], faults: Faults) -> None:
    name = _named(after)
    if isinstance(before, Start):
        if made.start not in (None, name):
            faults.add(
                "two-starts",
                f"START leads to {made.start!r} and to {name!r}",
                suggestion="Begin one chain at START; others begin at a state that is reached.",
                where=chain.where,
            )
        made.start = made.start or name
        return
    if isinstance(before, End):
        faults.add("after-end", f"{name!r} stands after END", suggestion="END is the last link.", where=chain.where)
        return
    known = made.next.setdefault(before.name, name)
    if known != name:
        faults.add(
            "two-nexts",
            f"state {before.name} is followed by {known!r} in one chain and by {name!r} in another",
            suggestion=f'Return a label and say where it leads: {before.name}.choose({{"…": {known}, "…": {name}}}).',
            where=chain.where,
        )


def _check_labels(state: State[Any, Any], labels: Labels, *, has_next: bool, faults: Faults) -> None:
    if not labels.is_known:
        return  # said already
    chosen = [str(label) for label in state.choices or {}]
    for label in chosen:
        if label not in labels.names:
            faults.add(
                "unknown-label",
                f"state {state.name} never returns {label!r}, which its choose names",
                suggestion=closest(label, labels.names)
                if labels.names
                else f'Annotate what it returns: `-> Literal["{label}", …]`.',
                where=state.where,
            )
    missing = [label for label in labels.names if label not in chosen]
    if missing:
        faults.add(
            "missing-label",
            f"state {state.name} may return {', '.join(map(repr, missing))}, and its choose does not say where"
            " that leads",
            suggestion=f'Add it: {state.name}.choose({{…, "{missing[0]}": some_state}}).',
            where=state.where,
        )
    if labels.names and has_next and not labels.admits_none:
        faults.add(
            "unused-next",
            f"state {state.name} always returns a label, so what follows it in the chain is never reached that way",
            suggestion="End the chain at its choose, and say where it leads there.",
            where=state.where,
        )


def _check_undo(state: State[Any, Any], part: Part, *, faults: Faults) -> None:
    writes = [tool.name for tool in part.tools if tool.policy.writes]
    for edge in state.edges:
        if writes and edge.undo is None:
            faults.add(
                "undo-not-said",
                f"state {state.name} can write ({writes[0]}), and its on_error does not say whether to undo",
                suggestion="Say undo=True (compensate what the run has written, then go on) or undo=False.",
                where=edge.where,
            )


def _check_shadowed(state: State[Any, Any], *, faults: Faults) -> None:
    before: tuple[type[BaseException], ...] = ()
    for edge in state.edges:
        lost = [kind.__name__ for kind in edge.types if issubclass(kind, before)]
        if lost:
            faults.add(
                "shadowed-error",
                f"state {state.name}: on_error({lost[0]}) is never met, because one before it catches the same",
                suggestion="Put the narrower one first.",
                where=edge.where,
            )
        before += edge.types


def _reached_without_failure(edges: Edges) -> dict[str, list[str]]:
    """Return the states that are entered otherwise than by an error edge, and from where."""
    found: dict[str, list[str]] = {}
    if edges.start not in (None, END_NAME):
        found.setdefault(str(edges.start), []).append("START")
    for state in edges.states:
        ways = [edges.next.get(state.name), *map(_named, (state.choices or {}).values())]
        for way in ways:
            if way not in (None, END_NAME):
                found.setdefault(str(way), []).append(state.name)
    return found
