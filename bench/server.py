"""What the server costs: lists of very many runs, long journals, large pictures, and five hundred who follow a run."""

from __future__ import annotations

from bench.harness import Goal, Options, Report
from bench.works import Work, report_of

PAGE_MS_MAX = 200
NEWS_MS_MAX = 300

_NEWS = (("ms from event to client, p99", Goal("≤", NEWS_MS_MAX)),)

WORKS = (
    Work(
        "lists of {} runs",
        "ours.listed:pages",
        "runs",
        100_000,
        tuple(
            (f"{name}: ms p95", Goal("≤", PAGE_MS_MAX))
            for name in (
                "all",
                "failed",
                "completed or failed",
                "a workflow",
                "a tenant",
                "text in an id",
                "text in inputs, rare",
                "text in inputs, nowhere",
                "text nowhere, failed, of a workflow and tenant",
                "counts of all",
                "counts of a workflow",
                "counts of a text in inputs",
                "forked from a run",
            )
        ),
    ),
    Work("a run of {} events", "ours.listed:journal", "events", 10_000, (("a page: ms p95", Goal("≤", PAGE_MS_MAX)),)),
    Work("a graph of {} nodes", "ours.listed:page", "nodes", 500),
    Work("{} clients of a run that the server moves", "ours.followers:followed", "clients", 500, _NEWS),
    Work("{} clients of a run that another worker moves", "ours.followers:followed_elsewhere", "clients", 500, _NEWS),
    Work("{} clients of a list of 100 000 runs", "ours.followers:listed", "clients", 500),
)


def report(options: Options) -> Report:
    """Measure each work once."""
    return report_of("server", WORKS, options)
