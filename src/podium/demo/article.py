"""The demo's article: a sentence at the front door, a loop in this process, and what came of it."""

from pathlib import Path

from podium.core.events import Event
from podium.demo.conductor import Tell
from podium.demo.front import Shelf, front
from podium.demo.telling import OVER, writing_words
from podium.demo.writing import Article
from podium.engine.engine import Engine
from podium.engine.ports import Status
from podium.routing import Routed


async def write(text: str, folder: Path, *, id: str, tell: Tell) -> bool:
    """Take what is asked for to its end in this process; return whether the article reached its score.

    Args:
        text: The sentence.
        folder: For the database, the article and the picture; it is there.
        id: The run's.
        tell: Takes lines.
    """
    shelf = Shelf(folder)
    async with Engine(f"sqlite:///{folder / 'podium.db'}", resources=shelf.opened) as engine:
        run = await engine.start(front, text, id=id, target="podium.demo.app:front")
        async for _, event in run.events():
            _tell(event, tell=tell)
            if isinstance(event, OVER):
                break
        (folder / "writing.svg").write_text(await run.diagram(), "utf-8")
        if (await run.status()).status is not Status.COMPLETED:
            return False
        answer = await run.result()
        return isinstance(answer, Routed) and isinstance(answer.result, Article) and _is_good(answer.result, tell=tell)


def _tell(event: Event, *, tell: Tell) -> None:
    said = writing_words(event)
    if said is not None:
        tell(f"  {said}")


def _is_good(article: Article, *, tell: Tell) -> bool:
    verdict = "reached its score" if article.is_accepted else "DID NOT REACH ITS SCORE"
    counts = f"{len(article.quotes)} of {len(article.candidates)} passages"
    tell(f"  the article {verdict}; it quotes {counts}, each with its file and line")
    return article.is_accepted
