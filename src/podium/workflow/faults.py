"""Where everything that is wrong with a definition is put together before one error is raised."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from podium.errors import DefinitionError, DefinitionErrors, Fault
from podium.graph.nodes import Place


class Faults:
    """The faults of one workflow, each once, in the order found."""

    def __init__(self) -> None:
        self._found: dict[Fault, None] = {}

    def add(self, code: str, message: str, *, suggestion: str = "", where: Place | None = None) -> None:
        """Note a fault; the same one again is not a second one."""
        self._found[Fault(code, message, suggestion, str(where) if where else "")] = None

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note what another check found."""
        self._found.update(dict.fromkeys(faults))

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)

    def raise_all(self, subject: str) -> None:
        """Raise one `DefinitionErrors` with all of them; do nothing when there is none."""
        if self._found:
            count = len(self._found)
            title = f"{subject}: {count} fault{'s' if count > 1 else ''}"
            raise DefinitionErrors(title, [DefinitionError(fault) for fault in self._found])


def fault_now(code: str, message: str, *, suggestion: str = "", where: Place | None = None) -> DefinitionError:
    """Return the error of a fault that can not wait for the others, because nothing can be made of what was written."""
    return DefinitionError(Fault(code, message, suggestion, str(where) if where else ""))


def closest(name: str, options: Iterable[str]) -> str:
    """Return a suggestion: the option that looks like `name`, or all of them when they are few."""
    known = list(dict.fromkeys(options))
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    if not known:
        return "There is none to choose from."
    shown = ", ".join(repr(option) for option in known[:8])
    return f"There is {shown}{', …' if len(known) > 8 else ''}."  # noqa: PLR2004  # as many as one line holds
