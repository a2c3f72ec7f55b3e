"""Runs in one SQLite file: journals, ownership and inbox, shared by the worker processes of one machine.

Read in this order: `schema`, `batch`, `writer`, `workers`, `claims`, `reader`, `store`.
"""
