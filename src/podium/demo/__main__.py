"""`python -m podium.demo FOLDER`: runs the travel desk until Ctrl-C, for workflows that are run by hand."""

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from podium.demo.app import urls_as_variables
from podium.demo.desk.process import travel_desk


def main() -> None:
    """Serve what is in the folder, which is made if it is missing."""
    parser = argparse.ArgumentParser(prog="python -m podium.demo", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the services keep their ledgers")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args().folder))


async def _serve(folder: Path) -> None:
    async with travel_desk(folder) as desk:
        exports = (f"export {name}={url}\n" for name, url in urls_as_variables(desk.urls).items())
        sys.stdout.writelines(exports)
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
