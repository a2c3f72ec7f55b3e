"""The dashboard's files, as they ship with the package. Every path that is nothing else is the dashboard's own."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from podium.server_errors import NothingThereError

ASSETS = "/assets/"
_PAGE = "index.html"
_MISSING = "<!doctype html><title>Podium</title><p>The dashboard is not built in this copy; the API is at /api/v1.</p>"
_SMALL = 1400
"""What is shorter fits one packet, and is sent as it is."""


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    small: bytes
    kind: str
    tag: str


class Pages:
    """The files of `server/assets`, read when they are first asked for, and sent again only where they changed."""

    def __init__(self) -> None:
        self._root = files("podium.server") / "assets"
        self._known: dict[str, _File] = {}

    def answer(self, request: Request) -> Response:
        """Return what is at a path: an asset, or the dashboard's page; raise NothingThereError."""
        path: str = request.scope["path"]
        if path.startswith(ASSETS):
            return _sent(self._file(path.removeprefix(ASSETS)), request)
        try:
            return _sent(self._file(_PAGE), request)
        except NothingThereError:
            return HTMLResponse(_MISSING, headers={"cache-control": "no-store"})

    def _file(self, path: str) -> _File:
        found = self._known.get(path)
        if found is None:
            body = self._find(path).read_bytes()
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
            found = self._known[path] = _File(body, gzip.compress(body, mtime=0), kind, tag)
        return found

    def _find(self, path: str) -> Traversable:
        """Return a file by its path, name by name, so that none leads out of the folder; raise NothingThereError."""
        place = self._root
        for name in path.split("/"):
            inside = {one.name: one for one in place.iterdir()} if place.is_dir() else {}
            if name not in inside:
                message = f"there is no file {path[:200]}"
                raise NothingThereError(message)
            place = inside[name]
        if not place.is_file():
            message = f"there is no file {path[:200]}"
            raise NothingThereError(message)
        return place


def _sent(file: _File, request: Request) -> Response:
    headers = {"cache-control": "no-cache", "etag": file.tag, "vary": "accept-encoding"}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if len(file.body) > _SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.small, media_type=file.kind, headers={**headers, "content-encoding": "gzip"})
    return Response(file.body, media_type=file.kind, headers=headers)
