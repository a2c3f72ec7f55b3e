import json
from pathlib import Path

import numpy as np
import pytest

from podium.routing.embedding.embedding_errors import DamagedEmbedderError
from podium.routing.embedding.static import FOLDER, StaticEmbedder
from podium.routing.embedding.table import MANIFEST, PIECES, SCALES, VOCABULARY, Table, load, save

MADE = {"by": "a test"}


def small() -> Table:
    pieces = np.array([[0, 0], [127, 0], [0, 127]], np.int8)
    return Table("small", frozenset({"en"}), ("[UNK]", "sun", "rain"), pieces, np.ones(3, np.float32))


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    save(small(), tmp_path, made=MADE)
    found = load(tmp_path)
    assert (found.id, found.languages, found.vocabulary) == ("small", frozenset({"en"}), ("[UNK]", "sun", "rain"))
    assert StaticEmbedder(found).embed(["sun", "rain", "sun rain", "snow"]).round(2).tolist() == [
        [1, 0],
        [0, 1],
        [pytest.approx(0.71), pytest.approx(0.71)],
        [0, 0],
    ]


@pytest.mark.parametrize("name", [PIECES, SCALES, VOCABULARY, MANIFEST])
@pytest.mark.parametrize("damage", ["missing", "cut short", "one byte"])
def test_a_damaged_file_is_refused(tmp_path: Path, name: str, damage: str) -> None:
    save(small(), tmp_path, made=MADE)
    file = tmp_path / name
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "cut short":
        file.write_bytes(whole[: len(whole) // 2])
    else:
        at = whole.index(b"sha256") if name == MANIFEST else len(whole) - 1
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(DamagedEmbedderError, match="install podium again"):
        load(tmp_path)


def test_a_table_of_objects_is_refused_and_not_run(tmp_path: Path) -> None:
    save(small(), tmp_path, made=MADE)
    np.save(tmp_path / PIECES, np.array([{}], object), allow_pickle=True)
    with pytest.raises(DamagedEmbedderError):
        load(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        Table("x", frozenset(), ("[UNK]", "sun"), np.zeros((3, 2), np.int8), np.ones(3, np.float32)),
        Table("x", frozenset(), ("[UNK]", "sun"), np.zeros((2, 2), np.int16), np.ones(2, np.float32)),
        Table("x", frozenset(), ("rain", "sun"), np.zeros((2, 2), np.int8), np.ones(2, np.float32)),
    ],
)
def test_what_is_vouched_for_and_no_table_is_refused(tmp_path: Path, wrong: Table) -> None:
    save(wrong, tmp_path, made=MADE)
    with pytest.raises(DamagedEmbedderError):
        load(tmp_path)


def test_the_table_that_ships_is_small_and_says_where_it_is_from() -> None:
    size = sum((FOLDER / name).stat().st_size for name in (PIECES, SCALES))
    assert size <= 8_000_000
    assert (FOLDER / VOCABULARY).stat().st_size <= 300_000
    assert json.loads((FOLDER / MANIFEST).read_text("utf-8"))["made"]["by"] == "scripts/distil.py"
    assert "Apache-2.0" in (FOLDER / "NOTICE.md").read_text("utf-8")
