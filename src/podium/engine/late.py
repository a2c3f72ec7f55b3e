"""An answer that nobody waits for any more goes to whoever holds the run now, through the inbox like all else."""

import logging
import secrets

from podium.core.stimuli import LateEvidence
from podium.engine import inbox
from podium.engine.ports import Clock, Store
from podium.errors import StoreError

_LOG = logging.getLogger("podium")


async def put(store: Store, clock: Clock, run_id: str, news: LateEvidence) -> None:
    """Leave an answer for a run that goes on; where it can not be left, the run is as in doubt as it was."""
    try:
        info = await store.info(run_id)
        if not info.status.is_terminal:
            await store.put_inbox(inbox.evidence_row(secrets.token_hex(8), run_id, news, at=clock.now_ms()))
    except StoreError as error:
        _LOG.warning("a late answer to %s of run %s is lost: %s", news.path, run_id, error)
