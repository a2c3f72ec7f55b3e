"""A verb: a frozen form of what may be asked, and a function from it to an exit code.

The form is the signature that the command line shows, so there is one place for each option, its help and its default.
"""

import asyncio
import inspect
import sys
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_type_hints

import typer

from podium.cli.bug import HOW_TO_REPORT, wants_traceback
from podium.cli.say import complain
from podium.errors import AskError, BugError, DefinitionError, DefinitionErrors, PodiumError

Form = TypeVar("Form")

USAGE = 2
_USAGE = (AskError, DefinitionError, DefinitionErrors)


@dataclass(frozen=True, slots=True)
class Verb(Generic[Form]):
    """One thing that the command line does.

    Attributes:
        form: A dataclass whose fields are typer's arguments and options; its docstring is the help.
        do: Does what a filled form asks, and returns the exit code.
        examples: Commands that show it.
    """

    form: type[Form]
    do: Callable[[Form], int | Coroutine[Any, Any, int]]
    examples: tuple[str, ...]

    def command(self, name: str) -> Any:
        """Return it as a command of that name."""

        def call(**given: Any) -> None:
            raise typer.Exit(self._run(self.form(**given)))

        call.__signature__ = inspect.signature(self.form)  # type: ignore[attr-defined]  # what typer reads
        call.__annotations__ = get_type_hints(self.form, include_extras=True)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        shown = "\n".join(f"  {example}" for example in self.examples)
        title = "Examples:" if len(self.examples) > 1 else "Example:"
        alone.command(name, help=inspect.getdoc(self.form), epilog=f"\b\n{title}\n{shown}")(call)
        return typer.main.get_command(alone)

    def _run(self, asked: Form) -> int:
        try:
            ended = self.do(asked)
            return ended if isinstance(ended, int) else asyncio.run(ended)
        except PodiumError as error:
            if wants_traceback():
                traceback.print_exception(error)
            sys.stdout.flush()
            complain(str(error))
            if isinstance(error, BugError):
                complain(HOW_TO_REPORT, title="")
            return USAGE if isinstance(error, _USAGE) else 1
