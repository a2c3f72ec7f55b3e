"""The ids of traces and spans: told from what they are about, so that any process that tells of it says the same.

A run that nobody traced begins a trace of its own, made of the store's name and the run's id. One that was started by
something traced belongs to that trace. The id of a span is made of the run, how often it was sent on after it had ended
(its life), the step's address and, for a call, the attempt and what tells it from other calls of the step.
"""

import hashlib
import re
from typing import NamedTuple

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


class Parent(NamedTuple):
    """What a run was started by.

    Attributes:
        trace, span: Ids, as numbers.
        is_sampled: It is exported.
    """

    trace: int
    span: int
    is_sampled: bool


def parent_of(traceparent: str) -> Parent | None:
    """Return what a W3C `traceparent` says; None where it says nothing that can be read."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    trace, span = int(found[1], 16), int(found[2], 16)
    if not trace or not span:
        return None
    return Parent(trace, span, bool(int(found[3], 16) & 1))


class Ids:
    """The ids of one run in one of its lives.

    Attributes:
        trace: The trace's.
        root: The run's own span.

    Args:
        namespace: Tells the store's ids from those of others.
        run_id: The run.
        parent: What started it.
        life: How often it was sent on after it had ended.
    """

    __slots__ = ("_seed", "root", "trace")

    def __init__(self, namespace: str, run_id: str, parent: Parent | None, life: int) -> None:
        run = f"podium\x1f{namespace}\x1f{run_id}".encode()
        self.trace = _number(run, size=16) if parent is None else parent.trace
        self._seed = hashlib.blake2b(b"%b\x1f%d" % (run, life), digest_size=16).digest()
        self.root = self._of("run", "")

    def step(self, path: str) -> int:
        """Return the id of a step's span."""
        return self._of("step", path)

    def scope(self, path: str) -> int:
        """Return the id of the span of what is nested in a step; "" for the run itself."""
        return self._of("scope", path) if path else self.root

    def call(self, path: str, attempt: int, call: str) -> int:
        """Return the id of the span of a call; `call`: what tells it from others of that attempt."""
        return self._of("call", f"{path}\x1f{attempt}\x1f{call}")

    def _of(self, kind: str, about: str) -> int:
        return _number(f"{kind}\x1f{about}".encode(), size=8, key=self._seed)


def _number(text: bytes, *, size: int, key: bytes = b"") -> int:
    return int.from_bytes(hashlib.blake2b(text, digest_size=size, key=key).digest()) or 1  # no id is 0
