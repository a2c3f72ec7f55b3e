"""DAGs that mypy must accept."""

from typing import assert_type

from pydantic import BaseModel

from podium import END, START, Approve, Dag, ItemFailed, Reject, StateMachine, human, node, step, tool, wait


class Brief(BaseModel):
    topic: str


class Report(BaseModel):
    text: str


@tool.read
async def search(query: str) -> list[str]:
    return []


@node
async def web(topic: str) -> list[str]:
    return await search(topic)


@node(each="web", concurrency=8)
async def summaries(item: str) -> int:
    return len(item)


@node(each="web", on_item_error="collect")
def lengths(item: str) -> int:
    return len(item)


@node(when=lambda web: len(web) > 50)
async def appendix(web: list[str]) -> str:
    return ""


@node(timeout=5)
def report(topic: str, summaries: list[int], lengths: list[int | ItemFailed], appendix: str | None) -> Report:
    return Report(text=topic)


@human(default=Reject())
async def signed(report: Report, answer: Approve | Reject) -> Report | None:
    return report


papers = search.node("papers", take={"query": "topic"})
more = search.node("more", take={"query": "item"}, each="web")
briefing = Dag("briefing", Brief, web, summaries, lengths, appendix, papers, more, report, signed, gives=report)
assert_type(briefing, Dag[Brief, Report])
assert_type(Dag("listing", Brief, web, summaries, gives=summaries), Dag[Brief, list[int]])
assert_type(Dag("collecting", Brief, web, lengths, gives=lengths), Dag[Brief, list[int | ItemFailed]])
assert_type(
    Dag("asking", Brief, web, summaries, lengths, appendix, report, signed, gives=signed), Dag[Brief, Report | None]
)
assert_type(Dag("searching", Brief, papers, gives=papers), Dag[Brief, list[str]])
assert_type(Dag("waiting", Brief, wait("paid", Report), gives=wait("paid", Report)), Dag[Brief, Report])


class Outer(BaseModel):
    topic: str
    report: Report | None = None


@step
async def publish(outer: Outer) -> None: ...


machine = StateMachine(
    "outer", Outer, START >> briefing.as_state(take={"topic": "topic"}, give="report") >> publish >> END
)


class Many(BaseModel):
    outers: list[Outer]


many = machine.as_node("many", each="outers", take="item")
assert_type(Dag("batch", Many, many, gives=many), Dag[Many, list[Outer]])
assert_type(Dag("single", Brief, machine.as_node("one"), gives=machine.as_node("one")), Dag[Brief, Outer])
