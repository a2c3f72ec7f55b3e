"""What is known of every case: its canonical events, as the embedded engine told them once.

They are kept beside this file, a line a case, and `scripts/conformance.py` adds those of new cases.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

NAME = "told.jsonl"


def known(name: str) -> Mapping[str, list[str]]:
    """Return the canonical events of a case; raise KeyError where they are not known."""
    return _all()[name]


def names() -> list[str]:
    """Return the names of all cases that are known."""
    return list(_all())


@cache
def _all() -> Mapping[str, Mapping[str, list[str]]]:
    lines = files(__package__).joinpath(NAME).read_text("utf-8").splitlines()
    return {plain["case"]: plain["told"] for plain in map(json.loads, lines)}
