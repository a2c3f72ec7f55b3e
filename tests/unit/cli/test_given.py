"""The input of a run from words: a workflow that takes one text takes it as it is typed."""

import pytest
from pydantic import BaseModel

from podium import END, START, StateMachine, step
from podium.cli.given import given
from podium.errors import InvalidInputError
from podium.routing import IntentRouter, Route
from podium.routing.embedding.static import static_embedder


class Note(BaseModel):
    text: str
    copies: int = 1


class Letter(BaseModel):
    to: str
    text: str


@step
def keep(note: Note) -> None: ...


@step
def send(letter: Letter) -> None: ...


notes = StateMachine("notes", Note, START >> keep >> END)
letters = StateMachine("letters", Letter, START >> send >> END)
desk = IntentRouter("desk", Route(notes, "keep notes", read=lambda text: Note(text=text)), embedder=static_embedder())


@pytest.mark.parametrize("words", ["keep this in mind", "a + b = c", '"quoted"', "7"])
def test_one_text_is_taken_as_it_is_typed(words: str) -> None:
    assert given(notes, None, [words])["text"] == notes.encode_input(Note(text=words))["text"]
    assert given(desk, None, [words]) == desk.encode_input(words)


def test_fields_are_still_named_where_there_are_more() -> None:
    assert given(notes, None, ["text=a", "copies=2"])["copies"] == "2"
    with pytest.raises(InvalidInputError, match="not field=value"):
        given(letters, None, ["hello"])


def test_a_field_with_a_wrong_name_is_no_text() -> None:
    with pytest.raises(InvalidInputError, match="did you mean text"):
        given(notes, None, ["txt=a"])
