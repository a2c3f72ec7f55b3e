"""Draw docs/errors.md from the error classes: `python scripts/errors_page.py`. A test holds it up to date."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from podium import errors, outcomes, plan_errors
from podium.errors import PodiumError
from podium.failure import FailureKind

SOURCE = Path(__file__).resolve().parent.parent / "src"


def _modules() -> Iterator[ModuleType]:
    """Yield `podium.errors`, and then every module that is called after its errors, the outer ones first."""
    yield errors
    found = sorted(SOURCE.rglob("*_errors.py"), key=lambda path: (len(path.parts), path))
    yield from (import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts)) for path in found)


MODULES = tuple(_modules())
"""Where errors are defined, in the order of the page."""

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"

BRANCHES = {
    "DefinitionError": "The author's: a definition is wrong",
    "DefinitionErrors": "The author's: all that is wrong, at once",
    "StepError": "The step's: it did what no step may do",
    "AskError": "The caller's: what was asked for can not be done",
    "RunEndedError": "How a run ended, raised by `Handle.result`",
    "StoreError": "The world's: disk, file or database",
    "ReplayError": "The deployer's: code and journal do not fit each other",
    "BugError": "Ours",
}
"""Each direct subclass of PodiumError, in the order of the page, and whose fault it is."""

HEAD = """# Errors

Everything that Podium raises is a `PodiumError`, from `podium.errors`. The branch of the tree says whose fault it is;
`code` is short and stable, for programs; the message names the place, what was expected and what to do.

What a *tool* does wrong is none of these. It is an outcome: stored, matched by `on_error`, shown to people. Outcomes
stand at the end of this page.

This page is drawn from the classes by `python scripts/errors_page.py`.
"""

OUTCOMES = """
## Outcomes: what a tool did, as your code sees it

None of these is a `PodiumError`. A tool's own exception never reaches your step as itself: it is stored as a `Failure`,
and the call raises `ToolFailed`. `on_error(SomeError, …)` still matches by the original class, because the failure
keeps the names of all its bases.
"""

KINDS = """
## Kinds of failure

`failure.kind` says whether trying again may help. Where an exception's class says nothing, it counts as `transient`,
and a write that raised it is in doubt ([why](decisions/0003-unknown-exceptions.md)).

| kind | meaning |
|---|---|
"""


def page() -> str:
    """Return the text of the page."""
    direct = [cls.__name__ for cls in PodiumError.__subclasses__()]
    unknown = sorted(set(direct) ^ set(BRANCHES))
    assert not unknown, f"BRANCHES in {Path(__file__).name} and the classes differ: {unknown}"
    parts = [HEAD]
    for name, title in BRANCHES.items():
        parts.append(f"\n## {title}\n")
        parts += [_entry(cls) for cls in _tree(getattr(errors, name))]
    parts.append(OUTCOMES)
    ended = [cls for module in (outcomes, plan_errors) for _, cls in _defined_in(module)]
    parts += [_entry(cls) for cls in ended if not issubclass(cls, PodiumError)]
    kinds = "\n".join(f"| `{kind.value}` | {_meaning(kind)} |" for kind in FailureKind)
    return "".join([*parts, KINDS, kinds, "\n"])


def _tree(cls: type[PodiumError]) -> list[type]:
    """Return a class and all below it, in the order in which they are written."""
    below = [found for module in MODULES for _, found in _defined_in(module) if issubclass(found, cls)]
    return [cls, *(found for found in below if found is not cls)]


def _defined_in(module: object) -> list[tuple[str, type]]:
    return [
        (name, value)
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == getattr(module, "__name__", "")
    ]


def _entry(cls: type) -> str:
    text, attributes = _docstring(cls)
    code = f" · `{cls.code}`" if issubclass(cls, PodiumError) else ""
    listed = "".join(f"- `{name}`: {meaning}\n" for name, meaning in attributes)
    return f"\n### {cls.__name__}{code}\n\n{text}\n" + (f"\n{listed}" if listed else "")


def _docstring(cls: type) -> tuple[str, list[tuple[str, str]]]:
    """Return what a docstring says before `Attributes:`, and each attribute with its meaning."""
    text, _, rest = (inspect.getdoc(cls) or "").partition("\nAttributes:\n")
    found = re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", rest, re.MULTILINE)
    return text.strip(), [(name, " ".join(meaning.split())) for name, meaning in found]


def _meaning(kind: FailureKind) -> str:
    """Return the words that stand below a member of the enumeration."""
    source = inspect.getsource(FailureKind)
    found = re.search(rf'{kind.name} = ".*"\n\s+"""(.+)"""', source)
    assert found is not None, kind
    return found[1]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE)
