from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.routing.ranking import tool_index
from podium.routing.ranking.asking import Asked, Cut
from podium.routing.ranking.card import ToolCard
from podium.routing.ranking.record import Outcome
from podium.routing.ranking.tool_index import ToolIndex
from tests.unit.routing.ranking.toys import ALL, DESK, WORDS, Toy, index, names, tool

CARDS = st.lists(
    st.builds(
        lambda number, said: tool(f"tool{number}", " ".join(said)),
        st.integers(0, 5),
        st.lists(st.sampled_from(WORDS), max_size=4),
    ),
    max_size=8,
)


def test_words_find_a_tool_by_its_split_name() -> None:
    assert names(index(), "a train for tomorrow")[0] == "bookTrain"


def test_meaning_finds_a_tool_that_has_none_of_the_words() -> None:
    assert names(index(), "forecast") == ["get_weather"]


def test_a_name_counts_more_than_a_description() -> None:
    found = index(tool("invoice", "mail"), tool("mail", "invoice"), tool("other", "stock"))
    assert names(found, "invoice") == ["invoice", "mail"]


def test_nothing_fits_a_query_without_known_words() -> None:
    assert names(index(), "xyzzy") == []
    assert names(ToolIndex(Toy()), "train") == []


def test_each_half_alone_decides_where_the_other_is_silent() -> None:
    found = index(tool("zug", "bahn"), tool("train", "rail"))
    (only,) = found.rank(Asked(query="zug"))
    assert (only.name, only.words, only.meaning, only.score) == ("zug", 1, 0, 1)


def test_a_tool_that_is_put_in_again_takes_the_place_of_the_old_one() -> None:
    found = index()
    found.add(tool("play", "weather weather"))
    assert len(found) == len(DESK)
    assert "play" in names(found, "weather")
    assert names(found, "song") == []


def test_a_tool_taken_out_is_never_offered_and_its_slot_serves_the_next() -> None:
    found = index()
    found.remove("bookTrain")
    found.remove("bookTrain")
    slots = len(found._cards)
    found.add(tool("rails", "train"))
    assert len(found._cards) == slots
    assert "bookTrain" not in found
    assert names(found, "train") == ["rails"]


def test_five_successes_outweigh_a_description() -> None:
    found = index()
    query = "an umbrella for the hotel"
    assert names(found, query)[0] == "book_hotel"
    for _ in range(5):
        found.learn("get_weather", "do i need an umbrella")
    assert names(found, query)[0] == "get_weather"


def test_what_was_learned_goes_with_the_tool_and_stays_when_it_is_described_anew() -> None:
    found = index()
    found.learn("play", "stock")
    found.add(tool("play", "play a tune"))
    assert names(found, "stock") == ["play"]
    found.remove("play")
    found.add(tool("play", "play a song"))
    assert names(found, "stock") == []


def test_nothing_is_learned_of_a_tool_that_is_not_there() -> None:
    found = index()
    found.learn("gone", "stock")
    found.count("gone", Outcome(succeeded=False, at_ms=0), step="s")
    assert names(found, "stock") == []
    found.add(tool("gone", "play"))
    ranked = next(each for each in found.rank(Asked(query="play", step="s")) if each.name == "gone")
    assert ("gone" in names(found, "stock"), ranked.record) == (False, 1)


def test_a_tool_that_fails_falls_behind_one_that_fits_about_as_well() -> None:
    found = index(tool("weather_a", "weather rain"), tool("weather_b", "weather"))
    assert names(found, "weather")[0] == "weather_b"
    for _ in range(10):
        found.count("weather_b", Outcome(succeeded=False, at_ms=0), step="plan")
    first, second = found.rank(Asked(query="weather", step="plan", cut=ALL))
    assert (first.name, first.record, second.name) == ("weather_a", 1, "weather_b")
    assert second.record < 0.6


def test_near_duplicates_are_told_with_how_like_they_are() -> None:
    found = index(tool("rain", "weather"), tool("weather", "rain"), tool("hotel", "book"), tool("pay", "invoice mail"))
    ((first, second, likeness),) = found.near_duplicates()
    assert {first, second} == {"rain", "weather"}
    assert likeness == pytest.approx(1)
    assert ToolIndex(Toy()).near_duplicates() == ()


@given(CARDS, st.data())
def test_the_order_in_which_tools_came_makes_no_difference(cards: list[ToolCard], data: st.DataObject) -> None:
    unique = list({card.name: card for card in cards}.values())
    shuffled = data.draw(st.permutations(unique))
    found, other = index(*DESK, *unique), index(*shuffled, *DESK)
    query = data.draw(st.sampled_from(WORDS))
    scores = [{each.name: each.score for each in made.rank(Asked(query=query, cut=ALL))} for made in (found, other)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-5)


@given(CARDS, CARDS, st.lists(st.sampled_from(WORDS), max_size=3))
def test_what_came_and_went_leaves_no_trace(stay: list[ToolCard], went: list[ToolCard], taught: list[str]) -> None:
    touched, fresh = index(), index()
    gone = [ToolCard(name=f"gone {card.name}", description=card.description) for card in went]
    for card in gone:
        touched.add(card)
        for query in taught:
            touched.learn(card.name, query)
    touched.add(*stay)
    for card in gone:
        touched.remove(card.name)
    fresh.add(*stay)
    for query in WORDS:
        scores = [
            {each.name: each.score for each in made.rank(Asked(query=query, cut=ALL))} for made in (touched, fresh)
        ]
        assert scores[0] == pytest.approx(scores[1], abs=1e-5)


def test_a_sketch_chooses_the_same_first_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    found = index(*(tool(f"{first} {second}", f"{third}") for first in WORDS for second in WORDS for third in WORDS))
    queries = [f"{first} {second}" for first, second in zip(WORDS, WORDS[3:], strict=False)]
    exact = [names(found, query, Cut(least=5, most=5)) for query in queries]
    monkeypatch.setattr(tool_index, "SKETCHED_FROM", 100)
    monkeypatch.setattr(tool_index, "_LOOKED_AT", 64)
    assert [names(found, query, Cut(least=5, most=5)) for query in queries] == exact
    found.add(tool("new rain rain", "rain"))
    found.learn("new rain rain", "rain stock")
    assert names(found, "rain stock")[0] == "new rain rain"
    found.add(tool("neu", "forecast"))
    assert "neu" in names(found, "weather")  # by its meaning alone


def test_threads_may_rank_and_learn_at_once() -> None:
    found = index()

    def work(number: int) -> list[str]:
        found.add(tool(f"extra {number}", "song"))
        found.learn("play", f"song {number}")
        seen = names(found, "book a train")
        found.remove(f"extra {number}")
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(work, range(64)))
    assert {each[0] for each in seen} == {"bookTrain"}
    assert len(found) == len(DESK)
