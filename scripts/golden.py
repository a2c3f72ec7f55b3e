"""Keep the journals of tales that are not kept yet: `python scripts/golden.py`.

One that is kept is never written again: it says what the core once did. Where the core is to do something else, raise
`CORE_VERSION`, keep the old reading (`podium/core/upcast.py`), and give the new way a tale of a new name.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from podium.graph.encode import graph_to_json  # noqa: E402  # the tales are found from the root
from tests.golden import journal  # noqa: E402
from tests.golden.tales import calls, performers, plans, tracing, trouble, undoing, waiting, walking  # noqa: E402
from tests.golden.teller import Teller  # noqa: E402

MODULES: tuple[ModuleType, ...] = (walking, waiting, calls, performers, plans, trouble, undoing, tracing)


def tales() -> Iterator[tuple[str, Callable[[], Teller]]]:
    """Yield every tale: a function without parameters and with a docstring."""
    for module in MODULES:
        area = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            if not name.startswith("_") and _is_tale(value, module):
                yield f"{area}-{name.replace('_', '-')}", value


def _is_tale(value: object, module: ModuleType) -> bool:
    if getattr(value, "__module__", "") != module.__name__:
        return False
    code = getattr(value, "__code__", None)
    told = getattr(value, "__annotations__", {}).get("return") is Teller
    return code is not None and told and code.co_argcount == 0 and not code.co_flags & 0x08 and bool(value.__doc__)


def missing() -> list[str]:
    """Return the names of tales without a journal."""
    kept = set(journal.names())
    return [name for name, _ in tales() if name not in kept]


def lines_of(name: str, tale: Callable[[], Teller]) -> str:
    """Tell a tale, and return its journal."""
    told = tale().golden(name, (tale.__doc__ or "").strip())
    return "\n".join(journal.to_lines(told, graph_to_json(told.graph))) + "\n"


def main() -> None:
    """Keep what is missing."""
    wanted = set(missing())
    for name, tale in tales():
        if name in wanted:
            (journal.FOLDER / f"{name}.jsonl").write_text(lines_of(name, tale), "utf-8")
            print(f"kept {name}")
    print(f"{len(wanted)} new, {len(journal.names())} in all")


if __name__ == "__main__":
    main()
