"""The page of a run, as it begins."""

from collections.abc import Collection, Sequence

from podium.core.state import RunStatus, StepStatus
from podium.draw.overlay import Status
from podium.engine.ports import RunInfo
from podium.graph.nodes import Graph, NodeKind
from podium.views.drawn import picture
from podium.views.failures import failure_view
from podium.views.page import RunPage
from podium.views.rows import run_row
from podium.views.standing import StepLine
from podium.views.story import RunStory
from podium.views.tree_rows import asks
from podium.views.view import Value, object_text, value

_MOVES = (Status.PARKED, Status.RETRYING, Status.WAITING, Status.RUNNING)
_ENDS = (Status.PARKED, Status.FAILED, Status.UNDOING, Status.CANCELLED)
"""How the step stands that a page selects first: the most pressing, of those the last to begin."""
_HASH = "sha256:"


def run_page(
    info: RunInfo,
    story: RunStory,
    *,
    fold: Collection[str] = (),
    children: Sequence[str] = (),
    has_code: bool = True,
) -> RunPage:
    """Return the page of a run.

    Args:
        info: Its row.
        story: Its events, all taken in.
        fold: Places whose nested graphs are not drawn.
        children: Ids of runs that were forked from it, newest first.
        has_code: A process of this server can run it.
    """
    state, steps = story.state, story.steps()
    return RunPage(
        run=run_row(info),
        picture=picture(story.drawn, fold),
        standing=story.standing(),
        steps=steps,
        input=_input(info, story),
        output=value(info.output),
        failure=None if state.failure is None else failure_view(state.failure),
        opens_at=_opens_at(state.status, steps),
        children=tuple(children),
        can=tuple(_can(story, info, has_code=has_code)),
        signals=tuple(dict.fromkeys(_signals(story.drawn))),
        spent=tuple(story.spent),
        boards=tuple(sorted(state.boards)),
        has_code=has_code,
    )


def _input(info: RunInfo, story: RunStory) -> Value | None:
    """Return what the run was given: as recorded; of a copy, what the store keeps, which may be no more than a hash."""
    if story.given is not None:
        return value(object_text(story.given))
    return None if info.input.startswith(_HASH) else value(info.input)


def _opens_at(status: RunStatus, steps: Sequence[StepLine]) -> str:
    """Return the step that failed for the run, or that it stands at; a failure that was handled counts for nothing."""
    if status is RunStatus.COMPLETED:
        return ""
    pressing = _MOVES if status is RunStatus.OPEN else _ENDS
    return next((line.address for wanted in pressing for line in reversed(steps) if line.status is wanted), "")


def _can(story: RunStory, info: RunInfo, *, has_code: bool) -> list[str]:
    state, found = story.state, []
    steps = state.steps.values()
    if state.status is RunStatus.OPEN and not state.is_cancelled:
        found += ["cancel", "signal"] if _signals(story.drawn) else ["cancel"]
    if state.status in (RunStatus.FAILED, RunStatus.COMPENSATED):
        found.append("retry")
    if not info.status.is_terminal and info.owner is None and has_code:
        found.append("resume")
    if any(step.status is StepStatus.WAITING and asks(step) for step in steps):
        found.append("answer")
    if any(step.status is StepStatus.PARKED for step in steps):
        found.append("resolve")
    return [*found, "fork"] if story.seq else found


def _signals(graph: Graph) -> list[str]:
    """Return the names of the signals that steps of a graph, or of those inside it, wait for."""
    found: list[str] = []
    for node in graph.nodes.values():
        found += [node.signal] if node.kind is NodeKind.WAIT and node.signal else []
        found += _signals(node.child) if node.child is not None else []
    return found
