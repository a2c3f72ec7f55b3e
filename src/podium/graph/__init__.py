"""The compiled, JSON-able form of a workflow, and the checks that need nothing but its shape."""
