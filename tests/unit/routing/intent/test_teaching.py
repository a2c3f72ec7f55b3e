"""What people have said about sentences becomes examples, the newest word first."""

from hypothesis import given
from hypothesis import strategies as st

from podium.routing.intent.teaching import LEARNED_MAX, taught
from tests.unit.routing.intent.words import TRAVEL

said = st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from(["flights", "hotels", "refunds"]), max_size=30)


@given(learned=said)
def test_a_learned_sentence_belongs_to_the_route_that_it_was_said_to_be_for(learned: dict[str, str]) -> None:
    routes = taught(TRAVEL, learned)
    for text, route in learned.items():
        assert [spec.name for spec in routes if text in spec.examples] == [route]
    untouched = {(spec.name, text) for spec in TRAVEL for text in spec.examples if text not in learned}
    assert untouched <= {(spec.name, text) for spec in routes for text in spec.examples}


def test_an_author_example_may_be_taken_away_by_a_correction() -> None:
    routes = taught(TRAVEL, {"fly me home": "hotels"})
    assert [spec.name for spec in routes if "fly me home" in spec.examples] == ["hotels"]


def test_a_route_does_not_grow_without_end() -> None:
    learned = {f"sentence {at}": "hotels" for at in range(LEARNED_MAX + 50)}
    routes = {spec.name: spec for spec in taught(TRAVEL, learned)}
    assert len(routes["hotels"].examples) == LEARNED_MAX
    assert f"sentence {LEARNED_MAX + 49}" in routes["hotels"].examples
    assert routes["flights"] == TRAVEL[0]
