"""The `writing` machine: research, draft, review, revise over a folder of documents, until its score is reached.

Real work without a model: passages are found by BM25 and quoted with `[file:line]`, never invented, and the review
counts. Where a team has models, `draft` and `review` would call them; the loop, the score, the limit on rounds and
what survives a crash stay as they are.
"""

import os
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, Field

from podium import END, START, Dag, StateMachine, node, step, tool
from podium.demo.documents import Passage, list_names, own_documents, read_passages
from podium.demo.ranking import rank, stems, topic_words

TOPIC: Final = "How another process takes over a run with a write in doubt after a crash"
QUOTES_FIRST: Final = 2
"""How many passages the first draft quotes. It is meant to be too short: the review says so."""

CANDIDATES_MAX: Final = 60
ADDED_MAX: Final = 2
WORDS_MIN: Final = 150
WORDS_MAX: Final = 600
QUOTE_WORDS_MAX: Final = 80
SHARES: Final = {"coverage": 0.5, "length": 0.25, "citations": 0.25}
"""What coverage of the topic, length and sound citations count for in the score; together 1."""


class Review(BaseModel):
    """What the review of a draft found.

    Attributes:
        round: Which draft, from 1.
        score: 0 to 1, see `SHARES`.
        missing: Words of the topic that no quote contains in any form.
        words: Of all quotes.
        broken: Citations whose line does not say what is quoted (any more).
    """

    round: int
    score: float
    missing: list[str]
    words: int
    broken: list[str]


class Article(BaseModel):
    """What a run of `writing` works on.

    Attributes:
        topic: What to write about.
        folder: Where the documents are; the default is Podium's own.
        target: The file that is written, replaced if it is there.
        score_wanted: The review accepts from here on.
        rounds_max: How many drafts at most; the last one is published as it is.
        candidates: Passages that speak of the topic, the best first.
        quotes: Indexes into `candidates`: what the draft quotes, in order.
        text: The draft.
        reviews: One per draft.
        is_accepted: The score was reached.
        written: Bytes of the file, once written.
    """

    topic: str = Field(default=TOPIC, min_length=1, max_length=300)
    folder: str = Field(default_factory=lambda: str(own_documents()))
    target: str = "article.md"
    score_wanted: float = Field(default=0.95, ge=0, le=1)
    rounds_max: int = Field(default=8, ge=1, le=50)
    candidates: list[Passage] = Field(default_factory=list)
    quotes: list[int] = Field(default_factory=list)
    text: str = ""
    reviews: list[Review] = Field(default_factory=list)
    is_accepted: bool = False
    written: int = 0


class Question(BaseModel):
    """What the research is about."""

    topic: str
    folder: str


# ----- tools


@tool.read
def list_documents(folder: str) -> list[str]:
    """List the documents of a folder."""
    return list_names(Path(folder))


@tool.read
def read_document(folder: str, name: str) -> list[Passage]:
    """Read the passages of a document."""
    return read_passages(Path(folder), name)


@tool.write(idempotent=True, irreversible=True)
def write_file(path: str, text: str) -> int:
    """Write a text file whole or not at all, and give its size; to do so twice changes nothing.

    What stood there before is gone, so that it is the last thing that a run does.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name}.new")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return target.stat().st_size


# ----- research: a DAG that reads all documents at once


@node(each="documents", concurrency=8)
def passages(item: str, folder: str, topic: str) -> list[Passage]:
    """Read one document and keep what shares a word with the topic."""
    wanted = set(topic_words(topic))
    return [passage for passage in read_document(folder, item) if wanted & set(stems(passage.text))]


@node
def ranked(topic: str, passages: list[list[Passage]]) -> list[Passage]:
    """Rank the passages of all documents."""
    found = [passage for of_one in passages for passage in of_one]
    best = rank(topic_words(topic), [passage.text for passage in found])
    return [found[index] for index, _ in best[:CANDIDATES_MAX]]


research = Dag("research", Question, list_documents.node("documents"), passages, ranked, gives=ranked)


# ----- the loop


@step
def draft(article: Article) -> None:
    """Quote what was chosen, each with its place."""
    article.quotes = article.quotes or list(range(min(QUOTES_FIRST, len(article.candidates))))
    chosen = [article.candidates[index] for index in article.quotes]
    quoted = [f"{_excerpt(passage.text, article.topic)} [{passage.citation}]" for passage in chosen]
    article.text = "\n\n".join([f"# {article.topic}", *quoted]) + "\n"


@step
def review(article: Article) -> Literal["accept", "revise", "stop"]:
    """Score the draft, looking every citation up again."""
    found = _reviewed(article, _looked_up(article))
    article.reviews.append(found)
    article.is_accepted = found.score >= article.score_wanted
    if article.is_accepted:
        return "accept"
    is_spent = found.round >= article.rounds_max or not _better(article, found)
    return "stop" if is_spent else "revise"


@step
def revise(article: Article) -> None:
    """Choose other quotes, by what the review found."""
    article.quotes = _better(article, article.reviews[-1])


publish = write_file.state("publish", take={"path": "target", "text": "text"}, give="written")

writing = StateMachine(
    "writing",
    Article,
    START >> research.as_state(take={"topic": "topic", "folder": "folder"}, give="candidates") >> draft,
    draft >> review.choose({"accept": publish, "revise": revise, "stop": publish}),
    revise >> draft,
    publish >> END,
    max_visits=50,
)


# ----- what review and revise count


def _looked_up(article: Article) -> list[Passage]:
    """Read every document that is quoted again."""
    found: list[Passage] = []
    for name in sorted({article.candidates[index].file for index in article.quotes}):
        found += read_document(article.folder, name)
    return found


def _reviewed(article: Article, sources: list[Passage]) -> Review:
    chosen = [article.candidates[index] for index in article.quotes]
    quotes = [_excerpt(passage.text, article.topic) for passage in chosen]
    wanted = topic_words(article.topic)
    said = {stem for quote in quotes for stem in stems(quote)}
    missing = [word for stem, word in wanted.items() if stem not in said]
    words = sum(len(quote.split()) for quote in quotes)
    broken = [passage.citation for passage in chosen if passage not in sources]
    parts = {
        "coverage": 1 - len(missing) / len(wanted) if wanted else 0.0,
        "length": min(1.0, words / WORDS_MIN, WORDS_MAX / max(words, 1)),
        "citations": 1 - len(broken) / len(chosen) if chosen else 0.0,
    }
    score = round(sum(SHARES[name] * part for name, part in parts.items()), 3)
    return Review(round=len(article.reviews) + 1, score=score, missing=missing, words=words, broken=broken)


def _better(article: Article, found: Review) -> list[int]:
    """Return which passages to quote next; empty where nothing would help."""
    kept = [index for index in article.quotes if article.candidates[index].citation not in found.broken]
    free = [index for index in range(len(article.candidates)) if index not in article.quotes]
    added = _with_words(article, free, found.missing)[:ADDED_MAX]
    if not added and found.words < WORDS_MIN:
        added = free[:ADDED_MAX]
    if found.words > WORDS_MAX and not added:
        kept = kept[:-1]
    chosen = sorted(kept + added)
    return [] if chosen == article.quotes else chosen


def _with_words(article: Article, indexes: list[int], missing: list[str]) -> list[int]:
    """Return the best candidate for each missing word, each once."""
    chosen: list[int] = []
    for stem in stems(" ".join(missing)):
        holds = (i for i in indexes if stem in stems(_excerpt(article.candidates[i].text, article.topic)))
        chosen.extend(index for index in [next(holds, -1)] if index >= 0 and index not in chosen)
    return chosen


def _excerpt(text: str, topic: str) -> str:
    """Return the sentences of a passage that speak of the topic, in order, within `QUOTE_WORDS_MAX` words."""
    wanted = set(topic_words(topic))
    sentences = [part for part in text.replace("? ", "?\n").replace(". ", ".\n").split("\n") if part]
    kept: list[str] = []
    for sentence in sentences:
        fits = not kept or sum(len(one.split()) for one in kept) + len(sentence.split()) <= QUOTE_WORDS_MAX
        if fits and wanted & set(stems(sentence)):
            kept.append(sentence)
    return " ".join(kept)
