import pytest

from podium.routing.embedding import choice
from podium.routing.embedding.choice import default_embedder, east_asian_share, needs_multilingual
from podium.routing.embedding.multilingual import multilingual_embedder
from podium.routing.embedding.static import static_embedder


@pytest.mark.parametrize(
    ("texts", "share"),
    [
        (["abcd"], 0.0),
        (["날씨", "ab"], 0.5),
        (["東京 abc とう tokyo"], 4 / 12),
        (["12 % !"], 0.0),
        ([], 0.0),
        (["déjà"], 0.0),
        (["天 abc!"], 0.25),
    ],
)
def test_letters_of_east_asia_are_counted_among_letters(texts: list[str], share: float) -> None:
    assert east_asian_share(texts) == pytest.approx(share)


def test_a_fifth_is_not_yet_too_much() -> None:
    assert not needs_multilingual(["날abcd"])
    assert needs_multilingual(["날abc"])


def test_korean_gets_the_multilingual_one() -> None:
    assert default_embedder(["환불해 주세요"]) is multilingual_embedder()
    assert default_embedder(["a refund, please"]) is static_embedder()
    assert default_embedder() is static_embedder()


def test_korean_gets_the_static_one_where_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda _: None)
    assert default_embedder(["환불해 주세요"]) is static_embedder()
