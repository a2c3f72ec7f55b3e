"""What a fitted model decides, and the laws of deciding."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from podium.routing.intent.deciding import settled
from podium.routing.intent.intent_errors import NoRoutesError, RouteNamesError
from podium.routing.intent.model import IntentModel
from podium.routing.intent.scoring import SHORTLIST
from podium.routing.intent.types import Decision, RouteSpec, Turn, Verdict
from tests.unit.routing.intent.words import TRAVEL, Words

DECISION: TypeAdapter[Any] = TypeAdapter(Decision)
SENTENCES = ("book a plane to lima", "refund please", "a hotel with a pool", "rain on sunday", "what is the time", "")

texts = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            ["book", "fly", "hotel", "room", "refund", "money", "rain", "it", "환불", "호텔", "🎉", "\x00", "<b>"]
        )
    ).map(" ".join),
)


def test_sentence_goes_where_its_words_belong(model: IntentModel) -> None:
    found = [model.decide(text) for text in ("please book me a plane to lima", "i want my money back", "a cheap room")]
    assert [each.alternatives[0].route for each in found] == ["flights", "refunds", "hotels"]
    assert found[0].verdict is Verdict.ROUTE
    assert found[0].route == "flights"


def test_sentence_off_the_subject_is_never_routed_at_once(model: IntentModel) -> None:
    for text in ("who won the chess match", "define entropy", "seven times eight"):
        assert model.decide(text).verdict is not Verdict.ROUTE, text


def test_decision_says_why(model: IntentModel) -> None:
    decision = model.decide("reserve a flight on friday")
    assert decision.nearest[0].text == "reserve a flight on monday"
    assert decision.nearest[0].route == "flights"
    assert [each.similarity for each in decision.nearest] == sorted(
        (each.similarity for each in decision.nearest), reverse=True
    )
    assert "flights" in decision.why
    assert decision.stage == "words"
    assert decision.model_version == model.version


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_every_text_gets_a_decision_that_survives_a_journal(model: IntentModel, text: str) -> None:
    decision = model.decide(text)
    assert DECISION.validate_json(DECISION.dump_json(decision)) == decision
    assert (decision.route is not None) is (decision.verdict is Verdict.ROUTE)
    assert decision.otherwise is not Verdict.ESCALATE
    assert settled(decision).verdict is not Verdict.ESCALATE
    confidences = [each.confidence for each in decision.alternatives]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) <= 1.001
    assert len(confidences) <= SHORTLIST


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_order_of_routes_and_examples_changes_nothing(model: IntentModel, data: st.DataObject) -> None:
    routes = [
        RouteSpec(spec.name, spec.description, tuple(data.draw(st.permutations(spec.examples)))) for spec in TRAVEL
    ]
    other = IntentModel.fit(data.draw(st.permutations(routes)), Words())
    assert other.version == model.version
    assert [other.decide(text) for text in SENTENCES] == [model.decide(text) for text in SENTENCES]


def test_an_example_said_twice_counts_once(model: IntentModel) -> None:
    routes = [RouteSpec(spec.name, spec.description, (*spec.examples, spec.examples[0])) for spec in TRAVEL]
    assert IntentModel.fit(routes, Words()).version == model.version


def test_deciding_changes_nothing(model: IntentModel) -> None:
    before = model.decide("book a room")
    for text in SENTENCES * 3:
        model.decide(text)
    assert model.decide("book a room") == before


def test_earlier_weights_change_hardly_anything(model: IntentModel) -> None:
    again = IntentModel.fit(TRAVEL, Words(), start=model)
    for text in SENTENCES[:3]:
        assert again.decide(text).route == model.decide(text).route
        assert again.decide(text).confidence == pytest.approx(model.decide(text).confidence, abs=0.05)


def test_earlier_weights_of_other_routes_and_other_embedders_are_of_no_harm(model: IntentModel) -> None:
    fewer = IntentModel.fit(TRAVEL[:2], Words(), start=model)
    more = IntentModel.fit(TRAVEL, Words(), start=fewer)
    other = IntentModel.fit(TRAVEL, Words("others", dim=32), start=model)
    assert [each.decide("refund my room").alternatives[0].route for each in (more, other)] == ["refunds", "refunds"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_routes_with_few_examples_are_told_apart(count: int) -> None:
    few = [RouteSpec(spec.name, spec.description, spec.examples[:count]) for spec in TRAVEL]
    model = IntentModel.fit(few, Words())
    said = ["get me on a flight", "a hotel room", "give me my money back"]
    assert [model.decide(text).alternatives[0].route for text in said] == ["flights", "hotels", "refunds"]


def test_routes_without_examples_are_never_sure_of_what_they_can_not_know() -> None:
    model = IntentModel.fit([RouteSpec(spec.name, spec.description) for spec in TRAVEL], Words())
    for text in ("who won the chess match", "tell me a joke about cats"):
        assert settled(model.decide(text)).verdict is not Verdict.ROUTE


def test_a_new_route_with_only_a_description_takes_its_place_among_old_ones() -> None:
    model = IntentModel.fit([*TRAVEL, RouteSpec("weather", "will it rain, what is the weather")], Words())
    assert model.decide("what is the weather in rome").alternatives[0].route == "weather"


def test_one_route_alone_is_still_told_from_nothing() -> None:
    model = IntentModel.fit(TRAVEL[:1], Words())
    assert model.decide("book me a flight to rome").verdict is Verdict.ROUTE
    assert settled(model.decide("who won the chess match")).verdict is not Verdict.ROUTE


def test_two_routes_that_fit_alike_are_asked_about() -> None:
    flights = TRAVEL[0].examples
    alike = [RouteSpec("one", "flights here", flights[::2]), RouteSpec("two", "flights there", flights[1::2])]
    decision = settled(IntentModel.fit([*alike, *TRAVEL[1:]], Words()).decide("i would like to fly on a plane"))
    assert decision.verdict is Verdict.CLARIFY
    assert {each.route for each in decision.alternatives[:2]} == {"one", "two"}


def test_no_routes_are_refused() -> None:
    with pytest.raises(NoRoutesError):
        IntentModel.fit([], Words())


@pytest.mark.parametrize("names", [("a", "a"), ("a", " ")])
def test_names_that_say_nothing_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(RouteNamesError):
        IntentModel.fit([RouteSpec(name, "x", ("y",)) for name in names], Words())


# ----- what was before


def test_short_sentence_leans_on_what_was_before(model: IntentModel) -> None:
    alone = model.decide("on friday please")
    after = model.decide("on friday please", Turn("book me a flight to rome", "flights"))
    assert _odds(after, "flights") > _odds(alone, "flights")


def test_sentence_that_points_back_leans_on_what_was_before(model: IntentModel) -> None:
    text = "can you do that for my sister too"
    assert _odds(model.decide(text, Turn("i want a refund")), "refunds") > _odds(model.decide(text), "refunds")


def test_sentence_that_stands_alone_does_not_care(model: IntentModel) -> None:
    text = "please find me a hotel near the old station"
    assert model.decide(text, Turn("book me a flight to rome", "flights")) == model.decide(text)


def test_what_was_before_never_drowns_what_is_said_now(model: IntentModel) -> None:
    decision = model.decide("refund it", Turn("book me a flight to rome " * 50, "flights"))
    assert decision.alternatives[0].route == "refunds"


def test_route_that_is_not_known_any_more_is_no_context(model: IntentModel) -> None:
    assert model.decide("on friday", Turn(route="gone")) == model.decide("on friday")


def _odds(decision: Decision, route: str) -> float:
    return next(each.confidence for each in decision.alternatives if each.route == route)
