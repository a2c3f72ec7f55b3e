from podium.routing.ranking.asking import Asked, Cut
from podium.routing.ranking.card import ToolCard
from podium.routing.ranking.record import Outcome
from tests.unit.routing.ranking.toys import ALL, DESK, index, names, tool

SEVERAL = tuple(tool(f"mail{number}", "mail " + "stock " * (number // 3)) for number in range(30))


def test_what_scores_six_tenths_of_the_best_is_offered_but_three_at_least() -> None:
    found = index(*SEVERAL)
    scored = found.rank(Asked(query="mail", cut=ALL))
    enough = [each.name for each in scored if each.score >= 0.6 * scored[0].score]
    assert 3 < len(enough) < 20
    assert names(found, "mail", Cut()) == enough
    assert names(found, "mail", Cut(share=1.0)) == [each.name for each in scored[:3]]


def test_twenty_are_offered_at_most() -> None:
    assert len(names(index(*SEVERAL), "mail", Cut(share=0.0))) == 20


def test_who_is_not_admitted_makes_room_for_the_next() -> None:
    found = index(*SEVERAL)
    first, second, *_ = names(found, "mail")
    asked = Asked(query="mail", admits=lambda card: float(card.name != first), cut=Cut(least=1, most=1))
    assert [each.name for each in found.rank(asked)] == [second]


def test_the_only_one_admitted_is_found_among_many() -> None:
    found = index(*(tool(f"mail {number}", "mail") for number in range(3000)))
    asked = Asked(query="mail", admits=lambda card: float(card.name == "mail 2999"))
    assert [each.name for each in found.rank(asked)] == ["mail 2999"]


def test_a_tool_on_probation_is_offered_in_its_share_of_rankings() -> None:
    found = index()
    offered = [
        [each.name for each in found.rank(Asked(query="train", admits=lambda _: 0.25, chance=chance / 100))]
        for chance in range(100)
    ]
    assert sum(each == ["bookTrain"] for each in offered) == 25


def test_a_pinned_tool_is_offered_once_and_always_unless_it_is_not_admitted() -> None:
    found = index(*DESK, tool("stop", "give up", pinned=True))
    assert names(found, "train", Cut())[-1] == "stop"
    assert names(found, "xyzzy") == ["stop"]
    assert names(found, "stop") == ["stop"]
    assert found.rank(Asked(query="train", admits=lambda card: float(not card.pinned)))[-1].name != "stop"
    found.remove("stop")
    assert names(found, "xyzzy") == []


def test_the_least_tried_of_near_ties_is_explored_now_and_then() -> None:
    found = index(tool("rain_x", "weather"), tool("rain_y", "weather"), tool("hotel", "rain"))
    tried = names(found, "rain")[0]
    other = {"rain_x": "rain_y", "rain_y": "rain_x"}[tried]
    found.count(tried, Outcome(succeeded=True, at_ms=0), step="s")
    firsts = [found.rank(Asked(query="rain", step="s", chance=chance / 100))[0] for chance in range(100)]
    assert [each.explored for each in firsts] == [False] * 90 + [True] * 10
    assert {each.name for each in firsts[:90]} == {tried}
    assert {each.name for each in firsts[90:]} == {other}


def test_no_write_is_explored_and_none_is_put_behind() -> None:
    read, write = tool("rain_r", "weather"), tool("rain_w", "weather", writes=True)
    for cards, tried in (((read, write), "rain_r"), ((write, read), "rain_w")):
        found = index(*cards)
        found.count(tried, Outcome(succeeded=True, at_ms=0), step="s")
        first = found.rank(Asked(query="rain", step="s", chance=0.95))[0]
        assert (first.name, first.explored) == (tried, False)


def test_a_tool_can_be_called_when_all_that_it_requires_is_given() -> None:
    card = ToolCard(name="x", required=frozenset({"city", "day"}))
    assert card.is_callable_with(["city", "day", "hour"])
    assert not card.is_callable_with({"city"})
