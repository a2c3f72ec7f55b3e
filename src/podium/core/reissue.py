"""Writes that a plan makes a second time under another name: refused, whoever made the plan.

A machine with plans remembers what was written in it, nested workflows and earlier plans included, by tool and
arguments. A step of a plan that asks for the same again, or for what is under way anywhere in the run, does not get it.
"""

from collections.abc import Iterator

from podium.core import events as ev
from podium.core.path import ROOT, parse
from podium.core.reasons import reissued
from podium.core.state import OPEN_WRITE, DoneWrite, RunState, Scope, Step, Write, WriteStatus
from podium.core.stimuli import WriteWanted


def known_of(state: RunState, step: Step, wanted: WriteWanted, at: int) -> ev.WriteBarred | None:
    """Return that a plan's write is refused, because the same is done or may happen; None where it may be made."""
    if step.undoes is not None or not state.scopes[step.scope].is_plan:
        return None
    known = _done_at(state, step, wanted) or _open_at(state, step, wanted)
    if known is None:
        return None
    failure = reissued(step.path, wanted.tool, *known)
    return ev.WriteBarred(at, step.path, wanted.tool, wanted.args, wanted.act, failure)


def note(state: RunState, step: Step, write: Write) -> None:
    """Remember a write that is done, or was given up in doubt, for the plans of the machines around it."""
    if write.status not in (WriteStatus.DONE, WriteStatus.DOUBT):
        return
    for scope in _around(state, step.scope):
        scope.wrote[_name(write.tool, write.args)] = step.path


def forget(state: RunState, record: DoneWrite) -> None:
    """Forget a write that was undone."""
    for scope in _around(state, parse(record.path).scope):
        if scope.wrote.get(_name(record.tool, record.args)) == record.path:
            del scope.wrote[_name(record.tool, record.args)]


def _around(state: RunState, path: str) -> Iterator[Scope]:
    """Return the machines with plans around a scope that are still there, the scope itself included."""
    while True:
        scope = state.scopes.get(path)
        if scope is not None and scope.graph.has_plans:
            yield scope
        if path == ROOT:
            return
        path = parse(path).scope


def _done_at(state: RunState, step: Step, wanted: WriteWanted) -> tuple[str, str] | None:
    machine = state.scopes[parse(step.scope).scope]
    path = machine.wrote.get(_name(wanted.tool, wanted.args))
    return None if path in (None, step.path) else (str(path), "done")


def _open_at(state: RunState, step: Step, wanted: WriteWanted) -> tuple[str, str] | None:
    for other in state.steps.values():
        write = other.write
        is_same = write is not None and (write.tool, write.args) == (wanted.tool, wanted.args)
        if is_same and write is not None and other.path != step.path and write.status in OPEN_WRITE:
            return other.path, "in doubt" if write.status is WriteStatus.DOUBT else "under way"
    return None


def _name(tool: str, args: str) -> str:
    return f"{tool}{args}"
