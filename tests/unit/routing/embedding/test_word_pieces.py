import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.routing.embedding.static import FOLDER
from podium.routing.embedding.table import load
from podium.routing.embedding.word_pieces import WordPieces, words

GOLDEN = json.loads((Path(__file__).parents[3] / "golden" / "word_pieces.json").read_text("utf-8"))
VOCABULARY = load(FOLDER).vocabulary
CUTTER = WordPieces(VOCABULARY)


@pytest.mark.parametrize(("text", "numbers"), GOLDEN)
def test_a_text_is_cut_as_the_model_s_own_tokenizer_cuts_it(text: str, numbers: list[int]) -> None:
    assert CUTTER.numbers(text) == numbers


def test_a_mark_of_the_model_in_a_text_is_text() -> None:
    assert VOCABULARY.index("[CLS]") not in CUTTER.numbers("[CLS] now")


def test_a_word_without_pieces_is_unknown_as_a_whole() -> None:
    cutter = WordPieces(["[UNK]", "un", "##known"])
    assert [cutter.numbers(text) for text in ("unknown", "unknowns", "known")] == [[1, 2], [0], [0]]


@given(st.text())
def test_pieces_put_together_are_the_words(text: str) -> None:
    cut = [VOCABULARY[number] for number in CUTTER.numbers(text)]
    together = "".join(piece.removeprefix("##") if len(piece) > 2 else piece for piece in cut)
    assert "[UNK]" in cut or together.replace("##", "") == "".join(words(text)).replace("##", "")


@given(st.text(), st.text())
def test_texts_side_by_side_are_cut_each_by_itself(first: str, second: str) -> None:
    assert CUTTER.numbers(f"{first} {second}") == CUTTER.numbers(first) + CUTTER.numbers(second)
