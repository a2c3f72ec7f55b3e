"""A toy embedder, whose directions are words, and tools to rank."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.unit import unit_rows
from podium.routing.ranking.asking import Asked, Cut
from podium.routing.ranking.card import ToolCard
from podium.routing.ranking.tool_index import ToolIndex

SAME = {"umbrella": "rain", "forecast": "weather", "rail": "train"}
WORDS = ["rain", "weather", "train", "book", "refund", "invoice", "pay", "mail", "stock", "city", "hotel", "song"]
ALL = Cut(share=0.0, least=100, most=100)


class Toy:
    id = "toy"
    dim = len(WORDS)
    languages = frozenset({"en"})

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        found = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().replace(".", " ").split():
                if (meant := SAME.get(word, word)) in WORDS:
                    found[row, WORDS.index(meant)] += 1
        return unit_rows(found)


def tool(name: str, description: str = "", *, writes: bool = False, pinned: bool = False) -> ToolCard:
    return ToolCard(name=name, description=description, writes=writes, pinned=pinned)


DESK = (
    tool("get_weather", "the weather of a city"),
    tool("bookTrain", "book a train", writes=True),
    tool("book_hotel", "book a hotel in a city", writes=True),
    tool("refund", "pay back an invoice", writes=True),
    tool("play", "play a song"),
)


def index(*cards: ToolCard) -> ToolIndex:
    made = ToolIndex(Toy())
    made.add(*(cards or DESK))
    return made


def names(found: ToolIndex, query: str, cut: Cut = ALL) -> list[str]:
    return [each.name for each in found.rank(Asked(query=query, cut=cut))]
