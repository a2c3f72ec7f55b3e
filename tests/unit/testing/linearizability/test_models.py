"""The models of keys and of runs allow what they say, and nothing else."""

from typing import Any

import pytest

from podium.testing.linearizability import KeyModel, Operation, RunModel, check

MS = 1_000_000
KEYS, TRANSACTIONAL = KeyModel(lease_ms=10), KeyModel(lease_ms=10, transactional=True)


def line(*steps: tuple[str, tuple[Any, ...], Any], begin: int = 0, apart: int = MS) -> list[Operation]:
    """Return operations one after another, each of a process, with what came of it; OPEN where it died in it."""
    return [
        Operation(who, "k", call, None if result is OPEN else result, at, at + MS // 2, is_open=result is OPEN)
        for at, (who, call, result) in zip(range(begin, begin + len(steps) * apart, apart), steps, strict=True)
    ]


OPEN = object()
CLAIM, TAKE = ("claim",), ("take",)
GRANTED = ["granted", 1, 1]


def test_a_key_is_granted_once_and_answered_for_ever() -> None:
    history = line(
        ("a", CLAIM, GRANTED),
        ("b", CLAIM, ["in flight"]),
        ("a", ("renew", 1, 1), "ok"),
        ("a", ("complete", 1, 1, "done"), "ok"),
        ("b", CLAIM, ["recorded", "done"]),
        ("a", ("fail", 1, 1), "lost"),
        ("a", ("died",), None),
    )
    assert check(history, KEYS) is None


def test_a_released_key_is_granted_again() -> None:
    history = line(("a", CLAIM, GRANTED), ("a", ("release", 1, 1), "ok"), ("b", CLAIM, ["granted", 2, 1]))
    assert check(history, KEYS) is None


def test_what_failed_is_taken_put_off_and_taken_again() -> None:
    history = line(
        ("a", CLAIM, GRANTED),
        ("a", ("fail", 1, 1), "ok"),
        ("b", CLAIM, ["unknown"]),
        ("b", TAKE, ["taken", 1, 2]),
        ("b", ("defer", 1, 2), "ok"),
        ("c", TAKE, ["taken", 1, 3]),
        ("c", ("complete", 1, 3, "found"), "ok"),
        apart=11 * MS,
    )
    assert check(history, KEYS) is None


def test_a_lapsed_transactional_key_is_granted_to_the_next() -> None:
    history = line(
        ("a", CLAIM, GRANTED), ("b", CLAIM, ["granted", 1, 2]), ("a", ("renew", 1, 1), "lost"), apart=11 * MS
    )
    assert check(history, TRANSACTIONAL) is None
    assert check(history, KEYS) is not None


def test_a_failed_transactional_key_is_free() -> None:
    history = line(("a", CLAIM, GRANTED), ("a", ("fail", 1, 1), "ok"), ("b", CLAIM, ["granted", 2, 1]))
    assert check(history, TRANSACTIONAL) is None
    assert check(history, KEYS) is not None


@pytest.mark.parametrize("seen", [["granted", 1, 1], ["in flight"]])
def test_a_claim_that_died_may_have_been_granted(seen: list[Any]) -> None:
    assert check(line(("a", CLAIM, OPEN), ("b", CLAIM, seen)), KEYS) is None


def test_a_claim_that_died_may_be_followed_by_any_epoch() -> None:
    later = line(("b", TAKE, ["taken", 5, 2]), begin=20 * MS)
    assert check(line(("a", CLAIM, OPEN)) + later, KEYS) is None


@pytest.mark.parametrize(
    "open_step", [("complete", 1, 1, "done"), ("release", 1, 1), ("fail", 1, 1), ("renew", 1, 1)], ids=str
)
def test_a_change_that_died_may_or_may_not_have_happened(open_step: tuple[Any, ...]) -> None:
    before = line(("a", CLAIM, GRANTED), ("a", open_step, OPEN))
    seen = {"complete": ["recorded", "done"], "release": ["granted", 2, 1], "fail": ["unknown"]}
    happened = line(("b", CLAIM, seen.get(open_step[0], ["in flight"])), begin=3 * MS)
    not_happened = line(("b", CLAIM, ["in flight"]), begin=3 * MS)
    assert check(before + happened, KEYS) is None
    assert check(before + not_happened, KEYS) is None


NOT_A_KEY = {
    "granted twice": [("a", CLAIM, GRANTED), ("b", CLAIM, ["granted", 2, 1])],
    "granted twice under one row": [("a", CLAIM, GRANTED), ("b", CLAIM, ["granted", 1, 2])],
    "granted after its answer": [
        ("a", CLAIM, GRANTED),
        ("a", ("complete", 1, 1, "done"), "ok"),
        ("b", CLAIM, ["granted", 2, 1]),
    ],
    "granted first with a later epoch": [("a", CLAIM, ["granted", 1, 2])],
    "in flight for nobody": [("a", CLAIM, ["in flight"])],
    "unknown too early": [("a", CLAIM, GRANTED), ("b", CLAIM, ["unknown"])],
    "unknown while it is free": [("a", CLAIM, ["unknown"])],
    "taken too early": [("a", CLAIM, GRANTED), ("b", TAKE, ["taken", 1, 2])],
    "taken out of nothing": [("b", TAKE, ["taken", 1, 2])],
    "another answer": [
        ("a", CLAIM, GRANTED),
        ("a", ("complete", 1, 1, "done"), "ok"),
        ("b", CLAIM, ["recorded", "else"]),
    ],
    "an answer before it was given": [("a", CLAIM, GRANTED), ("b", CLAIM, ["recorded", "done"])],
    "a holder that is refused": [("a", CLAIM, GRANTED), ("a", ("complete", 1, 1, "done"), "lost")],
    "a stranger that is not refused": [("a", CLAIM, GRANTED), ("b", ("complete", 2, 1, "done"), "ok")],
    "two answers": [
        ("a", CLAIM, GRANTED),
        ("a", ("complete", 1, 1, "done"), "ok"),
        ("a", ("complete", 1, 1, "else"), "ok"),
    ],
}


@pytest.mark.parametrize("steps", NOT_A_KEY.values(), ids=NOT_A_KEY)
def test_what_no_key_does_is_found(steps: list[tuple[str, tuple[Any, ...], Any]]) -> None:
    assert check(line(*steps), KEYS) is not None


@pytest.mark.parametrize(
    "steps",
    {
        "a zombie that writes": [
            ("a", CLAIM, GRANTED),
            ("b", TAKE, ["taken", 1, 2]),
            ("a", ("complete", 1, 1, "done"), "ok"),
        ],
        "an epoch left out": [("a", CLAIM, GRANTED), ("b", TAKE, ["taken", 1, 3])],
        "in flight after its lease": [("a", CLAIM, GRANTED), ("b", CLAIM, ["in flight"])],
        "carried out again": [("a", CLAIM, GRANTED), ("b", CLAIM, ["granted", 1, 2])],
    }.values(),
    ids=["a zombie that writes", "an epoch left out", "in flight after its lease", "carried out again"],
)
def test_what_no_lapsed_key_does_is_found(steps: list[tuple[str, tuple[Any, ...], Any]]) -> None:
    assert check(line(*steps, apart=11 * MS), KEYS) is not None


CREATE, DIED = ("create",), ("died",)


def test_a_run_is_written_by_its_owner_and_taken_over_from_the_dead() -> None:
    history = line(
        ("a", CREATE, 1),
        ("b", CREATE, None),
        ("a", ("append", 1, 2), "ok"),
        ("b", CLAIM, None),
        ("b", ("append", 1, 3), "lost"),
        ("a", ("append", 1, 3), OPEN),
        ("a", DIED, None),
        ("b", CLAIM, 2),
        ("b", ("append", 2, 4), "ok"),
        ("b", ("release", 2, 5), "ok"),
        ("b", ("append", 2, 5), "lost"),
        ("c", CLAIM, 3),
    )
    assert check(history, RunModel()) is None


NOT_A_RUN = {
    "created twice": [("a", CREATE, 1), ("b", CREATE, 1)],
    "there before it was made": [("a", CREATE, None)],
    "claimed before it was made": [("a", CLAIM, 1)],
    "taken from the living": [("a", CREATE, 1), ("b", CLAIM, 2)],
    "refused though free": [("a", CREATE, 1), ("a", ("release", 1, 2), "ok"), ("b", CLAIM, None)],
    "refused though its owner is dead": [("a", CREATE, 1), ("a", DIED, None), ("b", CLAIM, None)],
    "an epoch left out": [("a", CREATE, 1), ("a", DIED, None), ("b", CLAIM, 3)],
    "a number twice": [("a", CREATE, 1), ("a", ("append", 1, 2), "ok"), ("a", ("append", 1, 2), "ok")],
    "a number left out": [("a", CREATE, 1), ("a", ("append", 1, 3), "ok")],
    "an owner that is refused": [("a", CREATE, 1), ("a", ("append", 1, 2), "lost")],
    "a zombie that writes": [
        ("a", CREATE, 1),
        ("a", ("release", 1, 2), "ok"),
        ("b", CLAIM, 2),
        ("a", ("append", 1, 2), "ok"),
    ],
}


@pytest.mark.parametrize("steps", NOT_A_RUN.values(), ids=NOT_A_RUN)
def test_what_no_run_does_is_found(steps: list[tuple[str, tuple[Any, ...], Any]]) -> None:
    assert check(line(*steps), RunModel()) is not None
