"""`python -m podium.demo.desk --kind flight --folder X --port 0`: one service of the travel desk, by itself."""

import argparse
from pathlib import Path

from podium.demo.desk.models import KINDS, ServiceSpec
from podium.demo.desk.server import serve


def main() -> None:
    """Serve what the command line asks for; the folder is made if it is missing."""
    parser = argparse.ArgumentParser(prog="python -m podium.demo.desk", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, required=True, help="what it books")
    parser.add_argument("--folder", type=Path, required=True, help="where <kind>.db is kept")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 (the default) takes a free one")
    parser.add_argument("--keys", choices=("honour", "ignore"), default="honour", help="ignore: each POST books again")
    parser.add_argument("--readback", choices=("on", "off"), default="on", help="off: /bookings/by-key is refused")
    parser.add_argument("--ends-with-stdin", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    spec = ServiceSpec(kind=asked.kind, keys=asked.keys, readback=asked.readback == "on")
    serve(spec, asked.folder, port=asked.port, ends_with_stdin=asked.ends_with_stdin)


if __name__ == "__main__":
    main()
