"""What to say when an extra is not installed."""

from importlib.util import find_spec


def require(extra: str, *modules: str) -> None:
    """Raise ModuleNotFoundError, with the command that helps, unless all modules of an extra are there."""
    for name in modules:
        if find_spec(name) is None:
            message = f"podium[{extra}] needs {name}, which is not installed: pip install 'podium[{extra}]'"
            raise ModuleNotFoundError(message, name=name)
