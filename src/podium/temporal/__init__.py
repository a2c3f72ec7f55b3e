"""The shell over a Temporal server: runs are workflow executions, steps and writes are activities.

Needs the extra `podium[temporal]`.
"""
