"""Chaos: the processes, the trouble, and what every run owes afterwards."""
