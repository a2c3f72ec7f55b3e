"""The HTTP server: API, live updates, dashboard, and the gate before them. Needs the extra `[server]`."""
