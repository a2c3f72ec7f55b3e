"""TARGET, the words that lead to a workflow's code: `module:name`, `file.py` or `file.py:name`."""

import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from podium.errors import BadTargetError, PodiumError
from podium.guard.caught import Raised, caught_now
from podium.workflow.workflow import Workflow

RESOURCES = "resources"
"""The name under which a module keeps what opens its tools' clients, as `Engine(…, resources=…)` takes it."""

_FRAMES_MAX = 4


@dataclass(frozen=True, slots=True)
class Target:
    """A workflow and where it was found.

    Attributes:
        text: A TARGET that leads to it from any folder.
        workflow: What was found.
        resources: The `resources` of its module; None where it has none.
        module: Where it was found.
    """

    text: str
    workflow: Workflow[Any, Any]
    resources: Callable[[], AbstractAsyncContextManager[Any]] | None = None
    module: ModuleType | None = None

    def named(self, name: str, otherwise: Any) -> Any:
        """Return what its module has under a name."""
        return getattr(self.module, name, otherwise)


def load(text: str) -> Target:
    """Return the one workflow that `text` names.

    Raises:
        BadTargetError: There is no such file, module or workflow, there are several, or the import failed.
        DefinitionErrors: The workflow is wrong; every fault is in it.
    """
    found = load_all(text)
    if len(found) > 1:
        names = ", ".join(target.text.rpartition(":")[2] for target in found)
        message = f"{text} has several workflows: {names}. Say which: {text}:NAME"
        raise BadTargetError(message)
    return found[0]


def load_all(text: str) -> list[Target]:
    """Return all workflows of a module, or the one that is named; at least one. Raises as `load`."""
    place, name = _split(text)
    module = _module(place, text)
    named = {label: value for label, value in vars(module).items() if isinstance(value, Workflow)}
    stored = _stored_place(place, module)
    resources = getattr(module, RESOURCES, None)
    opens = resources if callable(resources) else None
    if name is None:
        once = {id(value): label for label, value in reversed(named.items())}
        chosen = [label for label in named if once[id(named[label])] == label]
    else:
        chosen = [name] if name in named else []
    if not chosen:
        raise BadTargetError(_nothing(text, name, sorted(named), module))
    return [Target(f"{stored}:{label}", named[label], opens, module) for label in chosen]


def _split(text: str) -> tuple[str, str | None]:
    """Return the file or module, and the name. A colon after a drive's letter is part of the file."""
    place, colon, name = text.rpartition(":")
    if not colon or not name.isidentifier() or (len(place) == 1 and text[2:3] in {"\\", "/"}):
        place, name = text, ""
    if not place:
        message = f"{text!r} is no TARGET; it is module:name or file.py[:name]"
        raise BadTargetError(message)
    return place, name or None


def _is_file(place: str) -> bool:
    return place.endswith(".py") or "/" in place or "\\" in place


def _module(place: str, text: str) -> ModuleType:
    """Import what `place` leads to; an author's error comes out as what it is, with the lines that led to it."""
    if _is_file(place):
        path = Path(place).expanduser().resolve()
        if not path.is_file():
            message = f"there is no file {place}"
            raise BadTargetError(message)
        imported = caught_now(lambda: _import_file(path))
    else:
        folder = str(Path.cwd())
        if folder not in sys.path:
            sys.path.insert(0, folder)
        imported = caught_now(lambda: importlib.import_module(place))
    if not isinstance(imported, Raised):
        return imported
    error = imported.error
    if isinstance(error, PodiumError):
        raise error
    message = f"{text} can not be imported: {_story(error)}"
    raise BadTargetError(message) from error


def _import_file(path: Path) -> ModuleType:
    """Import a file under the name that its package gives it, or its own; its folder can be imported from."""
    root, name = path.parent, path.stem
    while (root / "__init__.py").is_file():
        root, name = root.parent, f"{root.name}.{name}"
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    there = sys.modules.get(name)
    if there is not None:
        if getattr(there, "__file__", None) == str(path):
            return there
        name = f"{name}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"  # another module has that name already
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _story(error: BaseException) -> str:
    """Return an error with the author's lines that led to it, innermost last."""
    own = Path(__file__).resolve().parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if not f.filename.startswith("<") and not Path(f.filename).is_relative_to(own)]
    lines = [f"\n  {f.filename}:{f.lineno}: {f.line}" for f in theirs if "importlib" not in f.filename]
    if isinstance(error, SyntaxError):
        lines.append(f"\n  {error.filename}:{error.lineno}: {(error.text or '').strip()}")
        return f"SyntaxError: {error.msg}{''.join(lines[-_FRAMES_MAX:])}"
    return f"{type(error).__name__}: {error}{''.join(lines[-_FRAMES_MAX:])}"


def _stored_place(place: str, module: ModuleType) -> str:
    """Return where the module is found from any folder: by its file, unless it is installed."""
    file = getattr(module, "__file__", None)
    if file is None:
        return place
    path = Path(file).resolve()
    is_own = path.is_relative_to(Path.cwd()) and "site-packages" not in path.parts
    return str(path) if _is_file(place) or is_own else place


def _nothing(text: str, name: str | None, names: Sequence[str], module: ModuleType) -> str:
    if name is None:
        return f"{text} defines no workflow; make a StateMachine or a Dag in it"
    if not names:
        return f"{text}: there is no workflow {name!r}, nor any other"
    if hasattr(module, name):
        return f"{text}: {name} is a {type(getattr(module, name)).__name__}, no workflow; there is {', '.join(names)}"
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(names)}"
    return f"{text}: there is no workflow {name!r}; {hint}"
