"""The end of a process that spoke to a server.

The SDK answers from threads of its own, which let go of the interpreter a moment after the answer is there. Where the
process ends in that very moment, the thread is ended by the interpreter and takes the process with it (SIGABRT, with
"PyGILState_Release"): one in five did that called nothing else after its last request.
"""

import asyncio

_MOMENT_S = 0.02


async def give_way() -> None:
    """Let the SDK's threads let go; the last thing that a client or a worker does."""
    await asyncio.sleep(_MOMENT_S)
