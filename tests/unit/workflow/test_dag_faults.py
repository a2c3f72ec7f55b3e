"""Everything that can be wrong with a DAG, or with one workflow inside another, is said when it is defined."""
# the parameters are the wiring

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from podium import END, START, Approve, Dag, IdempotencyKey, Reject, StateMachine, human, node, step, tool, wait
from podium.errors import DefinitionErrors


class Brief(BaseModel):
    topic: str
    count: int = 3


class Source(BaseModel):
    url: str


class Paper(BaseModel):
    title: str


@tool.read
async def search(query: str, limit: int = 10) -> list[Source]:
    return [Source(url=query)]


@node
async def web(topic: str) -> list[Source]:
    return await search(topic)


@node
async def papers(topic: str) -> list[Paper]:
    return [Paper(title=topic)]


@node(when=lambda count: count > 5)
async def appendix(web: list[Source]) -> str:
    return "x"


@node
async def with_appendix(appendix: str) -> str:
    return appendix


@node
async def of_papers(web: list[Paper]) -> int:
    return len(web)


@node
async def misspelt(wbe: list[Source]) -> int:
    return len(wbe)


@node
async def defaulted(papres: list[Paper] | None = None) -> int:
    return 0


@node
async def chicken(egg: int) -> int:
    return egg


@node
async def egg(chicken: int) -> int:
    return chicken


@node
async def itself(itself: int) -> int:
    return itself


@node
async def count(topic: str) -> int:
    return 1


@node
async def item(topic: str) -> int:
    return 1


@node(each="count")
async def over_a_number(item: int) -> int:
    return item


@node(each="wbe")
async def over_nothing(item: int) -> int:
    return item


@node(each="web")
async def without_item(topic: str) -> int:
    return 1


@node(each="web")
async def item_of_wrong_type(item: Paper) -> str:
    return item.title


@node(each="web", on_item_error="collect")
async def loosely(item: Source) -> dict[str, str]:
    return {"url": item.url}


@node
async def item_without_map(item: Source) -> str:
    return item.url


@node(when=lambda webb: webb != [])
async def misspelt_condition(topic: str) -> int:
    return 1


async def _asks(topic: str) -> bool:
    return True


@node(when=_asks)
async def async_condition(topic: str) -> int:
    return 1


@node(when=lambda topic: search(topic) is not None)
async def acting_condition(topic: str) -> int:
    return 1


@node
async def secretive(topic: str) -> SecretStr:
    return SecretStr(topic)


@node
async def takes_a_call(topic: Callable[[], int]) -> int:
    return topic()


@node
async def keyed(topic: str, key: IdempotencyKey) -> int:
    return 1


@human(default=Reject())
async def signed(web: list[Source], answer: Approve | Reject) -> bool:
    return isinstance(answer, Approve)


@human()
async def signed_what(wbe: list[Source], answer: Approve | Reject) -> bool:
    return True


class Trip(BaseModel):
    city: str
    nights: int = 1


@step
async def plan(trip: Trip) -> None: ...


travel = StateMachine("travel", Trip, START >> plan >> END)
briefing = Dag("briefing", Brief, web, gives=web)


class Outer(BaseModel):
    topic: str
    sources: list[Paper] = []
    trip: Trip | None = None


def same_name() -> Any:
    @node
    async def web(topic: str) -> int:
        return 1

    return web


def dag(*nodes: Any, gives: Any = None, **options: Any) -> Callable[[], Any]:
    return lambda: Dag("dag", Brief, *nodes, gives=gives or nodes[-1], **options)


def machine(state: Any) -> Callable[[], Any]:
    return lambda: StateMachine("outer", Outer, START >> state >> END)


WRONG: list[tuple[Callable[[], Any], str, str, str]] = [
    # build, code, a part of the message, a part of the suggestion
    (dag(web, misspelt), "unknown-source", "nothing gives the parameter 'wbe'", "Did you mean 'web'?"),
    (dag(papers, defaulted), "unknown-source", "'papres'", "Did you mean 'papers'?"),
    (dag(web, of_papers), "wrong-type", "of_papers takes web: list[", "Take it from elsewhere"),
    (dag(chicken, egg), "cycle", "chicken → egg → chicken", "state machines"),
    (dag(itself), "cycle", "itself → itself", "elsewhere"),
    (dag(web, gives=papers), "unknown-gives", "gives= names 'papers'", "Pass it"),
    (dag(web, appendix), "gives-may-be-skipped", "gives=appendix: it may be skipped (when=)", "-> str | None"),
    (dag(web, appendix, with_appendix), "gives-may-be-skipped", "because appendix may be", "admit None"),
    (dag(web, web), "listed-twice", "'web' is listed twice", "Once"),
    (dag(web, same_name()), "same-name", "two nodes are called 'web'", "Rename"),
    (dag(count), "same-name", "called like a field of the input", "Rename"),
    (dag(item), "bad-name", "'item': the name is reserved", "Rename"),
    (dag(web, over_a_number), "not-a-list", "'count', which is int and not a list", "gives a list"),
    (dag(web, over_nothing), "unknown-source", "maps over 'wbe'", "Did you mean 'web'?"),
    (dag(web, without_item), "map-without-item", "does not take the item", "`item`"),
    (dag(web, item_of_wrong_type), "wrong-type", "takes item: Paper, but an item is Source", ""),
    (dag(web, loosely), "failures-not-told", "loosely: with on_item_error", "a model"),
    (dag(web, search.node("many", take={"query": "topic"}, concurrency=2)), "bad-concurrency", "is for maps", "None"),
    (dag(web, search.node("many", take={"query": "item"}, each="web", concurrency=0)), "bad-concurrency", "lets", ""),
    (dag(web, item_without_map), "unknown-source", "'item'", "each="),
    (dag(web, misspelt_condition), "unknown-source", "nothing gives 'webb' to its condition", "'web'"),
    (dag(async_condition), "condition-acts", "is async", "a node that asks"),
    (dag(acting_condition), "condition-acts", "calls the tool search", "a node that asks"),
    (dag(secretive), "secret-in-data", "the result of secretive", "resource"),
    (dag(takes_a_call), "not-json", "takes_a_call.topic", "plain types"),
    (dag(keyed), "unknown-source", "'key'", "There is"),
    (dag(web, signed_what), "unknown-source", "'wbe'", "'web'"),
    (dag(wait("paid", Source, give="topic")), "give-in-dag", "give='topic' is for machines", "out"),
    (dag(search.node("found")), "unknown-source", "'query'", "'topic'"),
    (dag(search.node("found", take={"query": "topci"})), "unknown-source", "'topci'", "Did you mean 'topic'?"),
    (dag(search.node("found", take={"qery": "topic"})), "unknown-parameter", "no parameter 'qery'", "'query'"),
    (dag(search.node("found", take={"query": "count"})), "wrong-type", "query: str, but 'count' is int", ""),
    (dag(travel.as_node(take={"city": "topic", "night": "count"})), "unknown-parameter", "'night'", "'nights'"),
    (dag(travel.as_node(take="topic")), "wrong-type", "travel takes Trip, but 'topic' is str", ""),
    (dag(travel.as_node()), "unknown-source", "'city'", "There is"),
    (dag(web, travel.as_node(each="web", take="item")), "wrong-type", "takes Trip, but an item is Source", ""),
    (machine(briefing.as_state(take={"topic": "topci"})), "unknown-field", "'topci'", "'topic'"),
    (machine(briefing.as_state(give="sources")), "wrong-type", "gives list[", "change one"),
    (machine(briefing.as_state(take="trip")), "wrong-type", "briefing takes Brief, but the field 'trip' is", ""),
    (machine(travel.as_state("a trip", take="trip")), "bad-name", "'a trip'", "Rename"),
    (machine(travel.as_state(take="tripp")), "unknown-field", "travel is taken from 'tripp'", "'trip'"),
]


@pytest.mark.parametrize(("build", "code", "message", "suggestion"), WRONG, ids=[row[1] for row in WRONG])
def test_a_mistake_is_said_with_its_place_and_what_to_do(
    build: Callable[[], Any], code: str, message: str, suggestion: str
) -> None:
    with pytest.raises(DefinitionErrors) as caught:
        build()
    faults = [fault for fault in caught.value.faults if fault.code == code]
    fits = [fault for fault in faults if message in fault.message and suggestion in fault.suggestion]
    assert fits, str(caught.value)
    assert fits[0].where.startswith(f"{__file__}:")


def test_a_result_that_may_be_skipped_is_fine_where_its_type_says_so() -> None:
    @node(when=lambda count: count > 5)
    async def extra(topic: str) -> str | None:
        return topic

    Dag("dag", Brief, extra, gives=extra)


def test_a_parameter_that_admits_none_takes_a_skipped_node() -> None:
    @node
    async def report(appendix: str | None) -> str:
        return appendix or ""

    made = Dag("dag", Brief, web, appendix, report, gives=report)
    assert made.graph.nodes["report"].needs[0].admits_none


def test_what_can_not_be_proven_wrong_passes() -> None:
    @node
    async def loose(topic: Any) -> Any:
        return topic

    @node
    async def tight(loose: list[Paper]) -> int:
        return len(loose)

    Dag("dag", Brief, loose, tight, gives=tight)
