"""Ids of spans are told from what they are about, and from nothing else."""

import pytest

from podium.telemetry.ids import Ids, Parent, parent_of


def test_same_thing_has_the_same_id_everywhere_and_another_one_has_another() -> None:
    one, again = Ids("store", "run", None, 0), Ids("store", "run", None, 0)
    assert (one.trace, one.root, one.step("a"), one.call("a", 1, "x")) == (
        again.trace,
        again.root,
        again.step("a"),
        again.call("a", 1, "x"),
    )
    others = [Ids("store", "run", None, 1), Ids("other", "run", None, 0), Ids("store", "run2", None, 0)]
    found = {one.root, one.step("a"), one.scope("a"), one.step("a#2"), one.call("a", 1, "x"), one.call("a", 2, "x")}
    found |= {ids.root for ids in others} | {ids.step("a") for ids in others}
    assert len(found) == 6 + 6
    assert others[0].trace == one.trace, "a life belongs to the run's trace"
    assert one.scope("") == one.root


def test_run_that_was_started_by_something_traced_has_its_trace() -> None:
    parent = parent_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    assert parent == Parent(0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, is_sampled=True)
    assert Ids("store", "run", parent, 0).trace == parent.trace


@pytest.mark.parametrize(
    "text",
    ["", "00-0-0-01", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "00-" + "g" * 32 + "-b7ad6b7169203331-01", "x" * 9999],
)
def test_what_is_no_traceparent_starts_a_trace(text: str) -> None:
    assert parent_of(text) is None
