"""A report tells an author where to add examples."""

import pytest

from podium.routing.intent.model import IntentModel
from podium.routing.intent.types import RouteSpec
from tests.unit.routing.intent.words import TRAVEL, Words


def test_report_is_of_what_was_not_seen(model: IntentModel) -> None:
    report = model.report()
    assert report.version == model.version
    assert [(each.name, each.examples) for each in report.routes] == [("flights", 6), ("hotels", 6), ("refunds", 6)]
    assert report.accuracy is not None
    assert 0.8 <= report.accuracy <= 1
    assert report.accuracy == pytest.approx(sum((each.found or 0) * 6 for each in report.routes) / 18)
    assert report.thresholds == model.decide("x").thresholds


def test_routes_that_overlap_are_named_with_the_sentences_that_confuse_them() -> None:
    stray = RouteSpec("stays", "a place to sleep", ("book a hotel", "a hotel room please", "rooms to sleep in"))
    report = IntentModel.fit([*TRAVEL, stray], Words()).report()
    worst = report.overlaps[0]
    assert worst.routes == ("hotels", "stays")
    assert worst.confused >= 1
    assert worst.sentences[0].margin > 0
    assert {worst.sentences[0].route, worst.sentences[0].taken_for} == {"hotels", "stays"}
    assert [each.margin for each in worst.sentences] == sorted((e.margin for e in worst.sentences), reverse=True)


def test_an_example_of_two_routes_is_told() -> None:
    twice = RouteSpec("stays", "", (*TRAVEL[1].examples[:1], "b", "c", "d", "e"))
    (note,) = IntentModel.fit([*TRAVEL, twice], Words()).report().notes
    assert TRAVEL[1].examples[0] in note


def test_routes_with_few_examples_are_told() -> None:
    report = IntentModel.fit([*TRAVEL, RouteSpec("weather", "rain")], Words()).report()
    assert any("weather" in note for note in report.notes)
    assert [each.found for each in report.routes if each.name == "weather"] == [None]


def test_without_examples_nothing_is_claimed() -> None:
    report = IntentModel.fit([RouteSpec("a", "one"), RouteSpec("b", "two")], Words()).report()
    assert (report.accuracy, report.answered, report.answered_right, report.overlaps) == (None, None, None, ())
