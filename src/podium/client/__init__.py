"""`podium.Client`: the runs of a server as if they were here, over HTTP (extra `http`)."""

from importlib.util import find_spec

if find_spec("httpx") is None:
    message = "podium.Client needs httpx, which is in an extra of its own: pip install 'podium[http]'"
    raise ModuleNotFoundError(message, name="httpx")
