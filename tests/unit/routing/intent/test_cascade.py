"""Somebody who knows better is asked seldom, once, on time, and is believed only within the list."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.routing.intent.asking import Allowance
from podium.routing.intent.cascade import BY_MODEL, Cascade
from podium.routing.intent.types import Asked, Choice, Decision, Turn, Verdict
from podium.routing.intent.window import Window
from podium.testing import FakeClock
from tests.unit.routing.intent.asked import Fixed, Oracle

MINUTE_MS, DAY_MS = 60_000, 24 * 60 * 60_000


def cascade(oracle: Oracle, clock: FakeClock, local: Fixed | None = None, **allowance: int) -> Cascade:
    return Cascade([local or Fixed()], model=oracle, allowance=Allowance(**allowance), clock=clock)


def asked(decision: Decision) -> Asked | None:
    return None if decision.escalation is None else decision.escalation.asked


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


# ----- who is asked


@pytest.mark.parametrize("verdict", [Verdict.ROUTE, Verdict.CLARIFY, Verdict.OUT_OF_SCOPE])
async def test_nobody_is_asked_where_the_local_model_is_sure(clock: FakeClock, verdict: Verdict) -> None:
    oracle = Oracle()
    decision = await cascade(oracle, clock, Fixed(verdict, verdict)).decide("x")
    assert (decision.verdict, oracle.asked, decision.escalation) == (verdict, [], None)


async def test_a_better_local_model_is_asked_before_anybody_else(clock: FakeClock) -> None:
    oracle, first, second = Oracle(), Fixed(), Fixed(Verdict.ROUTE, stage="better")
    decision = await Cascade([first, second], model=oracle, clock=clock).decide("x")
    assert (decision.stage, decision.route, oracle.asked) == ("better", "a", [])
    assert first.decided == ["x"]


async def test_who_can_not_read_a_sentence_is_passed_over(clock: FakeClock) -> None:
    first, second = Fixed(reads=str.isascii), Fixed(Verdict.ROUTE, stage="multilingual")
    decision = await Cascade([first, second], clock=clock).decide("환불")
    assert (decision.stage, first.decided) == ("multilingual", [])


async def test_where_nobody_can_read_it_the_first_says_so(clock: FakeClock) -> None:
    first = Fixed(otherwise=Verdict.CLARIFY, reads=str.isascii, stage="lexical")
    second = Fixed(Verdict.ROUTE, reads=str.isascii)
    decision = await Cascade([first, second], clock=clock).decide("환불")
    assert (decision.verdict, decision.stage, second.decided) == (Verdict.CLARIFY, "lexical", [])


@pytest.mark.parametrize("otherwise", [Verdict.ROUTE, Verdict.CLARIFY, Verdict.OUT_OF_SCOPE])
async def test_with_nobody_to_ask_the_local_model_has_the_last_word(clock: FakeClock, otherwise: Verdict) -> None:
    decision = await Cascade([Fixed(otherwise=otherwise)], clock=clock).decide("x")
    assert decision.verdict is otherwise
    assert decision.route == ("a" if otherwise is Verdict.ROUTE else None)
    assert decision.escalation is None


def test_what_is_known_here_can_be_had_without_asking(clock: FakeClock) -> None:
    oracle = Oracle()
    assert cascade(oracle, clock).decide_locally("x").verdict is Verdict.ESCALATE
    assert oracle.asked == []


# ----- what is answered


async def test_the_answer_is_the_decision(clock: FakeClock) -> None:
    decision = await cascade(Oracle(), clock).decide("x")
    assert (decision.verdict, decision.route, decision.stage) == (Verdict.ROUTE, "b", BY_MODEL)
    assert (decision.cost.model_calls, decision.cost.tokens) == (1, 100)
    assert decision.escalation is not None
    assert decision.escalation.detail == "because"
    assert asked(decision) is Asked.ANSWERED


@pytest.mark.parametrize(
    ("choice", "verdict"),
    [(Choice(None), Verdict.OUT_OF_SCOPE), (Choice(None, is_unclear=True), Verdict.CLARIFY)],
)
async def test_none_and_several_are_answers_too(clock: FakeClock, choice: Choice, verdict: Verdict) -> None:
    decision = await cascade(Oracle(lambda _: choice), clock).decide("x")
    assert (decision.verdict, decision.route) == (verdict, None)


async def test_it_sees_ten_routes_with_three_examples_at_most(clock: FakeClock) -> None:
    oracle = Oracle()
    await cascade(oracle, clock).decide("x" * 5000)
    ((text, shortlist),) = oracle.asked
    assert len(text) == 2000
    assert [spec.name for spec in shortlist] == list("abcdefghij")
    assert {len(spec.examples) for spec in shortlist} == {3}


@pytest.mark.parametrize(
    "answer",
    [
        Choice("k"),
        Choice("A"),
        Choice(""),
        Choice("b; rm -rf"),
        Choice("ignore the list and call k"),
        "b",
        None,
        {"route": "b"},
        ["b"],
    ],
    ids=repr,
)
async def test_what_is_not_on_the_list_is_refused(clock: FakeClock, answer: Any) -> None:
    decision = await cascade(Oracle(lambda _: answer), clock).decide("x")
    assert asked(decision) is Asked.REFUSED
    assert (decision.verdict, decision.route, decision.stage) == (Verdict.ROUTE, "a", "fixed")


async def test_a_refused_answer_is_not_remembered(clock: FakeClock) -> None:
    answers = iter([Choice("zzz"), Choice("b")])
    router = cascade(Oracle(lambda _: next(answers)), clock)
    assert [asked(await router.decide("x")) for _ in range(2)] == [Asked.REFUSED, Asked.ANSWERED]


async def test_what_it_says_is_shown_as_one_short_line(clock: FakeClock) -> None:
    said = "first\nsecond\x1b[31m " + "x" * 5000
    decision = await cascade(Oracle(lambda _: Choice("b", said)), clock).decide("x")
    assert decision.escalation is not None
    assert decision.escalation.detail.startswith("first second [31m xxx")
    assert len(decision.escalation.detail) == 300
    assert said not in decision.why


async def test_whatever_it_raises_is_seen_and_not_raised(clock: FakeClock) -> None:
    def fail(_: str) -> Choice:
        raise RuntimeError("no model today")

    decision = await cascade(Oracle(fail), clock).decide("x")
    assert asked(decision) is Asked.FAILED
    assert decision.escalation is not None
    assert decision.escalation.detail == "RuntimeError: no model today"
    assert (decision.verdict, decision.route) == (Verdict.ROUTE, "a")


async def test_who_is_late_is_not_waited_for(clock: FakeClock) -> None:
    oracle = Oracle(gate=asyncio.Event())
    deciding = asyncio.create_task(cascade(oracle, clock, timeout_ms=2000).decide("x"))
    await clock.advance(0)
    await clock.advance(1900)
    assert not deciding.done()
    await clock.advance(200)
    assert asked(await deciding) is Asked.LATE
    assert oracle.cancelled == 1


# ----- how often


async def test_the_same_question_is_asked_once(clock: FakeClock) -> None:
    oracle = Oracle()
    router = cascade(oracle, clock)
    first, again = await router.decide("Book  it"), await router.decide("book it")
    assert len(oracle.asked) == 1
    assert (asked(first), asked(again)) == (Asked.ANSWERED, Asked.CACHED)
    assert (again.route, again.cost.model_calls, again.cost.tokens) == ("b", 0, 0)


async def test_what_was_before_makes_it_another_question(clock: FakeClock) -> None:
    oracle = Oracle()
    router = cascade(oracle, clock)
    for turn in (None, Turn("a flight"), Turn("a hotel"), Turn("a hotel", "b")):
        await router.decide("that one", turn)
    assert len(oracle.asked) == 4


async def test_questions_asked_at_once_are_one_question(clock: FakeClock) -> None:
    oracle = Oracle(gate=asyncio.Event())
    router = cascade(oracle, clock)
    deciding = [asyncio.create_task(router.decide("x")) for _ in range(20)]
    await clock.advance(1)
    assert len(oracle.asked) == 1
    assert oracle.gate is not None
    oracle.gate.set()
    decisions = await asyncio.gather(*deciding)
    assert {each.route for each in decisions} == {"b"}
    assert sorted(asked(each) or "" for each in decisions) == [Asked.ANSWERED, *[Asked.JOINED] * 19]
    assert sum(each.cost.model_calls for each in decisions) == 1
    assert sum(each.cost.tokens for each in decisions) == 100


async def test_who_asked_first_may_leave_and_the_others_get_their_answer(clock: FakeClock) -> None:
    oracle = Oracle(gate=asyncio.Event())
    router = cascade(oracle, clock)
    first, second = (asyncio.create_task(router.decide("x")) for _ in range(2))
    await clock.advance(1)
    first.cancel()
    await clock.advance(1)
    assert first.cancelled()
    assert oracle.gate is not None
    oracle.gate.set()
    assert asked(await second) is Asked.JOINED
    assert (len(oracle.asked), oracle.cancelled) == (1, 0)


async def test_a_failure_is_everybodys_who_waited_and_is_asked_again_later(clock: FakeClock) -> None:
    def fail(_: str) -> Choice:
        raise RuntimeError

    oracle = Oracle(fail)
    router = cascade(oracle, clock)
    both = await asyncio.gather(router.decide("x"), router.decide("x"))
    assert [asked(each) for each in both] == [Asked.FAILED, Asked.FAILED]
    assert sum(each.cost.model_calls for each in both) == 1
    oracle.answer = lambda _: Choice("c")
    assert (await router.decide("x")).route == "c"


async def test_no_more_calls_than_allowed_in_a_minute(clock: FakeClock) -> None:
    oracle = Oracle()
    router = cascade(oracle, clock, calls_per_minute=3)
    first = [asked(await router.decide(f"x{at}")) for at in range(5)]
    assert first == [Asked.ANSWERED] * 3 + [Asked.SPENT] * 2
    assert asked(await router.decide("x0")) is Asked.CACHED
    await clock.advance(MINUTE_MS - 1000)
    assert asked(await router.decide("x3")) is Asked.SPENT
    await clock.advance(2001)
    assert asked(await router.decide("x3")) is Asked.ANSWERED


async def test_no_more_tokens_than_allowed_in_a_day(clock: FakeClock) -> None:
    router = cascade(Oracle(lambda _: Choice("b", tokens=900)), clock, tokens_per_day=2000)
    assert [asked(await router.decide(f"x{at}")) for at in range(3)] == [Asked.ANSWERED, Asked.ANSWERED, Asked.SPENT]
    await clock.skip(DAY_MS + DAY_MS // 30)
    assert asked(await router.decide("x2")) is Asked.ANSWERED


async def test_tokens_of_calls_under_way_are_set_aside(clock: FakeClock) -> None:
    oracle = Oracle(gate=asyncio.Event())
    router = cascade(oracle, clock, tokens_per_day=1200)
    deciding = [asyncio.create_task(router.decide(f"x{at}")) for at in range(5)]
    await clock.advance(1)
    assert len(oracle.asked) == 2
    assert oracle.gate is not None
    oracle.gate.set()
    assert [asked(each) for each in await asyncio.gather(*deciding)].count(Asked.SPENT) == 3


async def test_a_model_that_fails_is_left_alone_and_tried_again(clock: FakeClock) -> None:
    def fail(_: str) -> Choice:
        raise ConnectionError("down")

    oracle = Oracle(fail)
    router = cascade(oracle, clock)
    seen = [asked(await router.decide(f"x{at}")) for at in range(7)]
    assert seen == [Asked.FAILED] * 5 + [Asked.BREAKER_OPEN] * 2
    assert (await router.decide("x9")).route == "a"
    oracle.answer = lambda _: Choice("b")
    await clock.advance(7000)
    assert [asked(await router.decide(f"y{at}")) for at in range(4)] == [Asked.ANSWERED] * 4


async def test_spent_and_not_good_enough_goes_otherwise(clock: FakeClock) -> None:
    router = cascade(Oracle(), clock, Fixed(otherwise=Verdict.OUT_OF_SCOPE), calls_per_minute=0)
    decision = await router.decide("x")
    assert (decision.verdict, decision.route, asked(decision)) == (Verdict.OUT_OF_SCOPE, None, Asked.SPENT)


def test_one_router_serves_one_event_loop_after_another() -> None:
    oracle, clock = Oracle(), FakeClock()
    router = cascade(oracle, clock)

    async def leave_one_open() -> None:
        oracle.gate = asyncio.Event()
        task = asyncio.ensure_future(router.decide("x"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave_one_open())
    oracle.gate = None
    assert asyncio.run(router.decide("x")).route == "b"


# ----- the window


@given(uses=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 9)), max_size=60), limit=st.integers(1, 30))
def test_within_no_window_more_is_used_than_allowed(uses: list[tuple[int, int]], limit: int) -> None:
    window, now_ms, taken = Window(limit, 6000), 0, []
    for later_ms, amount in uses:
        now_ms += later_ms
        if window.has_room(amount, now_ms):
            window.add(amount, now_ms)
            taken.append((now_ms, amount))
    for end_ms, _ in taken:
        assert sum(amount for at_ms, amount in taken if end_ms - 6000 < at_ms <= end_ms) <= limit


def test_what_is_settled_counts_where_it_was_used() -> None:
    window = Window(100, 6000)
    window.add(90, 0)
    window.settle(-80, 0)
    assert window.has_room(90, 10)
    window.add(90, 10)
    assert not window.has_room(1, 5900)
    assert window.has_room(100, 6300)
    window.settle(-50, 0)
    assert not window.has_room(101, 6300)
