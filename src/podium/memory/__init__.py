"""Runs in the memory of one process: for tests, and for work that need not outlive it."""
