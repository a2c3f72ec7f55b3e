"""A passage is quoted from where it stands: the line of its citation holds its first words."""

from pathlib import Path

import pytest

from podium.demo.documents import BYTES_MAX, list_names, own_documents, read_passages
from podium.demo.ranking import rank, stems, topic_words

MARKDOWN = """\
# A heading of more than eight words is not a passage at all

The first paragraph has two lines
and **more** than [eight](https://x.example) words in it.
- one item of a list with enough words to be kept
- too short
```
code of a listing that has more than eight words in it
```
> A quotation that has more than eight words in its one line.
"""

PYTHON = '''\
"""The docstring of a module, with more than eight words in it."""

def f():
    """Short.

    A paragraph of a docstring that has more than eight words.
    """
'''


def test_paragraphs_and_items_know_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(MARKDOWN)

    assert [(passage.line, passage.text) for passage in read_passages(tmp_path, "a.md")] == [
        (3, "The first paragraph has two lines and more than eight words in it."),
        (5, "one item of a list with enough words to be kept"),
        (10, "A quotation that has more than eight words in its one line."),
    ]


def test_docstrings_are_the_passages_of_python(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PYTHON)

    assert [(passage.citation, passage.text) for passage in read_passages(tmp_path, "a.py")] == [
        ("a.py:1", "The docstring of a module, with more than eight words in it."),
        ("a.py:6", "A paragraph of a docstring that has more than eight words."),
    ]


@pytest.mark.parametrize("content", [b"def (:", b"\x00", b"\xff\xfe broken", b""])
def test_a_file_that_is_not_what_its_name_says_has_no_passages(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.py").write_bytes(content)

    assert read_passages(tmp_path, "a.py") == []


def test_documents_are_listed_in_order_without_hidden_and_huge_ones(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.txt", ".git/c.md", "__pycache__/d.py", "e.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "huge.md").write_text("x" * (BYTES_MAX + 1))

    assert list_names(tmp_path) == ["a/z.txt", "b.md"]
    with pytest.raises(NotADirectoryError, match="no folder of documents"):
        list_names(tmp_path / "b.md")


def test_own_passages_stand_at_the_lines_that_are_cited() -> None:
    folder = own_documents()
    found = [passage for name in list_names(folder) for passage in read_passages(folder, name)]

    assert len(found) > 100
    for passage in found:
        line = (folder / passage.file).read_text("utf-8").splitlines()[passage.line - 1]
        assert passage.text.split()[0].strip("*_[:.,") in line, passage.citation


def test_forms_of_a_word_meet() -> None:
    for forms in ("write writes writing", "retry retries retried", "crash crashes crashed", "process processes"):
        assert len(set(stems(forms))) == 1, forms
    assert topic_words("Writes of a write, retried") == {"writ": "writes", "retr": "retried"}


def test_a_text_that_brings_the_topic_together_ranks_first() -> None:
    texts = ["a lease", "the lease of a worker expires", "nothing of it", "worker worker worker"]

    ranked = rank(topic_words("worker lease"), texts)

    assert ranked[0][0] == 1
    assert {index for index, _ in ranked} == {0, 1, 3}
    assert rank(topic_words("worker"), []) == []
