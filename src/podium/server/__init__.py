"""Runs over HTTP: the API under `/api/v1`, the dashboard's files, probes; `podium serve` runs it (extra `server`).

One table (`server.table`) says what there is; dispatch, checks of what comes in, and the OpenAPI document follow from
it. What goes out are `podium.views`.
"""
