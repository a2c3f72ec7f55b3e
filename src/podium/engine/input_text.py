"""What tells the input of a run from others."""

import hashlib
import json

INPUT_CHARS_MAX = 4096
"""A longer input is told from others by its hash."""


def input_text(data: dict[str, str]) -> str:
    """Return what tells this input from others: it is in the first event, so a long one is not kept twice."""
    fields = ",".join(f"{json.dumps(name)}:{text}" for name, text in data.items())
    text = f"{{{fields}}}"
    if len(text) <= INPUT_CHARS_MAX:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
