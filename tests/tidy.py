"""What keeps the code small and its layout honest, as functions from source text to findings.

`test_tidy.py` runs these over the repository and plants offenders to see them found. Sizes are a ratchet: a known
offender is listed in `tidy_known.json` and may only shrink. Everything else has no exceptions.
"""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parent.parent
KNOWN = Path(__file__).with_name("tidy_known.json")

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
PARAMETERS_MAX = 5
NESTING_MAX = 3

MAY_CATCH_ALL = "src/podium/guard/caught.py"
NAMES_THAT_SAY_NOTHING = {
    "base",
    "common",
    "experimental",
    "helper",
    "helpers",
    "manager",
    "misc",
    "util",
    "utils",
    "v2",
}
# Each is written so that it does not match its own text.
OF_ONE_MACHINE = re.compile(r"(?<![\w.~-])/(?:work|tmp|root|opt)/\w|[.]pyenv\b|\bdesign[.]md\b")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|crates\.io|deb\.debian\.org|proxy\.golang\.org")

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
LEVEL = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the repository, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def functions(self) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        return list(_functions(self.tree, prefix=""))

    @property
    def is_shipped(self) -> bool:
        return self.path.startswith("src/")

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/")

    def at(self, node: ast.stmt | ast.expr | ast.excepthandler) -> str:
        return f"{self.path}:{node.lineno}"


def tracked(suffix: str = "") -> list[Path]:
    """Return the files of the repository, new ones included, ignored ones not."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name.endswith(suffix) and name)
    return sorted(path for path in paths if path.is_file())


@cache
def sources() -> tuple[Source, ...]:
    """Return the Python files of the repository, but not the samples for the type checker; each is parsed once."""
    named = [(path.relative_to(ROOT).as_posix(), path) for path in tracked(".py")]
    return tuple(Source(name, path.read_text("utf-8")) for name, path in named if not name.startswith("tests/typing/"))


def known() -> dict[str, int]:
    """Return the sizes that are over the limit and known: what it is, then how large it was last."""
    sizes: dict[str, int] = json.loads(KNOWN.read_text("utf-8"))
    return sizes


def sizes_over(source: Source) -> dict[str, int]:
    """Return what is larger than it may be, with its size."""
    found = {f"{source.path} lines": (len(source.text.splitlines()), FILE_LINES_MAX)}
    for name, function in source.functions:
        place = f"{source.path}::{name}"
        found[f"{place} lines"] = (_lines(function), FUNCTION_LINES_MAX)
        found[f"{place} parameters"] = (_parameters(function), PARAMETERS_MAX)
        found[f"{place} nesting"] = (_nesting(function.body), NESTING_MAX)
    return {key: size for key, (size, limit) in found.items() if size > limit}


def ratchet(over: dict[str, int], known: dict[str, int]) -> list[str]:
    """Return what is new or has grown, and what has shrunk without the list being told."""
    findings = []
    for key in sorted(over.keys() | known.keys()):
        now, then = over.get(key), known.get(key)
        if now is None:
            findings.append(f"{key}: within its limit again; delete it from {KNOWN.name}")
        elif then is None or now > then:
            findings.append(f"{key}: {now}" + (f", was {then}" if then else "") + "; make it smaller")
        elif now < then:
            findings.append(f"{key}: {now}, was {then}; lower it in {KNOWN.name}")
    return findings


def names(source: Source) -> Iterator[str]:
    """Find modules and packages whose names say nothing about what is in them."""
    for part in Path(source.path).with_suffix("").parts:
        if part in NAMES_THAT_SAY_NOTHING:
            yield f"{source.path}: a module called {part} collects anything; name what it is for"


def docstrings(source: Source) -> Iterator[str]:
    """Find shipped modules that do not say why they exist."""
    if source.is_shipped and not ast.get_docstring(source.tree):
        yield f"{source.path}: say in a docstring why this module exists"


def doors(source: Source) -> Iterator[str]:
    """Find imports inside functions whose line does not give the reason: `# door: …`."""
    lines = source.text.splitlines()
    for _, function in source.functions:
        for node in filter(_is_import, _own(function)):
            if not re.search(r"# door: \S", "\n".join(lines[node.lineno - 1 : node.end_lineno])):
                yield f"{source.at(node)}: an import inside a function says why: `# noqa: PLC0415  # door: …`"


def catch_alls(source: Source) -> Iterator[str]:
    """Find handlers that take any error and do not end by raising it again; tests may, to see what that leads to."""
    if source.path == MAY_CATCH_ALL or source.is_test:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and _takes_all(node.type) and not _raises_again(node):
            yield f"{source.at(node)}: only {MAY_CATCH_ALL} may take any error; name the ones you can answer"


def sleeps(source: Source) -> Iterator[str]:
    """Find tests that wait for time to pass; `asyncio.sleep(0)` only gives way, and is allowed."""
    if not source.is_test:
        return
    imported = _imported(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or _full_name(node.func, imported) not in {"time.sleep", "asyncio.sleep"}:
            continue
        if not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0):
            yield f"{source.at(node)}: a test waits for what happens, not for time to pass"


def words(path: str, text: str) -> Iterator[str]:
    """Find the paths of one machine and the hosts of registries, in any text."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern in (OF_ONE_MACHINE, REGISTRY):
            if match := pattern.search(line):
                yield f"{path}:{number}: {match.group()!r} belongs to one machine or its network, not to the project"


RULES = (names, docstrings, doors, catch_alls, sleeps)


def _functions(node: ast.AST, *, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTION):
            yield prefix + child.name, child
        inner = f"{prefix}{child.name}." if isinstance(child, (*FUNCTION, ast.ClassDef)) else prefix
        yield from _functions(child, prefix=inner)


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Walk a function without those defined inside it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, FUNCTION):
            yield from _own(child)


def _is_import(node: ast.AST) -> TypeGuard[ast.Import | ast.ImportFrom]:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count every parameter, keyword-only ones too, but neither self and cls nor *args and **kwargs."""
    given = function.args
    positional = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    return len(positional) - (positional[:1] in (["self"], ["cls"])) + len(given.kwonlyargs)


def _nesting(body: list[ast.stmt]) -> int:
    """Return how deep statements lie in statements; `elif` is beside its `if`, a nested function counts for itself."""
    return max((_depth(statement) for statement in body), default=0)


def _depth(statement: ast.stmt) -> int:
    if not isinstance(statement, LEVEL):
        return 0
    branches = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    branches += [part.body for name in ("handlers", "cases") for part in getattr(statement, name, [])]
    beside = 0
    if isinstance(statement, ast.If) and len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        beside = _depth(branches.pop(1)[0])
    return max(1 + max(_nesting(branch) for branch in branches), beside)


def _takes_all(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(_takes_all(element) for element in kind.elts)
    return kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return what each imported name stands for: `pause` is `time.sleep`."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _full_name(called: ast.expr, imported: dict[str, str]) -> str:
    if isinstance(called, ast.Attribute):
        return f"{_full_name(called.value, imported)}.{called.attr}"
    return imported.get(called.id, called.id) if isinstance(called, ast.Name) else ""
