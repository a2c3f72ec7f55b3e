"""Events survive being stored; what can not be read says so with a typed error."""

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core import events
from podium.core.codec import decode, encode, legible, read_failure, to_text
from podium.core.events import Event
from podium.errors import DamagedError, UnknownEventError
from podium.failure import Failure, FailureKind

EVENTS: tuple[type[Event], ...] = get_args(Event)

TEXT = st.text(max_size=40)
CAUSE = st.builds(
    Failure,
    kind=st.sampled_from(FailureKind),
    type=TEXT,
    message=TEXT,
    types=st.lists(TEXT, max_size=3).map(tuple),
    source=TEXT,
    traceback=TEXT,
)
FAILURE = CAUSE | st.builds(replace, CAUSE, causes=st.lists(CAUSE, max_size=3).map(tuple))
TYPES: dict[object, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(),
    bool: st.booleans(),
    tuple[str, ...]: st.lists(TEXT, max_size=3).map(tuple),
    dict[str, str]: st.dictionaries(TEXT, TEXT, max_size=3),
    dict[str, tuple[str, ...]]: st.dictionaries(TEXT, st.lists(TEXT, max_size=3).map(tuple), max_size=3),
    Failure: FAILURE,
    tuple[Failure, ...]: st.lists(FAILURE, max_size=2).map(tuple),
}
NULLABLE = {kind | None: st.none() | strategy for kind, strategy in TYPES.items()}  # type: ignore[operator]  # classes


def any_of(cls: type[Event]) -> st.SearchStrategy[Event]:
    declared = {name: (TYPES | NULLABLE)[kind] for name, kind in cls.__annotations__.items()}
    if "core" in declared:
        declared["core"] = st.integers(max_value=events.CORE_VERSION)
    return st.builds(cls, **declared)


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_event_comes_back_as_it_was(cls: type[Event], data: st.DataObject) -> None:
    event = data.draw(any_of(cls))
    assert decode(*encode(event)) == event


def test_row_leaves_defaults_out_and_keeps_json_texts_as_strings() -> None:
    done = events.StepDone(at=7, path="draft#2", changes={"text": '{"a": 1.0}'})
    assert encode(done) == ("StepDone", "draft#2", 7, '{"changes":{"text":"{\\"a\\": 1.0}"}}')
    assert encode(events.StepSkipped(at=8, path="b")) == ("StepSkipped", "b", 8, "{}")
    assert encode(events.RunCancelled(at=9)) == ("RunCancelled", "", 9, "{}")


def test_failure_is_stored_as_an_object() -> None:
    failure = Failure(kind=FailureKind.TRANSIENT, type="TimeoutError", message="too slow")
    body = json.loads(encode(events.RunFailed(at=1, failure=failure))[3])
    assert body["failure"]["kind"] == "transient"
    assert body["failure"]["types"] == []


def test_failure_alone_is_read_from_its_object_and_nothing_else_is_one() -> None:
    failure = Failure(kind=FailureKind.TRANSIENT, type="TimeoutError", message="too slow")
    assert read_failure(to_text(failure)) == failure
    with pytest.raises(ValueError, match="message"):
        read_failure('{"kind":"transient","type":"TimeoutError"}')


def test_missing_optional_parts_of_a_failure_are_filled_in() -> None:
    body = '{"failure":{"kind":"permanent","type":"E","message":"m"}}'
    assert decode("StepFailed", "a", 1, body) == events.StepFailed(
        at=1, path="a", failure=Failure(kind=FailureKind.PERMANENT, type="E", message="m")
    )


def test_text_that_is_not_unicode_is_escaped_not_refused() -> None:
    failure = Failure(kind=FailureKind.PERMANENT, type="E", message="no file \udcff", types=("\udcfe", "E"))
    back = decode(*encode(events.CompensationStarted(at=1, path="", failure=failure)))
    assert back == events.CompensationStarted(
        at=1,
        path="",
        failure=Failure(kind=FailureKind.PERMANENT, type="E", message="no file \\udcff", types=("\\udcfe", "E")),
    )
    forked = events.RunForked(at=1, run_id="a", parent="\ud800é", parent_seq=3, snapshot="{}")
    assert decode(*encode(forked)) == events.RunForked(at=1, run_id="a", parent="\\ud800é", parent_seq=3, snapshot="{}")
    started = events.RunStarted(at=1, run_id="a", data={"\udcff": "1"})
    assert decode(*encode(started)) == events.RunStarted(at=1, run_id="a", data={"\\udcff": "1"})


def test_legible_leaves_good_text_alone() -> None:
    assert [legible(text) for text in ("plain", "né", "\udc80")] == ["plain", "né", "\\udc80"]


def test_unknown_kind_is_an_unknown_event() -> None:
    with pytest.raises(UnknownEventError, match="'StepTeleported'"):
        decode("StepTeleported", "a", 1, "{}")


@pytest.mark.parametrize("kind", ["RunStarted", "RunForked"])
def test_run_of_a_later_core_is_refused(kind: str) -> None:
    rest = {"RunStarted": '"data":{}', "RunForked": '"parent":"p","parent_seq":1,"snapshot":"{}"'}[kind]
    with pytest.raises(UnknownEventError, match=f"{kind} is of core 99, and this is {events.CORE_VERSION}"):
        decode(kind, "", 1, f'{{"run_id":"r",{rest},"core":99}}')


def test_run_that_says_nothing_of_its_core_is_of_the_first_one() -> None:
    assert decode("RunStarted", "", 1, '{"run_id":"r","data":{}}') == events.RunStarted(1, "r", {}, core=1)


@pytest.mark.parametrize(("compensable", "undo"), [("true", "book.compensate@core-1"), ("false", "")])
def test_intent_of_the_first_core_is_read(compensable: str, undo: str) -> None:
    body = f'{{"tool":"book","args":"{{}}","key":"k","compensable":{compensable}}}'
    assert decode("WriteIntended", "a", 1, body) == events.WriteIntended(1, "a", "book", "{}", "k", undo)


@pytest.mark.parametrize("body", ["[]", "{", '{"tool":"t","compensable":1}', '{"tool":"t","compensable":true}'])
def test_intent_that_no_core_wrote_is_damaged(body: str) -> None:
    with pytest.raises(DamagedError, match="WriteIntended"):
        decode("WriteIntended", "a", 1, body)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "all of it"),
        ("[]", "all of it"),
        ('{"failure"', "all of it"),
        ("{}", "failure: Field required"),
        ('{"failure":null}', "failure"),
        ('{"failure":{"kind":"odd","type":"E","message":"m"}}', "failure.kind"),
        ('{"failure":{"kind":"permanent","type":1,"message":"m"}}', "failure.type"),
        ('{"failure":{"kind":"permanent","type":"E","message":"m","x":1}}', "failure.x"),
        ('{"failure":{"kind":"permanent","type":"E","message":"m"},"more":1}', "more"),
    ],
)
def test_damaged_body_says_which_field(body: str, says: str) -> None:
    with pytest.raises(DamagedError, match=f"StepFailed can not be read: .*{says}"):
        decode("StepFailed", "a", 1, body)


def test_damage_does_not_show_the_value() -> None:
    with pytest.raises(DamagedError) as caught:
        decode("ReadDone", "a", 1, '{"call":"c","result":12345678}')
    assert "12345678" not in str(caught.value)
