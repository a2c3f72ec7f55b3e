"""The repository keeps its own rules, and the rules find what they are for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import tidy
from tests.tidy import Source

Rule = Callable[[Source], Iterator[str]]


def test_sizes_only_shrink() -> None:
    over: dict[str, int] = {}
    for source in tidy.sources():
        over |= tidy.sizes_over(source)
    assert tidy.ratchet(over, tidy.known()) == []


@pytest.mark.parametrize("rule", tidy.RULES, ids=lambda rule: rule.__name__)
def test_sources_keep_the_rule(rule: Rule) -> None:
    assert [finding for source in tidy.sources() for finding in rule(source)] == []


def test_repository_speaks_of_no_machine_and_no_registry() -> None:
    findings: list[str] = []
    for path in tidy.tracked():
        text = path.read_bytes().decode("utf-8", errors="replace")
        findings += tidy.words(path.relative_to(tidy.ROOT).as_posix(), text)
    assert findings == []


def test_repository_is_seen() -> None:
    paths = {source.path for source in tidy.sources()}
    assert {"src/podium/__init__.py", "tests/test_tidy.py", "scripts/system_parts.py"} <= paths


LEVELS = "def f(a):\n    if a:\n        for b in a:\n            with b:\n                "

OVERSIZED = [
    ("pass\n" * 401, "src/podium/x.py lines", 401),
    ("def f():\n" + "    pass\n" * 50, "src/podium/x.py::f lines", 51),
    ("class C:\n    async def f(self):\n" + "        pass\n" * 50, "src/podium/x.py::C.f lines", 51),
    ("def f(a, b, c, *, d, e, g): ...", "src/podium/x.py::f parameters", 6),
    ("class C:\n    def f(self, a, /, b, c, *, d, e, g): ...", "src/podium/x.py::C.f parameters", 6),
    (LEVELS + "while b: pass", "src/podium/x.py::f nesting", 4),
    (LEVELS + "match b:\n                    case 1: pass", "src/podium/x.py::f nesting", 4),
    (LEVELS + "try: pass\n                finally: pass", "src/podium/x.py::f nesting", 4),
]

FITTING = [
    "pass\n" * 400,
    "def f():\n" + "    pass\n" * 49,
    "class C:\n    def f(self, a, b, *args, c, d, e, **kwargs): ...",
    "class C:\n    a: int\n    b: int\n    c: int\n    d: int\n    e: int\n    f: int",
    LEVELS + "pass",
    LEVELS + "def g(c):\n                    if c: pass",
    "def f(a):\n    if a: pass\n    elif a: pass\n    elif a: pass\n    elif a: pass\n    else: pass",
]


@pytest.mark.parametrize(("text", "key", "size"), OVERSIZED)
def test_oversized_is_found(text: str, key: str, size: int) -> None:
    assert tidy.sizes_over(Source("src/podium/x.py", text)) == {key: size}


@pytest.mark.parametrize("text", FITTING)
def test_fitting_is_left_alone(text: str) -> None:
    assert tidy.sizes_over(Source("src/podium/x.py", text)) == {}


@pytest.mark.parametrize(
    ("now", "then", "says"),
    [
        ({"a": 60}, {}, "a: 60; make it smaller"),
        ({"a": 60}, {"a": 59}, "a: 60, was 59; make it smaller"),
        ({"a": 58}, {"a": 59}, "a: 58, was 59; lower it in tidy_known.json"),
        ({}, {"a": 59}, "a: within its limit again; delete it from tidy_known.json"),
    ],
)
def test_ratchet_turns_one_way(now: dict[str, int], then: dict[str, int], says: str) -> None:
    assert tidy.ratchet(now, then) == [says]


def test_ratchet_holds_a_known_size() -> None:
    assert tidy.ratchet({"a": 59}, {"a": 59}) == []


PLANTED: list[tuple[Rule, str, str]] = [
    (tidy.names, "src/podium/utils.py", ""),
    (tidy.names, "src/podium/v2/__init__.py", ""),
    (tidy.docstrings, "src/podium/x.py", "a = 1"),
    (tidy.docstrings, "src/podium/x/__init__.py", ""),
    (tidy.doors, "src/podium/x.py", "def f():\n    import json"),
    (tidy.doors, "tests/x.py", "def f():\n    if f:\n        from json import (\n            loads,\n        )"),
    (tidy.doors, "src/podium/x.py", "class C:\n    def f(self):\n        import json  # door:"),
    (tidy.catch_alls, "src/podium/x.py", "try: f()\nexcept Exception as error: print(error)"),
    (tidy.catch_alls, "src/podium/x.py", "try: f()\nexcept (ValueError, BaseException): pass"),
    (tidy.catch_alls, "bench/x.py", "try: f()\nexcept: pass"),
    (tidy.catch_alls, "src/podium/core/caught.py", "try: f()\nexcept Exception: raise ValueError"),
    (tidy.sleeps, "tests/x.py", "import time\ntime.sleep(0.1)"),
    (tidy.sleeps, "tests/x.py", "import asyncio as io\nasync def f(): await io.sleep(1)"),
    (tidy.sleeps, "tests/x.py", "from time import sleep as pause\ndef f(n): pause(n)"),
]

INNOCENT: list[tuple[Rule, str, str]] = [
    (tidy.names, "src/podium/core/decide.py", ""),
    (tidy.docstrings, "src/podium/x.py", '"""Why."""'),
    (tidy.docstrings, "tests/x.py", "a = 1"),
    (tidy.doors, "src/podium/x.py", "import json\ndef f(): ..."),
    (tidy.doors, "src/podium/x.py", "def f():\n    import json  # noqa: PLC0415  # door: the URL names the engine"),
    (tidy.catch_alls, tidy.MAY_CATCH_ALL, "try: f()\nexcept Exception: pass"),
    (tidy.catch_alls, "src/podium/x.py", "try: f()\nexcept ValueError: pass"),
    (tidy.catch_alls, "src/podium/x.py", "try: f()\nexcept BaseException:\n    undo()\n    raise"),
    (tidy.sleeps, "tests/x.py", "import asyncio\nasync def f(): await asyncio.sleep(0)"),
    (tidy.sleeps, "tests/x.py", "from podium import minutes, sleep\nsleep('cool', minutes(5))"),
    (tidy.sleeps, "bench/x.py", "import time\ntime.sleep(1)"),
]


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_planted_offender_is_found(rule: Rule, path: str, text: str) -> None:
    assert len(list(rule(Source(path, text)))) == 1


@pytest.mark.parametrize(("rule", "path", "text"), INNOCENT)
def test_innocent_is_left_alone(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


# Put together here, so that this file does not name what it forbids.
@pytest.mark.parametrize(
    "parts", [("/wo", "rk/x"), ("see /tm", "p/x"), ("pypi", ".org"), ("npmjs", ".com"), ("design", ".md")]
)
def test_words_of_one_machine_are_found(parts: tuple[str, str]) -> None:
    assert len(list(tidy.words("x.md", "fine\n" + "".join(parts)))) == 1


@pytest.mark.parametrize("text", ["frame/work/x", "../work/x", "https://example.org/tmpl/x", "a file of its own"])
def test_other_words_are_left_alone(text: str) -> None:
    assert list(tidy.words("x.md", text)) == []


def test_typing_samples_are_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = tmp_path / "tests" / "typing" / "sample.py"
    sample.parent.mkdir(parents=True)
    sample.write_text("not python", "utf-8")
    monkeypatch.setattr(tidy, "ROOT", tmp_path)
    monkeypatch.setattr(tidy, "tracked", lambda _: [sample])
    assert tidy.sources.__wrapped__() == ()
