"""Free words become a trip, or a reason why not; what was assumed and what was not used is said."""

import pytest

from podium.demo.wish import CITIES, EXAMPLES, NIGHTS_MAX, Unclear, Wish, read_wish

UNDERSTOOD = [
    ("fly me to Busan for three nights, with a car", ("Busan", 3, True, True)),
    ("fly me to Lisbon for two nights without a car", ("Lisbon", 2, True, False)),
    ("BUSAN", ("Busan", 1, True, False)),
    ("to new york, 1 night, no hotel", ("New York", 1, False, False)),
    ("from Berlin to Seoul for a week with neither hotel nor car", ("Seoul", 7, False, False)),
    ("from Rome, Paris two nights", ("Paris", 2, True, False)),
    ("no hotel and no car, just Oslo", ("Oslo", 1, False, False)),
    ("Oslo without hotel but with a car", ("Oslo", 1, False, True)),
    ("Oslo without a hotel, car please", ("Oslo", 1, False, True)),
    ("I don't need a car in Kyoto, 5 nights", ("Kyoto", 5, True, False)),
    ("I don’t need a hotel in Kyoto", ("Kyoto", 1, False, False)),
    ("Reykjavik for a fortnight", ("Reykjavík", 14, True, False)),
    ("São Paulo two weeks", ("São Paulo", 14, True, False)),
    ("Sa\u0303o Paulo a weekend", ("São Paulo", 2, True, False)),
    ("three nights in Busan next week", ("Busan", 3, True, False)),
    (f"Porto {NIGHTS_MAX} nights", ("Porto", NIGHTS_MAX, True, False)),
]

UNCLEAR = [
    ("", "there is no city"),
    ("hurz", "there is no city"),
    ("fly me to Atlantis", "'atlantis' is no city"),
    ("Paris or Rome", "more than one city in it: Paris, Rome"),
    ("Paris for 0 nights", "0 nights"),
    ("Paris for 61 nights", "61 nights"),
    ("Paris for 999999 nights", "999999 nights"),
    ("Paris two nights, or three nights", "for 2 and for 3 nights"),
    ("Paris " * 100, "600 characters"),
    ("Parisian nights", "there is no city"),
]


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD)
def test_a_wish_is_read(text: str, expected: tuple[str, int, bool, bool]) -> None:
    wish = read_wish(text)

    assert isinstance(wish, Wish), wish
    assert (wish.city, wish.nights, wish.hotel, wish.car) == expected


@pytest.mark.parametrize(("text", "reason"), UNCLEAR)
def test_what_is_not_understood_is_said_and_not_guessed(text: str, reason: str) -> None:
    unclear = read_wish(text)

    assert isinstance(unclear, Unclear), unclear
    assert reason in unclear.reasons[0]


def test_what_was_not_said_is_said_to_be_assumed() -> None:
    assert read_wish("Busan") == Wish(
        "Busan",
        1,
        hotel=True,
        car=False,
        assumed=("one night, as none was said", "with a hotel", "without a car"),
    )
    assert isinstance(full := read_wish("Busan, 2 nights, with hotel, no car"), Wish)
    assert full.assumed == ()


def test_words_of_which_nothing_was_made_are_listed() -> None:
    wish = read_wish("fly me to Busan by boat with a Dog for 3 people")

    assert isinstance(wish, Wish)
    assert wish.unused == ("by", "boat", "Dog", "3", "people")
    assert isinstance(vague := read_wish("three lovely nights in Busan"), Wish)
    assert (vague.nights, vague.unused) == (1, ("three", "lovely", "nights"))


@pytest.mark.parametrize("city", CITIES)
def test_every_city_is_found_by_its_name(city: str) -> None:
    assert isinstance(wish := read_wish(f"fly me to {city}"), Wish)
    assert (wish.city, wish.unused) == (city, ())


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_understood_to_the_last_word(text: str) -> None:
    assert isinstance(wish := read_wish(text), Wish)
    assert wish.unused == ()


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("Porto, two nights, only with a car", True),
        ("Porto, with a car only", True),
        ("Porto, only two nights, with a car", False),
        ("Porto with a car", False),
        ("Porto, only without a car", False),
    ],
)
def test_only_with_a_car_is_told_from_with_a_car(text: str, needed: bool) -> None:  # a parameter
    wish = read_wish(text)
    assert isinstance(wish, Wish)
    assert wish.car_needed is needed
