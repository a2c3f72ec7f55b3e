"""An embedder that a test can foresee: every word has a direction of its own, and words of one meaning share it."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from podium.routing.intent.types import RouteSpec

MEANINGS = (
    {"flight", "fly", "plane", "flights", "항공편", "비행기"},
    {"hotel", "room", "hotels", "호텔", "숙소"},
    {"refund", "money", "환불"},
    {"weather", "rain", "날씨"},
    {"book", "reserve", "예약"},
)
DIM = 48


class Words:
    """An embedder over whole words."""

    def __init__(self, id: str = "words", languages: Sequence[str] = ("en",), dim: int = DIM) -> None:
        self.id, self.dim, self.languages = id, dim, frozenset(languages)
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> NDArray[np.float32]:
        whole = sum((self._direction(word) for word in text.split()), np.zeros(self.dim, np.float32))
        return np.asarray(whole / (np.linalg.norm(whole) or 1), np.float32)

    def _direction(self, word: str) -> NDArray[np.float32]:
        if not any(map(str.isalnum, word)):
            return np.zeros(self.dim, np.float32)
        said = next((min(words) for words in MEANINGS if word in words), word)
        seed = zlib.crc32(said.encode("utf-8", "replace"))
        return np.random.default_rng(seed).standard_normal(self.dim).astype(np.float32)


TRAVEL = (
    RouteSpec(
        "flights",
        "book a flight",
        (
            "book me a flight to rome",
            "i want to fly to oslo",
            "find a plane to madrid",
            "reserve a flight on monday",
            "get me on a plane tomorrow",
            "fly me home",
        ),
    ),
    RouteSpec(
        "hotels",
        "find a hotel room",
        (
            "i need a hotel in rome",
            "book a room for two nights",
            "is there a hotel near the station",
            "reserve a room with breakfast",
            "find me a cheap hotel",
            "a room in oslo please",
        ),
    ),
    RouteSpec(
        "refunds",
        "get money back",
        (
            "i want a refund",
            "give me my money back",
            "refund my ticket please",
            "where is my refund",
            "when do i get my money",
            "the refund is missing",
        ),
    ),
)
