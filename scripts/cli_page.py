"""Draw docs/cli.md from the command line's own help: `python scripts/cli_page.py`. A test holds it up to date."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

HEAD = """# Command line

What `podium … --help` says. This page is drawn by `python scripts/cli_page.py`.
"""


def page() -> str:
    """Return the text of the page."""
    app = import_module("podium.cli.app").app()  # comes with the extra `cli`
    return HEAD + "".join(f"\n## {name}\n\n```text\n{said}\n```\n" for name, said in _helps(app, "podium", None))


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    """Yield the help of a command and of all below it, each under its whole name."""
    context = command.context_class(
        command, info_name=name.rpartition(" ")[2], parent=parent, **command.context_settings
    )
    context.terminal_width = context.max_content_width = 100
    said = command.get_help(context)
    yield name, "\n".join(line.rstrip() for line in said.splitlines()).strip()
    if hasattr(command, "list_commands"):
        for verb in command.list_commands(context):
            yield from _helps(command.get_command(context, verb), f"{name} {verb}", context)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE)
