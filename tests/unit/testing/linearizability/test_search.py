"""The checker finds what can be explained and what can not, as trying every order does."""

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.testing.linearizability import Operation, Register, TooManyOrdersError, check, search

MODEL = Register(first=0)


def op(invoked: int, returned: int, *call: Any, result: Any = None, is_open: bool = False, key: str = "x") -> Operation:
    return Operation(f"p{invoked}", key, call, result, invoked, returned, is_open)


EXPLAINED = {
    "one after another": [op(0, 1, "write", 1), op(2, 3, "read", result=1)],
    "a read during a write sees the old value": [op(0, 9, "write", 1), op(2, 3, "read", result=0)],
    "a read during a write sees the new value": [op(0, 9, "write", 1), op(2, 3, "read", result=1)],
    "an open write happened": [op(0, 1, "write", 1, is_open=True), op(2, 3, "read", result=1)],
    "an open write did not happen": [op(0, 1, "write", 1, is_open=True), op(2, 3, "read", result=0)],
    "an open write is seen after its process was dead": [
        op(0, 1, "write", 1, is_open=True),
        op(2, 3, "read", result=0),
        op(4, 5, "read", result=1),
    ],
    "an open read": [op(0, 1, "read", is_open=True), op(2, 3, "read", result=0)],
    "two swaps of which one came too late": [
        op(0, 9, "swap", 0, 1, result=True),
        op(0, 9, "swap", 0, 2, result=False),
        op(10, 11, "read", result=1),
    ],
    "two objects": [op(0, 1, "write", 1, key="x"), op(2, 3, "read", result=0, key="y")],
    "nothing": [],
}
UNEXPLAINED = {
    "a read before a write sees it": [op(0, 1, "read", result=1), op(2, 3, "write", 1)],
    "a read after a write does not see it": [op(0, 1, "write", 1), op(2, 3, "read", result=0)],
    "a value comes back": [
        op(0, 1, "write", 1),
        op(2, 3, "write", 2),
        op(4, 5, "read", result=2),
        op(6, 7, "read", result=1),
    ],
    "two reads during a write see new, then old": [
        op(0, 9, "write", 1),
        op(1, 2, "read", result=1),
        op(3, 4, "read", result=0),
    ],
    "two swaps of the same value": [op(0, 9, "swap", 0, 1, result=True), op(0, 9, "swap", 0, 2, result=True)],
    "a swap that should have succeeded": [op(0, 1, "swap", 0, 1, result=False)],
    "an open write is seen and then is not": [
        op(0, 1, "write", 1, is_open=True),
        op(2, 3, "read", result=1),
        op(4, 5, "read", result=0),
    ],
    "an open write is seen before it began": [op(0, 1, "read", result=1), op(2, 3, "write", 1, is_open=True)],
}


@pytest.mark.parametrize("history", EXPLAINED.values(), ids=EXPLAINED)
def test_a_history_with_an_order_is_explained(history: list[Operation]) -> None:
    assert check(history, MODEL) is None


@pytest.mark.parametrize("history", UNEXPLAINED.values(), ids=UNEXPLAINED)
def test_a_history_without_an_order_is_a_violation(history: list[Operation]) -> None:
    assert check(history, MODEL) is not None


def tries_every_order(operations: Sequence[Operation]) -> bool:
    """Claims the same as the search, by trying every set of open operations in every order."""
    closed = [one for one in operations if not one.is_open]
    maybe = [one for one in operations if one.is_open]
    sets = (closed + list(some) for size in range(len(maybe) + 1) for some in itertools.combinations(maybe, size))
    return any(explains(order) for chosen in sets for order in itertools.permutations(chosen))


def explains(order: Sequence[Operation]) -> bool:
    if any(
        not later.is_open and later.returned < earlier.invoked for earlier, later in itertools.combinations(order, 2)
    ):
        return False
    states: set[Hashable] = {MODEL.begins()}
    for one in order:
        states = {then for state in states for then in MODEL.after(state, one)}
    return bool(states)


calls = st.one_of(
    st.builds(lambda value: (("read",), value), st.integers(0, 2)),
    st.builds(lambda value: (("write", value), None), st.integers(0, 2)),
    st.builds(lambda old, new, done: (("swap", old, new), done), st.integers(0, 2), st.integers(0, 2), st.booleans()),
)
operations = st.builds(
    lambda call, start, length, is_open: Operation("p", "x", call[0], call[1], start, start + length, is_open),
    calls,
    st.integers(0, 12),
    st.integers(0, 8),
    st.integers(0, 3).map(lambda number: number == 0),
)


@given(st.lists(operations, max_size=6))
def test_the_search_agrees_with_trying_every_order(history: list[Operation]) -> None:
    assert (check(history, MODEL) is None) == tries_every_order(history)


@given(st.lists(operations, max_size=7))
def test_what_is_told_of_a_violation_is_one_and_ends_with_what_is_unexplained(history: list[Operation]) -> None:
    violation = check(history, MODEL)
    if violation is None:
        return
    told = violation.operations
    assert not tries_every_order(told)
    last = max(one.returned for one in told if not one.is_open)
    before = [one for one in told if one.is_open or one.returned < last]
    assert tries_every_order([replace(one) for one in before])


def test_what_is_told_leaves_out_what_only_looked() -> None:
    looks = [op(time, time + 1, "read", result=1) for time in range(10, 30, 2)]
    history = [op(0, 1, "write", 1), *looks, op(40, 41, "read", result=0), op(50, 51, "write", 2)]
    violation = check(history, MODEL)
    assert violation is not None
    assert violation.operations == (history[0], history[-2])


def test_a_violation_is_told_line_by_line() -> None:
    history = [
        op(1_000, 2_000, "write", 1),
        op(3_000, 9_000, "write", 2, is_open=True),
        op(4_000, 5_000, "read", result=0),
        op(6_000, 7_000, "read", result=0),
    ]
    assert str(check(history, MODEL)).splitlines() == [
        "no order of these operations on 'x' explains their results:",
        "   p1000         0 ..         1 µs  write(1) -> None",
        "   p3000         2 ..         8 µs  write(2) (open)",
        "   p4000         3 ..         4 µs  read() -> 0",
    ]


def test_a_search_that_would_never_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LOOKS_MAX", 1_000)
    history = [op(0, 99, "write", number) for number in range(12)]
    with pytest.raises(TooManyOrdersError):
        check([*history, op(100, 101, "read", result=99)], MODEL)


def test_a_long_history_of_few_processes_is_checked_at_once() -> None:
    history = [op(10 * turn + process, 10 * turn + 9, "write", turn) for turn in range(500) for process in range(4)]
    history += [op(10 * turn, 10 * turn + 9, "read", result=turn) for turn in range(500)]
    assert check(history, MODEL) is None
