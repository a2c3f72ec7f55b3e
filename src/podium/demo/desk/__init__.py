"""The travel desk: three small booking services for the demo and for Podium's crash tests.

They are real processes with a disk of their own, reached over HTTP, because a promise about effects outside of
Podium can only be shown on something that lives and fails outside of it. Importing this package needs the extra
`demo`, and says so when it is missing.
"""

from importlib.util import find_spec


def _require_extra() -> None:
    """Raise ModuleNotFoundError, with the command that helps, unless the extra `demo` is installed."""
    for name in ("starlette", "uvicorn"):
        if find_spec(name) is None:
            message = f"the travel desk needs {name}, which is not installed: pip install 'podium[demo]'"
            raise ModuleNotFoundError(message, name=name)


_require_extra()
