"""Map and reduce: count words over many texts, texts side by side, and then words side by side.

Shuffling is a node between two maps: the second map begins once every text was counted.

$ podium run examples/map_reduce.py
"""

from collections import Counter, defaultdict

from pydantic import BaseModel

from podium import Dag, node


class Library(BaseModel):
    """The input."""

    texts: list[str] = ["to be or not to be", "be quick", "or not"]


class Counts(BaseModel):
    """How often a word was seen in each text that has it."""

    word: str
    counts: list[int]


class Word(BaseModel):
    """How often a word was seen in all."""

    word: str
    count: int


@node(each="texts", concurrency=8)
async def counted(item: str) -> dict[str, int]:
    """Map: count the words of one text."""
    return dict(Counter(item.split()))


@node
async def shuffled(counted: list[dict[str, int]]) -> list[Counts]:
    """Bring together what is about the same word."""
    found = defaultdict[str, list[int]](list)
    for words in counted:
        for word, count in words.items():
            found[word].append(count)
    return [Counts(word=word, counts=counts) for word, counts in sorted(found.items())]


@node(each="shuffled", concurrency=8)
async def reduced(item: Counts) -> Word:
    """Reduce: add up what was seen of one word."""
    return Word(word=item.word, count=sum(item.counts))


@node
async def often(reduced: list[Word]) -> list[Word]:
    """Put first what was seen most."""
    return sorted(reduced, key=lambda word: (-word.count, word.word))


map_reduce = Dag("map_reduce", Library, counted, shuffled, reduced, often, gives=often)
