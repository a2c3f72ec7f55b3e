"""The writing machine: the same article from the same documents, in rounds, until its score or its limit."""

from pathlib import Path

import pytest

from podium.core.events import StepDone
from podium.demo.documents import Passage
from podium.demo.writing import Article, review, writing
from podium.engine.engine import Engine
from podium.errors import RunFailedError

TOPIC = "How a lease expires and a worker takes over"
DOCUMENTS = {
    "lease.md": "A lease expires after ten seconds unless the thread of its worker renews it in time. " * 2,
    "worker.md": "A worker claims what nobody holds, and puts its own name beside the run. " * 2,
    "over.md": "To take a run over means to claim it with a higher epoch than its last owner had. " * 2,
    "deep/other.md": "This paragraph speaks of something else altogether, namely of cheese and of bread.",
    "more.md": "\n\n".join(f"The worker number {number} has a lease of its own, and renews it." for number in range(9)),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    for name, text in DOCUMENTS.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    return made


def asked(folder: Path, **said: object) -> Article:
    target = str(folder.parent / "article.md")
    return Article.model_validate({"topic": TOPIC, "folder": str(folder), "target": target, **said})


async def written(article: Article) -> Article:
    async with Engine("memory:") as engine:
        return await (await engine.start(writing, article)).result()


async def test_it_revises_until_the_score_is_reached(folder: Path) -> None:
    article = await written(asked(folder))

    scores = [found.score for found in article.reviews]
    assert len(scores) > 1
    assert scores == sorted(scores)
    assert scores[-2] < article.score_wanted <= scores[-1]
    assert article.is_accepted
    assert Path(article.target).read_text() == article.text
    assert article.written == len(article.text.encode())


async def test_the_same_documents_give_the_same_article(folder: Path) -> None:
    first, second = await written(asked(folder)), await written(asked(folder))

    assert first == second


async def test_everything_it_says_stands_where_it_cites(folder: Path) -> None:
    article = await written(asked(folder))

    assert article.text.startswith(f"# {TOPIC}\n")
    for index in article.quotes:
        passage = article.candidates[index]
        assert f"[{passage.citation}]" in article.text
        assert passage.text[:40] in (folder / passage.file).read_text().splitlines()[passage.line - 1]


async def test_it_stops_at_the_limit_of_rounds_and_says_so(folder: Path) -> None:
    article = await written(asked(folder, score_wanted=1.0, rounds_max=2))

    assert [found.round for found in article.reviews] == [1, 2]
    assert not article.is_accepted
    assert article.written > 0


async def test_it_stops_where_no_document_can_help(folder: Path) -> None:
    article = await written(asked(folder, topic="A lease on cheddar", rounds_max=50))

    assert not article.is_accepted
    assert article.reviews[-1].missing == ["cheddar"]
    assert len(article.reviews) < 50


async def test_every_document_is_read_once_in_the_research(folder: Path) -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(writing, asked(folder))
        done = [event.path async for _, event in run.events() if isinstance(event, StepDone)]

    assert sorted(path for path in done if path.startswith("research/passages[")) == [
        f"research/passages[{index}]" for index in range(len(DOCUMENTS))
    ]
    assert [path for path in done if path.startswith("draft")] == ["draft", "draft#2", "draft#3"]


async def test_a_folder_that_is_not_there_fails_the_run_by_name(folder: Path) -> None:
    with pytest.raises(RunFailedError, match="no folder of documents"):
        await written(asked(folder / "nowhere"))


def test_a_citation_that_no_longer_holds_is_found(folder: Path) -> None:
    stands = Passage(file="lease.md", line=1, text=DOCUMENTS["lease.md"].strip())
    article = asked(folder, candidates=[stands, Passage(file="gone.md", line=1, text="A lease")], quotes=[0, 1])

    assert review(article) == "revise"
    assert article.reviews[-1].broken == ["gone.md:1"]
