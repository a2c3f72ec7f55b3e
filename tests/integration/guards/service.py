"""A service on loopback that does as it is told: answers, fails, or holds its answers back; it counts who asked."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Service:
    """The service.

    Attributes:
        url: Where it is.
        status: What it answers with.
        asked: How many requests came, by path.
    """

    def __init__(self) -> None:
        self.status = 200
        self.asked: Counter[str] = Counter()
        self._lock, self._news = threading.Lock(), threading.Condition()
        self._gate = threading.Event()
        self._gate.set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def hold(self) -> None:
        """Answer nobody from now on."""
        self._gate.clear()

    def let_go(self) -> None:
        """Answer those who wait, and all who come."""
        self._gate.set()

    def until_asked(self, path: str, count: int) -> None:
        """Wait until so many requests have come."""
        with self._news:
            assert self._news.wait_for(lambda: self.asked[path] >= count, timeout=30), self.asked

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        with self._news:
            self.asked[request.path] += 1
            self._news.notify_all()
        self._gate.wait()
        try:
            request.send_response(self.status)
            request.send_header("Content-Length", "1")
            request.end_headers()
            request.wfile.write(b"3")
        except OSError:
            """Whoever asked is gone."""


@contextmanager
def served() -> Iterator[Service]:
    """Run a service."""
    service = Service()
    thread = threading.Thread(target=service._server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.let_go()
        service._server.shutdown()
        service._server.server_close()
        thread.join()
