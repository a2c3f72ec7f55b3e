"""Identity: what makes two calls the same call."""

import hashlib
from typing import Final

WRITE: Final = "write:"
"""What the name of a write begins with; that of no read does, for no tool is called so."""


def slot_of(path: str, *, act: str = "", candidate: int = 0) -> str:
    """Return what makes two writes of a run the same write: the step's address, or the act wherever it is asked for.

    No address holds a colon, so the two are never mixed up.

    Args:
        path: The step's address, with visit and map index.
        act: The tool's name and the business key (`once_by=`); "" without one.
        candidate: 0 for the tool that is called, n for the n-th of its `fallback=`, which has a key of its own.
    """
    slot = f"act:{act}" if act else path
    return f"{slot}\x1e{candidate}" if candidate else slot


def idempotency_key(namespace: str, run_id: str, slot: str, *, generation: int) -> str:
    """Return the key under which a write is sent: 40 hex digits, the same for every attempt, process and worker.

    Args:
        namespace: Of the engine's store, so that two stores with the same run ids do not meet at one service.
        run_id: The run.
        slot: See `slot_of`.
        generation: Raised each time a write that certainly did not happen is made anew.
    """
    text = "\x1f".join(("podium", namespace, run_id, slot, str(generation)))
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def read_identity(tool: str, digest: str, nth: int) -> str:
    """Return the name under which a read of a visit is recorded: the n-th call of that tool with those arguments."""
    return f"{tool}:{digest}" if nth == 1 else f"{tool}:{digest}:{nth}"


def write_name(key: str) -> str:
    """Return what tells a write of a step, under that key, from the other calls of the step."""
    return f"{WRITE}{key}"


def tool_of(call: str) -> str:
    """Return the tool of a read's identity."""
    return call.partition(":")[0]


def digest_of(text: str) -> str:
    """Return 16 hex digits for some arguments' JSON text."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
