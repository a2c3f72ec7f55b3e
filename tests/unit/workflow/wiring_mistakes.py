"""Eight wiring mistakes: what LangGraph makes of each, and what Podium says; printed as docs/wiring_mistakes.md.

    python -m tests.unit.workflow.wiring_mistakes > docs/wiring_mistakes.md

LangGraph's column was observed with 1.2.22; `graph.compile().invoke(…)` of the same mistake.
"""
# the parameters are the wiring

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from podium import END, START, Dag, StateMachine, node, step, tool
from podium.errors import DefinitionErrors


class Article(BaseModel):
    topic: str
    text: str = ""


class Brief(BaseModel):
    topic: str
    pages: int = 1


@tool.read
async def search(query: str) -> str:
    return query


@step
async def research(article: Article) -> None: ...


@step
async def draft(article: Article) -> None: ...


@step
async def review(article: Article) -> Literal["accept", "revise"]:
    return "accept"


@node
async def web(topic: str) -> list[str]:
    return [topic]


@node(when=lambda pages: pages > 10)
async def appendix(web: list[str]) -> str:
    return "\n".join(web)


@node
async def report(web: list[str], appendix: str) -> str:
    return appendix


@node
async def outline(notes: list[str]) -> list[str]:
    return notes


@node
async def notes(outline: list[str]) -> list[str]:
    return outline


def _second_web() -> Any:
    @node
    async def web(topic: str) -> list[str]:
        return [topic]

    return web


def _typo() -> None:
    names: dict[str, Any] = {"START": START, "END": END, "research": research, "draft": draft}
    exec("START >> research >> drfat >> END", names)  # noqa: S102  # a name that is not there stops any checked code


def _untaken_branch() -> Dag[Brief, str]:
    return Dag("briefing", Brief, web, appendix, report, gives=report)


def _unknown_key() -> StateMachine[Article]:
    return StateMachine("writing", Article, START >> search.state("found", take={"query": "topic"}, give="txet") >> END)


def _unreachable() -> StateMachine[Article]:
    return StateMachine("writing", Article, START >> research >> END, draft >> END)


def _dead_end() -> StateMachine[Article]:
    return StateMachine("writing", Article, START >> research >> review.choose({"accept": END, "revise": draft}))


def _undeclared() -> StateMachine[Article]:
    targets: Any = {"accept": END, "revise": draft, "reject": END}
    return StateMachine("writing", Article, START >> draft >> review.choose(targets))


def _two_writers() -> Dag[Brief, list[str]]:
    return Dag("briefing", Brief, web, _second_web(), gives=web)


def _waits_for_ever() -> Dag[Brief, list[str]]:
    return Dag("briefing", Brief, outline, notes, gives=notes)


@dataclass(frozen=True)
class Mistake:
    """One row."""

    name: str
    langgraph: str
    build: Callable[[], object]
    code: str


MISTAKES = (
    Mistake("a typo in a target", '`goto="drfat"`: logged, ignored; the run ends as a success', _typo, "NameError"),
    Mistake(
        "a join on a branch that may not be taken",
        "the join never runs; the run ends as a success",
        _untaken_branch,
        "gives-may-be-skipped",
    ),
    Mistake("an unknown state key", "the value vanishes; the run ends as a success", _unknown_key, "unknown-field"),
    Mistake("an unreachable node", "it never runs; the run ends as a success", _unreachable, "unreachable"),
    Mistake("a dead end", "the run ends there, as a success", _dead_end, "dead-end"),
    Mistake(
        "a target outside the declared set",
        '`Command[Literal["b"]]` with `goto="c"`: goes to `c` all the same',
        _undeclared,
        "unknown-label",
    ),
    Mistake(
        "two parallel writers of one field",
        "`InvalidUpdateError`, when both have run",
        _two_writers,
        "same-name",
    ),
    Mistake("a fan-in that waits for ever", "the node never runs; the run ends as a success", _waits_for_ever, "cycle"),
)


def said(mistake: Mistake) -> str:
    """Return what Podium says of a mistake when the workflow is defined, without the place."""
    try:
        mistake.build()
    except NameError as error:
        return f"NameError: {error} (targets are values, not texts)"
    except DefinitionErrors as errors:
        text = " ".join(f"{fault.message} [{fault.code}]. {fault.suggestion}" for fault in errors.faults)
        return re.sub(r"\S+/wiring_mistakes[.]py:\d+", "wiring_mistakes.py", text)
    return ""


def table() -> Iterator[str]:
    """Return the page, line by line."""
    yield "# Wiring mistakes"
    yield ""
    yield "What happens when a workflow is wired wrongly. Podium's column is said when the module that defines the"
    yield "workflow is imported, before anything has run; each message comes with its file and line, and all of them"
    yield "come at once. LangGraph's column: what version 1.2.22 does, from `compile()` to the end of the run."
    yield ""
    yield "This page is made by `python -m tests.unit.workflow.wiring_mistakes`, and a test holds it up to date."
    yield ""
    yield "| mistake | LangGraph | Podium |"
    yield "|---|---|---|"
    for mistake in MISTAKES:
        yield f"| {mistake.name} | {mistake.langgraph} | {said(mistake).replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    print("\n".join(table()))  # noqa: T201  # its purpose
