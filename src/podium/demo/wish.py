"""Reads "fly me to Busan for three nights, with a car", and says so where it does not understand.

A list of cities, numbers, and which words stand behind a "without": small, and honest about it. What is not said is
assumed and listed, what is not used is listed too, and a text without a city that the desk knows is not guessed at.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

CITIES: Final = (
    "Accra", "Amsterdam", "Athens", "Bangkok", "Barcelona", "Berlin", "Bogotá", "Busan", "Cairo", "Cape Town",
    "Copenhagen", "Dublin", "Helsinki", "Istanbul", "Kyoto", "Lagos", "Lima", "Lisbon", "London", "Madrid",
    "Mexico City", "Montréal", "Mumbai", "Nairobi", "New York", "Oslo", "Paris", "Porto", "Prague", "Reykjavík",
    "Rome", "San Francisco", "São Paulo", "Seoul", "Singapore", "Stockholm", "Sydney", "Taipei", "Tokyo",
    "Toronto", "Vienna", "Warsaw", "Zürich",
)  # fmt: skip
"""Where the desk's services book."""

NIGHTS_MAX: Final = 60
EXAMPLES: Final = ("fly me to Busan for three nights, with a car", "Lisbon, two nights, without a car")

_CHARACTERS_MAX: Final = 500
_NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "a": 1, "an": 1, "single": 1,
}  # fmt: skip
_UNITS: Final = {"night": 1, "nights": 1, "week": 7, "weeks": 7, "fortnight": 14}
_PARTS: Final = {
    "hotel": "hotel", "hotels": "hotel", "room": "hotel",
    "car": "car", "cars": "car",
}  # fmt: skip
_NOT: Final = frozenset({"without", "no", "not", "neither", "nor", "skip", "dont", "don't"})
_ANEW: Final = frozenset({",", ".", ";", ":", "!", "?", "but", "with", "plus"})
"""Ends the reach of a "without"."""

_FILLERS: Final = frozenset({
    "a", "an", "and", "or", "the", "me", "us", "i", "my", "our", "to", "in", "at", "for", "of", "from", "on",
    "fly", "flight", "flights", "book", "trip", "travel", "take", "go", "going", "get", "want", "need", "would",
    "like", "please", "there", "rental", "rent", "hire", "some", "any", "all", "it", "stay", "staying", "i'd",
})  # fmt: skip
_WORD: Final = re.compile(r"[\w'’]+|[,.;:!?]")


@dataclass(frozen=True, slots=True)
class Wish:
    """A trip as it was understood.

    Attributes:
        car_needed: "Only with a car": without one the traveller does not go at all.
        assumed: What was not said and is taken to be so, in words.
        unused: Words that nothing was made of.
    """

    city: str
    nights: int
    hotel: bool
    car: bool
    car_needed: bool = False
    assumed: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def __str__(self) -> str:
        """In words: the city, the nights, and what is booked."""
        car = "car or nothing" if self.car_needed else "car"
        parts = ["flight", *(["hotel"] if self.hotel else []), *([car] if self.car else [])]
        return f"{self.city}, {self.nights} night{'s' if self.nights > 1 else ''}: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Unclear:
    """A text that was not understood; `reasons` say why, a line each."""

    reasons: tuple[str, ...]


def read_wish(text: str) -> Wish | Unclear:
    """Return the trip that `text` asks for, or why it can not be told."""
    if len(text) > _CHARACTERS_MAX:
        return Unclear((f"the text has {len(text)} characters; {_CHARACTERS_MAX} are read",))
    words = [match.group().replace("’", "'") for match in _WORD.finditer(unicodedata.normalize("NFC", text))]
    plain = [_plain(word) for word in words]
    used: set[int] = set()
    city = _city(plain, used)
    nights = _nights(plain, used)
    reasons = [problem for problem in (city, nights) if isinstance(problem, Unclear)]
    if isinstance(city, Unclear) or isinstance(nights, Unclear):
        return Unclear(tuple(reason for unclear in reasons for reason in unclear.reasons))
    wanted = _parts(plain, used)
    needed = wanted.get("car", False) and _is_needed(plain, used)
    assumed = [] if nights else ["one night, as none was said"]
    assumed += [
        f"{'with a' if kind == 'hotel' else 'without a'} {kind}" for kind in ("hotel", "car") if kind not in wanted
    ]
    unused = tuple(word for at, word in enumerate(words) if at not in used and _says_something(plain[at]))
    return Wish(
        city,
        nights or 1,
        hotel=wanted.get("hotel", True),
        car=wanted.get("car", False),
        car_needed=needed,
        assumed=tuple(assumed),
        unused=unused,
    )


def _plain(text: str) -> str:
    """Return `text` as it is compared: without case and accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _says_something(word: str) -> bool:
    return word.strip("'").isalnum() and word not in _FILLERS and word not in _ANEW and word not in _NOT


# ----- where to


def _city(words: Sequence[str], used: set[int]) -> str | Unclear:
    found = list(_cities(words))
    for _, at, length in found:
        used.update(range(at, at + length))
    aimed = [hit for hit in found if hit[1] and words[hit[1] - 1] in {"to", "in"}]
    from_where = [hit for hit in found if hit[1] and words[hit[1] - 1] == "from"]
    names = {hit[0] for hit in aimed or [hit for hit in found if hit not in from_where]}
    if len(names) == 1:
        return names.pop()
    if names:
        return Unclear((f"there is more than one city in it: {', '.join(sorted(names))}; a trip has one",))
    return Unclear((_no_city(words), f"the cities that are known: {', '.join(CITIES)}"))


def _cities(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Find known cities: the name, where it begins, and how many words it has."""
    for city in CITIES:
        parts = _plain(city).split()
        for at in range(len(words) - len(parts) + 1):
            if list(words[at : at + len(parts)]) == parts:
                yield city, at, len(parts)


def _no_city(words: Sequence[str]) -> str:
    for at, word in enumerate(words[:-1]):
        after = words[at + 1]
        if word == "to" and _says_something(after) and after not in _PARTS:
            return f"{after!r} is no city that the travel desk knows"
    return "there is no city in it that the travel desk knows"


# ----- for how long


def _nights(words: Sequence[str], used: set[int]) -> int | Unclear | None:
    """Return the nights; None where none are said."""
    said = []
    for at, word in enumerate(words):
        if word == "weekend":
            used.add(at)
            said.append(2)
        elif word in _UNITS and at and (count := _number(words[at - 1])) is not None:
            used.update({at - 1, at})
            said.append(_UNITS[word] * count)
    if len(set(said)) > 1:
        return Unclear((f"it asks for {' and for '.join(map(str, said))} nights",))
    if said and not 1 <= said[0] <= NIGHTS_MAX:
        return Unclear((f"{said[0]} nights: the desk books 1 to {NIGHTS_MAX}",))
    return said[0] if said else None


def _number(word: str) -> int | None:
    if re.fullmatch(r"[0-9]{1,6}", word):
        return int(word)
    return _NUMBERS.get(word)


# ----- with what


def _parts(words: Sequence[str], used: set[int]) -> dict[str, bool]:
    """Return which of hotel and car are asked for, or asked to be left out; the last word on each counts."""
    wanted: dict[str, bool] = {}
    negated = False
    for at, word in enumerate(words):
        if word in _NOT:
            negated = True
        elif word in _ANEW:
            negated = False
        elif word in _PARTS:
            used.add(at)
            wanted[_PARTS[word]] = not negated
    return wanted


def _is_needed(words: Sequence[str], used: set[int]) -> bool:
    """Claim that the text says "only" of the car, before or after it and within the same part of the sentence."""
    for at, word in enumerate(words):
        if word == "only" and "car" in _clause(words, at):
            used.add(at)
            return True
    return False


def _clause(words: Sequence[str], at: int) -> Sequence[str]:
    """Return the words around `at`, up to the next comma or full stop on either side."""
    ends = [index for index, word in enumerate(words) if not word[0].isalnum()]
    first = max((end + 1 for end in ends if end < at), default=0)
    return words[first : min((end for end in ends if end > at), default=len(words))]
