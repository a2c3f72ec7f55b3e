"""Public agent benchmarks as worlds with calls, a server in front of them, and faults."""
