"""Two runs side by side."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from podium.core.codec import to_text
from podium.core.copying import copy_for_fork
from podium.core.stimuli import ForkAsked
from podium.engine.ports import RunInfo
from podium.graph.encode import graph_hash
from podium.views.compare import Comparison, Difference
from podium.views.comparing import comparison, merged
from podium.views.differing import DIFFERENCES_MAX, differences
from podium.views.record import Record
from podium.views.view import Value
from tests.unit.core.builders import chooser, dag, machine, node, state
from tests.unit.core.shell import Shell

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(("", "a", "/", "~", "é")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(("", "a/b", "~1", "x")), inner),
    max_leaves=12,
)


def record(shell: Shell, run_id: str = "r") -> Record:
    graph = shell.state.graph
    return Record(RunInfo(id=run_id, workflow=graph.name, graph_hash=graph_hash(graph)), graph, shell.journal)


def pointers(found: Sequence[Difference]) -> list[tuple[str, str | None, str | None]]:
    return [(one.pointer, text(one.left), text(one.right)) for one in found]


def text(value: Value | None) -> str | None:
    return None if value is None else value.json_text


def at(plain: object, pointer: str) -> object:
    """Return what is at a JSON Pointer, by the letter of RFC 6901; the type `object` where there is nothing."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(plain, list) and int(name) < len(plain):
            plain = plain[int(name)]
        elif isinstance(plain, dict) and name in plain:
            plain = plain[name]
        else:
            return object
    return plain


def test_differences_are_named_by_their_innermost_places() -> None:
    left = '{"a":{"b":[1,2,3],"same":true},"gone":1,"x/y~":null}'
    right = '{"x/y~":0,"a":{"same":true,"b":[1,9]},"new":"here"}'
    assert pointers(differences(left, right)) == [
        ("/gone", "1", None),
        ("/x~1y~0", "null", "0"),
        ("/new", None, '"here"'),
        ("/a/b/1", "2", "9"),
        ("/a/b/2", "3", None),
    ]


def test_order_of_names_is_no_difference_and_numbers_of_other_kinds_are() -> None:
    assert differences('{"a":1,"b":2}', '{"b":2,"a":1}') == ()
    assert pointers(differences("[1,1]", "[1.0,true]")) == [("/0", "1", "1.0"), ("/1", "1", "true")]
    assert pointers(differences(None, "1")) == [("", None, "1")]
    assert pointers(differences("no json", '"no json"')) == []


def test_more_differences_than_there_is_room_for_are_told_from_further_out() -> None:
    many = {f"k{number}": {"a": number, "b": number} for number in range(DIFFERENCES_MAX - 1)}
    found = differences(to_text({"in": many, "x": 1}), to_text({"in": {name: {} for name in many}, "x": 2}))
    assert len(found) <= DIFFERENCES_MAX
    assert found[0].pointer == "/x"
    assert {one.pointer.count("/") for one in found[1:]} == {2}
    wide = differences(to_text(list(range(10_000))), to_text(list(range(1, 10_001))))
    assert [one.pointer for one in wide] == [""]
    assert wide[0].left is not None
    assert not wide[0].left.is_whole


@given(left=PLAIN, right=PLAIN)
def test_each_difference_is_one_and_there_is_no_other(left: object, right: object) -> None:
    found = differences(to_text(left), to_text(right))
    assert (found == ()) == (json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True))
    for one in found:
        for side, plain in ((one.left, left), (one.right, right)):
            there = at(plain, one.pointer)
            assert (side is None) == (there is object)
            assert side is None or json.loads(side.json_text) == there


@given(st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(0, 30), unique=True))
def test_way_holds_every_step_once_and_keeps_the_order_of_what_one_side_alone_has(
    left: list[int], right: list[int]
) -> None:
    mine, other = [f"s{n}" for n in left], [f"s{n}" for n in right]
    way = merged(mine, other)
    assert sorted(way) == sorted({*mine, *other})
    assert [step for step in way if step in mine] == mine
    alone = [step for step in way if step not in mine]
    assert alone == [step for step in other if step not in mine]
    shared = [step for step in other if step in mine]
    if shared == [step for step in mine if step in other]:
        assert [step for step in way if step in other] == other


def test_way_of_ten_thousand_steps_is_found() -> None:
    mine = [f"s#{number}" for number in range(10_000)]
    assert merged(mine, mine[::-1]) == mine
    assert merged(mine[::2], mine) == mine


def looped(rounds: int, *, n: str = "0", topic: str = '"t"') -> Shell:
    shell = Shell(machine(state("draft", "review"), chooser("review", accept="END", revise="draft")))
    shell.start(topic=topic)
    for visit in range(1, rounds + 1):
        at = "" if visit == 1 else f"#{visit}"
        shell.now_ms += 100
        shell.done(f"draft{at}", n=n)
        shell.now_ms += 50
        shell.done(f"review{at}", "accept" if visit == rounds else "revise")
    return shell


def way(told: Comparison) -> list[tuple[str, str, int | None, int | None, bool]]:
    return [(line.address, str(line.side), line.left_ms, line.right_ms, line.differs) for line in told.path]


def test_loops_of_other_length_part_at_the_visit_where_they_did() -> None:
    told = comparison(record(looped(1)), record(looped(2, n="7", topic='"u"')))
    assert told.same_graph
    assert (told.left_ms, told.right_ms) == (150, 300)
    assert pointers(told.inputs) == [("/topic", '"t"', '"u"')]
    assert pointers(told.outputs) == [("/n", "0", "7"), ("/topic", '"t"', '"u"')]
    assert way(told) == [
        ("draft", "both", 100, 100, True),
        ("review", "both", 50, 50, True),
        ("draft#2", "right", None, 100, False),
        ("review#2", "right", None, 50, False),
    ]


def test_nodes_that_came_in_another_order_are_still_the_same_steps() -> None:
    def ran(*names: str) -> Record:
        shell = Shell(dag(node("x"), node("y"), node("x2", "x"), node("y2", "y"), node("end", "x2", "y2")))
        shell.start()
        for name in names:
            shell.done(name, output="1")
        return record(shell)

    told = comparison(ran("x", "x2", "y", "y2", "end"), ran("y", "y2", "x", "x2", "end"))
    assert {line.side for line in told.path} == {"both"}
    assert not any(line.differs for line in told.path)
    assert told.outputs == ()


def test_fork_has_what_it_copied_and_differs_from_where_it_went_on() -> None:
    parent = looped(2)
    upto = next(n for n, event in enumerate(parent.journal, 1) if type(event).__name__ == "StepDone")
    begun = Shell(parent.state.graph)
    begun.start(topic='"t"')
    begun.now_ms += 100
    begun.done("draft", n="0")
    fork = Shell(parent.state.graph, now_ms=90_000)
    fork.tell(ForkAsked("f", "r", upto + 1, copy_for_fork(begun.state), may_write=True))
    fork.now_ms += 10
    fork.done("review", "accept")
    told = comparison(record(parent), record(fork, "f"))
    assert told.inputs == ()
    assert way(told) == [
        ("draft", "both", 100, None, False),
        ("review", "both", 50, 10, True),
        ("draft#2", "left", 100, None, False),
        ("review#2", "left", 50, None, False),
    ]
    turned = comparison(record(fork, "f"), record(parent))
    assert [line.side for line in turned.path] == ["both", "both", "right", "right"]


def test_run_is_like_itself() -> None:
    told = comparison(record(looped(3)), record(looped(3)))
    assert (told.inputs, told.outputs) == ((), ())
    assert {(line.side, line.differs) for line in told.path} == {("both", False)}
