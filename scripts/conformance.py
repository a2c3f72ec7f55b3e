"""Keep what is told of cases that are not known yet: `python scripts/conformance.py`.

What is known is never written again: every engine is held to it. Take a line out to have it told anew, and look at the
difference.
"""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from podium.testing.conformance.engines import CASES, canonical, known, play  # as below
from podium.testing.conformance.engines.case import Case  # as below
from tests.conformance.stages import RigStage  # found from the root

FILE = Path(known.__file__).parent / known.NAME


async def line_of(case: Case) -> str:
    """Play a case over memory, and return its line."""
    with TemporaryDirectory() as folder:
        told = await play(case, RigStage(Path(folder), file=None))
    return json.dumps({"case": case.name, "told": canonical(told.events)}, ensure_ascii=False) + "\n"


async def main() -> None:
    """Add what is missing."""
    have = set(known.names())
    missing = [case for case in CASES if case.name not in have and not case.varies]
    lines = [await line_of(case) for case in missing]
    with FILE.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    print(f"{len(missing)} new, {len(have) + len(missing)} in all")


if __name__ == "__main__":
    asyncio.run(main())
