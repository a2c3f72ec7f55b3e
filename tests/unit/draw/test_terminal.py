import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.path import item_path, step_path
from podium.draw.overlay import Status
from podium.draw.terminal import GLYPHS, StepRow, TreeLine, seconds, tree, ways_back
from podium.graph.nodes import Graph
from tests.unit.draw.examples import BRIEFING, DESK, HOSTILE, MIXED, TRAVEL, WRITING, graphs, quick

DONE, RUNNING = Status.DONE, Status.RUNNING


def row(path: str, status: Status = DONE, note: str = "", took_ms: int | None = None) -> StepRow:
    return StepRow(path=path, status=status, note=note, took_ms=took_ms)


def pictured(lines: tuple[TreeLine, ...]) -> list[str]:
    return [f"{line.stem}{line.glyph} {line.name} {line.note}".rstrip() for line in lines]


def test_machine_shows_where_it_was_and_what_must_follow() -> None:
    assert pictured(tree(TRAVEL, [row("flight"), row("hotel", Status.RETRYING, "attempt 2/4")])) == [
        "├── ✔ flight",
        "├── ↻ hotel attempt 2/4",
        "└── ○ car",
    ]


def test_machine_that_has_not_begun_shows_its_certain_way() -> None:
    assert pictured(tree(WRITING, [])) == ["├── ○ research", "├── ○ draft", "└── ○ review"]


def test_loop_is_one_line_with_its_count() -> None:
    rows = [row("research"), row("draft"), row("review"), row("draft#2"), row("review#2", RUNNING, "scoring")]
    assert pictured(tree(WRITING, rows)) == ["├── ✔ research", "├── ✔ draft ×2", "└── ⠋ review ×2 · scoring"]


def test_dag_shows_every_node() -> None:
    lines = tree(BRIEFING, [row("web"), row("papers", RUNNING)])
    assert [(line.name, line.status) for line in lines] == [
        ("web", DONE),
        ("papers", RUNNING),
        ("ranked", None),
        ("summaries", None),
        ("appendix", None),
        ("report", None),
    ]


def test_map_is_one_line_with_what_wants_attention() -> None:
    items = [row(f"summaries[{at}]", DONE if at % 3 else Status.FAILED, "HTTP 503") for at in range(15)]
    lines = tree(BRIEFING, [row("web"), row("papers"), row("ranked"), row("summaries", RUNNING), *items])
    assert pictured(lines)[3:7] == [
        "├── ⠋ summaries 10 done, 5 failed",
        "│   ├── ✖ [0] HTTP 503",
        "│   ├── ✖ [3] HTTP 503",
        "│   └── ✖ [6] HTTP 503",
    ]


def test_nested_workflow_hangs_below_its_node_and_shows_the_latest_visit() -> None:
    rows = [
        row("route"),
        row("booking", Status.FAILED),
        row("booking/flight", Status.UNDONE),
        row("ask"),
        row("route#2"),
        row("booking#2", RUNNING),
        row("booking#2/flight", RUNNING),
    ]
    assert pictured(tree(DESK, rows)) == [
        "├── ✔ route ×2",
        "├── ⠋ booking ×2",
        "│   ├── ⠋ flight",
        "│   ├── ○ hotel",
        "│   └── ○ car",
        "└── ✔ ask",
    ]


def test_map_of_workflows_stays_folded() -> None:
    rows = [row("trips"), row("booked", RUNNING), row("booked[0]", RUNNING), row("booked[0]/research", RUNNING)]
    assert [line.name for line in tree(MIXED, rows)] == ["trips", "booked", "invoice"]


@pytest.mark.parametrize("text", HOSTILE)
def test_notes_can_not_move_the_cursor(text: str) -> None:
    (line, *_) = tree(TRAVEL, [row("flight", note=text)])
    assert line.note.isprintable()
    assert len(line.note) <= 120


def test_status_is_a_sign_and_a_word() -> None:
    assert set(GLYPHS) == {None, *Status}
    lines = tree(TRAVEL, [row("flight", Status.PARKED)])
    assert [line.word for line in lines] == ["parked", "not reached", "not reached"]


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0.00s"),
        (460, "0.46s"),
        (999, "0.99s"),
        (4_100, "4.1s"),
        (59_999, "59.9s"),
        (200_000, "3m 20s"),
        (7_500_000, "2h 05m"),
    ],
)
def test_times_are_short(ms: int, said: str) -> None:
    assert seconds(ms) == said


@pytest.mark.slow
@quick
@given(graphs(depth=0), st.data())
def test_any_rows_make_a_tree(graph: Graph, data: st.DataObject) -> None:
    steps = st.builds(step_path, st.just(""), st.sampled_from(list(graph.nodes)), st.integers(1, 3))
    paths = st.one_of(steps, st.builds(item_path, steps, st.integers(0, 20)))
    rows = data.draw(st.lists(st.builds(row, paths, st.sampled_from(Status), st.text())))
    lines = tree(graph, rows)
    assert {line.name for line in lines if line.depth == 0} >= {
        r.path.partition("#")[0].partition("[")[0] for r in rows
    }
    assert all(line.stem.endswith(("├── ", "└── ")) and len(line.stem) == 4 * (line.depth + 1) for line in lines)


def test_way_back_is_told_in_order_with_sign_and_word() -> None:
    assert ways_back([("car", "hotel"), ("hotel", "flight"), ("in/y", "in/x")]) == (
        "↩ undone: car → hotel → flight",
        "↩ undone: in/y → in/x",
    )
    assert ways_back([]) == ()
