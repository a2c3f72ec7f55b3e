"""The API's OpenAPI document as text: `python -m podium.server.openapi` prints it, for whoever makes clients of it."""

import json
import sys

from podium.server.describing import document
from podium.server.table import routes

if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(routes()), ensure_ascii=False, indent=2) + "\n")
