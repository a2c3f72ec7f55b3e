"""A run along time: what its bars say is what the journal says, and the chain that decided adds up."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.events import Event
from podium.graph.nodes import END, Graph, NodeKind
from podium.views.lives import lives_of
from podium.views.timeline import Bar, Span, Timeline
from podium.views.timelines import critical, timeline
from tests.golden import journal
from tests.unit.core.builders import COMPENSATE, caught_by, dag, machine, mapped, node, state
from tests.unit.core.shell import Shell
from tests.unit.views.clocked import PACES, SHAPES, THROWS, played


def drawn(shell: Shell, now_ms: int = 0) -> Timeline:
    return timeline(shell.state.graph, shell.journal, now_ms)


def parts(bar: Bar) -> list[tuple[str, int, int | None]]:
    return [(str(part.span), part.began_at, part.ended_at) for part in bar.parts]


def of(told: Timeline, address: str) -> list[list[tuple[str, int, int | None]]]:
    return [parts(bar) for bar in told.bars if bar.address == address]


def check_laws(graph: Graph, events: list[Event], now_ms: int) -> None:
    told = timeline(graph, events, now_ms)
    began = [bar.parts[0].began_at for bar in told.bars]
    assert began == sorted(began)
    for bar in told.bars:
        for part, after in pairwise(bar.parts):
            assert part.ended_at == after.began_at
            assert part.span is not after.span
        assert all(part.ended_at is None or part.began_at <= part.ended_at for part in bar.parts)
        assert all(part.ended_at is not None for part in bar.parts[:-1])
    by_step: dict[str, list[Bar]] = {}
    for bar in told.bars:
        by_step.setdefault(bar.address, []).append(bar)
    for bars in by_step.values():
        for bar, later in pairwise(bars):
            ended = bar.parts[-1].ended_at
            assert ended is not None
            assert ended <= later.parts[0].began_at
    check_chain(graph, events, told)


def check_chain(graph: Graph, events: list[Event], told: Timeline) -> None:
    chain = critical(lives_of(graph, events))
    if told.ended_at is None:
        assert (chain, told.critical) == ([], ())
        return
    times = [told.began_at, *(stretch.ended_at for stretch in chain)]
    assert [stretch.began_at for stretch in chain] == times[:-1]
    assert times == sorted(times)
    assert times[-1] == told.ended_at
    assert sum(end - begin for _, begin, end in chain) == told.ended_at - told.began_at
    assert told.critical_ms <= told.ended_at - told.began_at
    assert set(told.critical) == {bar.address for bar in told.bars if bar.is_critical}


@given(shape=SHAPES, throws=THROWS, paces=PACES, share=st.integers(1, 100))
def test_parts_of_bars_leave_no_gap_and_the_critical_chain_adds_up_to_the_wall(
    shape: bytes, throws: bytes, paces: list[int], share: int
) -> None:
    player = played(shape, throws, paces)
    check_laws(player.state.graph, player.journal, player.now_ms)
    check_laws(player.state.graph, player.journal[: max(1, len(player.journal) * share // 100)], player.now_ms)


@given(shape=SHAPES, throws=st.binary(min_size=500, max_size=700), paces=PACES)
def test_that_holds_where_writes_are_undone(shape: bytes, throws: bytes, paces: list[int]) -> None:
    player = played(shape, throws, paces, saga=True)
    check_laws(player.state.graph, player.journal, player.now_ms)


@pytest.mark.parametrize("name", journal.names())
def test_that_holds_for_every_journal_that_is_kept(name: str) -> None:
    kept = journal.read(name)
    for upto in range(1, len(kept.events()) + 1):
        check_laws(kept.graph, kept.events()[:upto], 10_000)


def test_in_a_dag_the_node_that_came_last_decides() -> None:
    shell = Shell(dag(node("fast"), node("slow"), node("end", "fast", "slow")))
    shell.start()
    shell.now_ms = 1_100
    shell.done("fast", output="1")
    shell.now_ms = 1_700
    shell.done("slow", output="1")
    shell.now_ms = 1_900
    shell.done("end", output="1")
    told = drawn(shell)
    assert told.critical == ("slow", "end")
    assert told.critical_ms == 900
    assert [(bar.address, bar.is_critical) for bar in told.bars] == [("fast", False), ("slow", True), ("end", True)]


def test_items_of_a_map_wait_for_room_and_the_one_that_made_room_decides() -> None:
    shell = Shell(dag(mapped("m", "list", concurrency=2)))
    shell.start(list="[1,2,3]")
    shell.now_ms = 1_300
    shell.done("m[1]", output="1")
    shell.now_ms = 1_400
    shell.done("m[0]", output="1")
    shell.now_ms = 2_000
    shell.done("m[2]", output="1")
    told = drawn(shell)
    assert of(told, "m[2]") == [[("queued", 1_000, 1_300), ("running", 1_300, 2_000)]]
    assert of(told, "m[0]") == [[("running", 1_000, 1_400)]]
    assert told.critical == ("m", "m[1]", "m[2]")
    assert told.critical_ms == 1_000


def test_attempts_are_bars_of_their_own_and_a_retry_that_nobody_saw_to_is_queued() -> None:
    shell = Shell(machine(state("a")))
    shell.start()
    shell.now_ms = 1_200
    shell.fail("a", retry_at=1_500)
    shell.time("a", at=1_800)
    shell.now_ms = 2_000
    shell.done("a")
    told = drawn(shell)
    assert [(bar.attempt, str(bar.status), parts(bar)) for bar in told.bars] == [
        (1, "failed", [("running", 1_000, 1_200), ("backing_off", 1_200, 1_500)]),
        (2, "done", [("queued", 1_500, 1_800), ("running", 1_800, 2_000)]),
    ]
    assert told.critical == ("a",)
    assert told.critical_ms == 400


def test_wait_is_told_from_the_time_in_which_nobody_noticed_that_it_was_over() -> None:
    shell = Shell(machine(state("nap", "a", kind=NodeKind.SLEEP, duration_ms=5_000), state("a")))
    shell.start()
    assert of(drawn(shell, now_ms=4_000), "nap") == [[("waiting", 1_000, None)]]
    assert of(drawn(shell, now_ms=9_000), "nap") == [[("waiting", 1_000, 6_000), ("queued", 6_000, None)]]
    shell.time("nap", at=7_000)
    told = drawn(shell)
    assert of(told, "nap") == [[("waiting", 1_000, 6_000), ("queued", 6_000, 7_000)]]


def test_what_holds_others_is_as_they_are_and_decides_only_for_its_own_time() -> None:
    inner = machine(state("x", "y"), state("y"), name="inner")
    shell = Shell(machine(state("in", "z", kind=NodeKind.WORKFLOW, child=inner), state("z")))
    shell.start()
    shell.now_ms = 1_010
    shell.open("in")
    shell.now_ms = 1_200
    shell.fail("in/x", retry_at=3_200)
    shell.time("in/x", at=3_200)
    shell.done("in/x")
    shell.now_ms = 3_300
    shell.done("in/y")
    shell.now_ms = 3_350
    shell.done("in")
    shell.done("z")
    told = drawn(shell)
    assert of(told, "in") == [[("running", 1_000, 1_200), ("backing_off", 1_200, 3_200), ("running", 3_200, 3_350)]]
    assert told.critical == ("in", "in/x", "in/y", "z")
    assert told.critical_ms == 350
    assert [(gap.began_at, gap.ended_at) for gap in told.gaps] == [(1_200, 3_200)]


def test_undone_writes_are_on_the_chain_in_the_order_in_which_they_were_undone() -> None:
    shell = Shell(machine(state("flight", "hotel"), state("hotel", "car"), state("car"), on_failure=COMPENSATE))
    shell.start()
    shell.write("flight")
    shell.write("hotel")
    shell.now_ms = 2_000
    shell.fail("car")
    shell.now_ms = 2_400
    shell.undo("hotel")
    shell.now_ms = 2_500
    shell.undo("flight")
    told = drawn(shell)
    assert told.critical == ("flight", "hotel", "car", "hotel.undo", "flight.undo")
    assert of(told, "hotel.undo") == [[("running", 2_000, 2_400)]]
    assert [str(bar.status) for bar in told.bars] == ["done", "done", "failed", "undone", "undone"]


def test_run_that_was_over_for_a_while_shows_that_as_a_gap_that_nobody_decided() -> None:
    shell = Shell(machine(state("a", "b"), state("b")))
    shell.start()
    shell.done("a")
    shell.now_ms = 2_000
    shell.fail("b")
    shell.now_ms = 60_000
    shell.retry()
    shell.now_ms = 61_000
    shell.done("b")
    told = drawn(shell)
    assert of(told, "b") == [[("running", 1_000, 2_000)], [("running", 60_000, 61_000)]]
    assert told.critical == ("a", "b")
    assert told.critical_ms == 2_000
    assert [(gap.began_at, gap.ended_at) for gap in told.gaps] == [(2_000, 60_000)]


def test_state_that_took_over_from_a_failed_one_comes_after_what_was_undone_for_it() -> None:
    graph = machine(
        state("flight", "hotel"),
        state("hotel", handlers=(caught_by("train", undo=True),)),
        state("train", END),
        on_failure=COMPENSATE,
    )
    shell = Shell(graph)
    shell.start()
    shell.write("flight")
    shell.fail("hotel")
    shell.now_ms = 1_500
    shell.undo("flight")
    shell.now_ms = 1_600
    shell.done("train")
    assert drawn(shell).critical == ("flight", "hotel", "flight.undo", "train")


def test_spans_are_those_of_the_wire() -> None:
    assert {str(span) for span in Span} == {"queued", "running", "waiting", "backing_off"}
