"""The command line. Nothing of it is imported before `main` is called, and a verb only when it is asked for."""

import sys


def main() -> None:
    """Run `podium` with the words of the command line, and exit with its code."""
    try:
        _run()
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in {"rich", "typer"}:
            raise
        sys.stderr.write("podium: the command line is an extra of its own: pip install 'podium[cli]'\n")
        sys.exit(2)


def _run() -> None:
    from podium.cli.app import app  # noqa: PLC0415  # door: the extra may be missing
    from podium.cli.bug import say_bug  # noqa: PLC0415  # door: beside it

    sys.excepthook = say_bug
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal may lack our signs
    app()(prog_name="podium")
