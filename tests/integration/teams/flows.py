"""A team whose workers each write once, and whose process dies where a file in its folder says so."""

import os
import signal
from pathlib import Path

from pydantic import BaseModel

from podium import FROM_ENGINE, Board, Dag, IdempotencyKey, node, tool
from podium.agents import Assignment, Coordinator, Role, Team


class Folder(BaseModel):
    """Where the other side keeps what it was told."""

    folder: str
    words: list[str]


class Word(BaseModel):
    """What a worker gets."""

    folder: str
    word: str


def die_if_told(folder: str, where: str) -> None:
    """End this process as the kernel does, once, where a file says so."""
    told = Path(folder) / f"die-in-{where}"
    if told.exists():
        told.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def keep(folder: str, word: str, key: str) -> None:
    """Be told a word; each key counts once, and each telling is noted."""
    with (Path(folder) / "told").open("a") as told:
        told.write(f"{word} {key}\n")
    kept = Path(folder) / key
    if not kept.exists():
        kept.write_text(word)


told_of = Board("told_of", str)


@tool.write(idempotent=True)
async def tell(folder: str, word: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Tell the other side a word; the process may die when it has arrived."""
    keep(folder, word, key)
    die_if_told(folder, f"work-{word}")
    return word.upper()


@node
async def spread(folder: str, word: str) -> str:
    """Tell one word, and the team that it was told."""
    told_of.post(word)
    return await tell(folder, word)


spreading = Role("spreader", Dag("spreading", Word, spread, gives=spread))


async def plan(team: Team[Folder]) -> list[Assignment]:
    """Give each word out; the process may die before the answer is there."""
    die_if_told(team.goal.folder, f"plan-{team.round}")
    known = {result.lower() for result in spreading.results(team)}
    words = [word for word in team.goal.words if word not in known]
    return [spreading.assign(Word(folder=team.goal.folder, word=word)) for word in words[:3]]


def is_told(team: Team[Folder]) -> bool:
    """Look on the board whether all words were told."""
    return sorted(told_of.read()) == sorted(team.goal.words)


team = Coordinator("team", Folder, plan, workers=[spreading], until=is_told, rounds=5)
