"""A write has one key and one body, whoever sends it, how often and from which process; another write has another."""

from dataclasses import replace

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = pytest.mark.process

DEATHS = (("after", "Busan-1-0"), ("before", "Busan-1-1"), ("before", "Busan-10-0"), ("after", "Busan-11-1"))
LEGS = {f"Busan-{stop}-{leg}" for stop in range(12) for leg in range(2)}


def test_keys_are_the_same_in_every_process_and_differ_for_every_item_and_visit(start: Start, outside: Outside) -> None:
    outside = replace(outside, loses="Busan-5-1")
    serve = {"workflows": ["touring"], "starts": {"one": "touring"}}
    for when, effect in DEATHS:
        assert start(Job("serve", outside.deadly(when, effect), rest=serve)).end() is None
    told = start(Job("serve", outside, rest=serve)).end()
    assert told == {"one": "completed"}
    sent = [line.split(" ") for line in outside.lines("tried")]
    keys = dict(sent)
    assert keys.keys() == LEGS
    assert sorted(map(tuple, sent)) == sorted((what, keys[what]) for what, _ in sent), "one key for each body"
    assert len(set(keys.values())) == len(LEGS)
    assert len(sent) > len(LEGS), "some were sent by several processes"
    assert sorted(outside.done()) == sorted(LEGS)
