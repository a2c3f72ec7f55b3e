"""Processes that are forked from a clean one with everything imported, each for one function."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["podium", "podium.sqlite.url", "tests.integration.disk.flows"])


def in_process(function: Callable[..., Any], *args: Any) -> Any:
    """Call a module's function in a process of its own and return what it gives, which JSON or pickle can carry."""
    here, there = _PROCESSES.Pipe(duplex=False)
    child = _PROCESSES.Process(target=_call, args=(there, function, args), daemon=True)
    child.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        child.join()
        message = f"{function.__name__} ended with {child.exitcode} and gave nothing"
        raise AssertionError(message) from None
    finally:
        child.kill()
        child.join()
        here.close()


def _call(there: Connection, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    there.send(function(*args))
