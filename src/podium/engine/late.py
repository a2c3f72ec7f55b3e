"""An answer that nobody waits for any more goes to whoever holds the run now, through the inbox like all else."""

import logging
import secrets
from typing import TYPE_CHECKING

from podium.core.stimuli import LateEvidence
from podium.engine import inbox
from podium.errors import RunNotFoundError, StoreError

if TYPE_CHECKING:
    from podium.engine.host import Host

_LOG = logging.getLogger("podium")


async def put(host: "Host", run_id: str, news: LateEvidence) -> None:
    """Leave an answer for a run that goes on; where it can not be left, the run is as in doubt as it was.

    A store that failed is waited for: what it did not take is put in once it is open, and counts once.
    """
    row = inbox.evidence_row(secrets.token_hex(8), run_id, news, at=host.clock.now_ms())
    while True:
        try:
            info = await host.store.info(run_id)
            if not info.status.is_terminal:
                await host.store.put_inbox(row)
        except (StoreError, RunNotFoundError) as error:
            if not await host.until_open():
                _LOG.warning("a late answer to %s of run %s is lost: %s", news.path, run_id, error)
                return
        else:
            return
