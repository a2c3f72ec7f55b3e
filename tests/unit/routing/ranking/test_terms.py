import pytest

from podium.routing.ranking.terms import terms, words_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("getUserName", ["user", "name"]),
        ("send_HTTPRequest2", ["send", "http", "request2"]),
        ("soccer.get-last-match", ["soccer", "last", "match"]),
        ("Could you please show me the cities?", ["show", "city"]),
        ("addresses glass bus analysis flights", ["addresse", "glass", "bus", "analysis", "flight"]),
        ("환불해 주세요", ["환불", "불해", "주세", "세요"]),
        ("東京", ["東京"]),
        ("天", ["天"]),
        ("", []),
        ("!? ...", []),
    ],
)
def test_a_text_has_the_terms_that_say_something(text: str, found: list[str]) -> None:
    assert terms(text) == found


def test_a_name_is_written_as_words() -> None:
    assert [words_of(name) for name in ("getUserName", "get_user_name", "user.getName")] == [
        "get User Name",
        "get user name",
        "user get Name",
    ]
