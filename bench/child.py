"""The process a probe runs in: `python -m bench.child module:function '{"argument": …}'`.

Prints the figures as one line of JSON, last.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

from bench import trace


def main(target: str, arguments: str) -> None:
    """Call the function named by `target` and print what it returns."""
    counts = trace.watch_commits() if trace.COUNT_COMMITS in os.environ else None
    module, function = target.split(":")
    figures = getattr(importlib.import_module(module), function)(**json.loads(arguments))
    if counts:
        figures[trace.COMMITS] = counts.measured / figures["runs"]
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
