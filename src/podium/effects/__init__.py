"""Calls inside steps: identity, the call journal, suspension, doubt."""
