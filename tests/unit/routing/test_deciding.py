"""What decides for a router: with the table that ships, and with what people have said since."""

import json
import multiprocessing
import resource
from pathlib import Path

import pytest

from podium import Engine
from podium.routing import IntentRouter, OutOfScope, Routed, Verdict
from podium.routing.deciding import Deciding
from podium.routing.embedding.static import static_embedder
from podium.routing.feedback import Fact, Feedback
from podium.routing.intent.types import RouteSpec
from podium.routing.routing_errors import NothingLearnedError, UnknownRouteError
from tests.unit.routing.noting import FACTS, note_many
from tests.unit.routing.travelling import desk

ROUTES = (
    RouteSpec(
        "travel", "book flights and hotels", ("fly me to Rome", "a hotel in Oslo", "book a flight", "two nights")
    ),
    RouteSpec(
        "writing", "write articles", ("write about tea", "draft a text", "an essay on rain", "compose an article")
    ),
)
ODD = "get the paperwork going for the Lisbon thing"


def deciding(folder: Path | None = None) -> Deciding:
    return Deciding(ROUTES, embedder=static_embedder(), model=None, folder=folder)


def settled(made: Deciding) -> Deciding:
    """Wait until what is fitted behind its back is fitted."""
    made.decide("look")
    with made._fitting:
        return made


def confidence(made: Deciding, text: str, route: str) -> float:
    return next(one.confidence for one in made.decide(text).alternatives if one.route == route)


def test_sentences_go_where_they_belong_and_nowhere_where_they_do_not() -> None:
    made = deciding()
    assert made.decide("I want to fly to Lisbon").route == "travel"
    assert made.decide("please write an article on trains").route == "writing"
    assert made.decide("what is the square root of seven").verdict is Verdict.OUT_OF_SCOPE


@pytest.mark.parametrize("text", ["부산으로 가는 비행기", "リスボンに行きたい"])
def test_what_can_not_be_read_is_passed_on_and_never_guessed(text: str) -> None:
    decision = deciding().decide(text)
    assert decision.verdict is Verdict.ESCALATE
    assert decision.otherwise is not Verdict.ROUTE


@pytest.mark.slow
def test_with_the_extra_that_reads_it_it_is_routed() -> None:
    made = Deciding(ROUTES, embedder=None, model=None, folder=None)
    decision = made.decide("로마로 가는 비행기를 예약해 줘")
    assert decision.route == "travel"
    assert decision.stage.startswith("use-multilingual")


async def test_a_sentence_that_can_not_be_read_ends_in_a_run_that_does_nothing() -> None:
    router = desk(embedder=static_embedder())
    async with Engine("memory:") as engine:
        answer = await (await engine.start(router, "부산으로 가는 비행기")).result()
        assert isinstance(answer, OutOfScope)


def test_what_people_have_said_is_learned_behind_ones_back(tmp_path: Path) -> None:
    made = deciding(tmp_path)
    before = confidence(made, ODD, "writing")
    for word in ("start", "do", "begin", "prepare"):
        made.learn(f"{word} the paperwork for the trip", "writing")
    assert confidence(settled(made), ODD, "writing") > before + 0.1


def test_what_one_process_learns_the_others_do_too(tmp_path: Path) -> None:
    one, other = deciding(tmp_path), deciding(tmp_path)
    other.decide("look")
    one.learn(ODD, "writing")
    assert settled(other).decide(ODD).route == "writing"


def test_a_process_that_starts_knows_what_was_said_and_does_not_fit_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = deciding(tmp_path)
    before.decide("look")
    before.learn(ODD, "writing")
    assert settled(before).decide(ODD).route == "writing"
    monkeypatch.setattr("podium.routing.local.IntentModel.fit", None)
    assert deciding(tmp_path).decide(ODD).route == "writing"


def test_a_damaged_model_on_disk_is_fitted_anew(tmp_path: Path) -> None:
    deciding(tmp_path).decide("look")
    (weights,) = tmp_path.rglob("*.npz")
    weights.write_bytes(b"nothing of the kind")
    assert deciding(tmp_path).decide("book me a flight").route == "travel"


def test_the_last_word_on_a_sentence_holds_and_it_leaves_the_route_it_was_an_example_of(tmp_path: Path) -> None:
    made = deciding(tmp_path)
    made.learn("book a flight", "writing")
    assert settled(made).decide("book a flight").route == "writing"
    made.learn("book a flight", "travel")
    assert settled(made).decide("book a flight").route == "travel"


def test_what_can_not_be_learned_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingLearnedError, match="learned=folder"):
        deciding().learn("x", "travel")
    with pytest.raises(UnknownRouteError, match="there is no route 'boats'; there is travel, writing"):
        deciding(tmp_path).learn("x", "boats")
    assert not Feedback(tmp_path).size


def test_what_was_said_of_a_route_that_has_gone_is_passed_over(tmp_path: Path) -> None:
    Feedback(tmp_path).add(Fact("1", "book a flight", "boats"))
    near = deciding(tmp_path).decide("book a flight").nearest[0]
    assert (near.route, near.text) == ("travel", "book a flight")


# ----- the file


@pytest.mark.process
def test_many_processes_may_note_at_once_and_no_line_is_lost_or_mixed(tmp_path: Path) -> None:
    crowd = [multiprocessing.get_context("spawn").Process(target=note_many, args=(str(tmp_path), who)) for who in "abc"]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()
    assert len(Feedback(tmp_path).read()) == 3 * FACTS


def test_the_same_act_counts_once_however_often_it_is_noted(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.add(Fact("a:clarify", "Busan", "travel"))
    feedback.add(Fact("b", "Busan", "writing"))
    feedback.add(Fact("a:clarify", "Busan", "travel"))  # its step was entered again after a crash
    assert feedback.read() == {"Busan": "writing"}


def test_a_line_that_was_cut_off_costs_itself_alone(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.add(Fact("1", "Busan", "travel"))
    with (tmp_path / "feedback.jsonl").open("ab") as file:
        file.write(b'{"id": "2", "text": "tea", "ro')
    feedback.add(Fact("3", "rain", "writing"))
    assert feedback.read() == {"Busan": "travel", "rain": "writing"}
    assert json.loads((tmp_path / "feedback.jsonl").read_text().splitlines()[-1])["id"] == "3"


async def test_a_correction_and_a_choice_are_learned_by_the_router_itself(tmp_path: Path) -> None:
    router: IntentRouter = desk(embedder=static_embedder(), learned=tmp_path)
    router.correct(ODD, "writing")
    async with Engine("memory:") as engine:
        answer = await (await engine.start(router, ODD)).result()
        assert isinstance(answer, Routed)
        assert answer.route == "writing"


def test_correction_that_does_not_fit_on_the_disk_is_told_and_not_half_kept(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.add(Fact("1", "fly me to Rome", "travel"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (feedback.size + 10, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            feedback.add(Fact("2", "write about tea", "writing"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    feedback.add(Fact("3", "write about rice", "writing"))
    assert feedback.read() == {"fly me to Rome": "travel", "write about rice": "writing"}
