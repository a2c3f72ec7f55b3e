"""What is refused by its outer form: addresses and headers that are too long, paths that lead elsewhere."""

import re

from podium.asgi.wire import Scope
from podium.server.gate.refusal import Refusal
from podium.server.gate.scopes import is_api
from podium.server.gate.settings import Limits

_NOT_IN_PATHS = re.compile(r"[\x00-\x1f\x7f\\]|(?:^|/)\.{1,2}(?:/|$)")
_NOT_IN_FILES = re.compile(r"%|//|:|\ufffd")
"""What a file of the dashboard has no use for: encoded twice or not at all, another root, a drive or a stream."""


def check_shape(scope: Scope, limits: Limits) -> None:
    """Raise Refusal where a request is not even looked at.

    The path is the decoded one, so that `%2e%2e%2f` is seen as what it is.
    """
    path: str = scope["path"]
    if len(scope.get("raw_path") or path) + len(scope["query_string"]) > limits.url_bytes:
        raise Refusal("url-too-long")
    if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > limits.header_bytes:
        raise Refusal("headers-too-long")
    if _NOT_IN_PATHS.search(path) or (not is_api(path) and _NOT_IN_FILES.search(path)):
        raise Refusal("bad-path")
