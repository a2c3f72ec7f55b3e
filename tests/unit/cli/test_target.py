"""TARGET leads to a workflow, or says why not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.cli.target import load, load_all
from podium.errors import BadTargetError, DefinitionErrors

ONE = """
from pydantic import BaseModel
from podium import END, START, StateMachine, step
class Data(BaseModel):
    n: int = 0
@step
async def only(data: Data) -> None: ...
{name} = StateMachine("{name}", Data, START >> only >> END)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in an empty folder, and forget what was imported from it."""
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("sys.path", list(__import__("sys").path))
        patch.setattr("sys.modules", dict(__import__("sys").modules))
        yield tmp_path


def write(path: Path, *names: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(ONE.format(name=name) for name in names))


def test_one_workflow_needs_no_name(folder: Path) -> None:
    write(folder / "solo_a.py", "alone")
    assert load("solo_a.py").workflow.name == "alone"
    assert load("solo_a").workflow.name == "alone"
    assert load(str(folder / "solo_a.py")).workflow.name == "alone"


def test_several_are_listed(folder: Path) -> None:
    write(folder / "duo_a.py", "one", "two")
    with pytest.raises(BadTargetError, match=r"several workflows: one, two\. Say which: duo_a\.py:NAME"):
        load("duo_a.py")
    assert load("duo_a.py:two").workflow.name == "two"
    assert [target.workflow.name for target in load_all("duo_a")] == ["one", "two"]


def test_two_names_of_one_workflow_are_one(folder: Path) -> None:
    write(folder / "alias_a.py", "flow")
    with (folder / "alias_a.py").open("a") as file:
        file.write("again = flow\n")
    assert load("alias_a.py").text.endswith("alias_a.py:flow")
    assert load("alias_a.py:again").workflow.name == "flow"


def test_stored_target_leads_there_from_anywhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "stored_a.py", "flow")
    texts = [load("stored_a.py").text, load("stored_a:flow").text]
    assert texts == [f"{(folder / 'stored_a.py').resolve()}:flow"] * 2
    monkeypatch.chdir("/")
    assert load(texts[0]).workflow.name == "flow"


def test_file_of_a_package_is_imported_as_part_of_it(folder: Path) -> None:
    write(folder / "pack_a" / "inner.py", "flow")
    (folder / "pack_a" / "__init__.py").write_text("")
    (folder / "pack_a" / "app.py").write_text("from .inner import flow\n")
    assert load("pack_a/app.py").workflow is load("pack_a.inner:flow").workflow


def test_files_of_one_name_are_two_modules(folder: Path) -> None:
    write(folder / "a" / "same_a.py", "left")
    write(folder / "b" / "same_a.py", "right")
    assert load("a/same_a.py").workflow.name == "left"
    assert load("b/same_a.py").workflow.name == "right"


def test_file_named_as_a_module_that_is_there_is_still_the_file(folder: Path) -> None:
    write(folder / "json.py", "flow")
    assert load("json.py").workflow.name == "flow"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing.py", "there is no file nothing.py"),
        ("no_such_a", "No module named 'no_such_a'"),
        (":x", "no TARGET"),
        ("bare_a.py", "defines no workflow"),
        ("bare_a.py:x", "nor any other"),
        ("solo_b.py:alon", "did you mean alone"),
        ("solo_b.py:Data", "Data is a ModelMetaclass, no workflow; there is alone"),
        ("syntax_a.py", r"SyntaxError: .*\n.*syntax_a.py:1: def"),
        ("raises_a.py", r"ZeroDivisionError: .*\n.*raises_a.py:2: x = 1 / 0"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, text: str, says: str) -> None:
    write(folder / "solo_b.py", "alone")
    (folder / "bare_a.py").write_text("")
    (folder / "syntax_a.py").write_text("def\n")
    (folder / "raises_a.py").write_text("#\nx = 1 / 0\n")
    with pytest.raises(BadTargetError, match=says):
        load(text)


def test_faults_of_a_definition_come_out_as_they_are(folder: Path) -> None:
    write(folder / "faulty_a.py", "flow")
    text = (folder / "faulty_a.py").read_text().replace("only >> END", "only.choose({'x': END})")
    (folder / "faulty_a.py").write_text(text)
    with pytest.raises(DefinitionErrors):
        load("faulty_a.py")
