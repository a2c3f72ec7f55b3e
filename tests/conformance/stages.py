"""The grounds of the engines that are here, on which processes can die."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from podium.engine.engine import Engine
from podium.engine.ports import Clock, Store
from podium.testing.conformance.engines import UrlStage
from podium.testing.conformance.engines.stage import Resources
from tests.unit.engine.rig import Rig


class RigStage(UrlStage):
    """Engines over one shelf, or one file, with a valve before the disk: so that a process can die."""

    can_crash = True

    def __init__(self, folder: Path, *, file: Path | None) -> None:
        self.rig = Rig(folder, file=file)
        super().__init__(self.rig.url)

    def engine(self, workflows: tuple[Any, ...], resources: Resources) -> Engine:
        engine = super().engine(workflows, resources)
        store_of: Callable[[str, Clock], Store] = self.rig.store_of
        engine.platform = replace(engine.platform, store_of=store_of)
        return engine

    async def crash(self, engine: Engine) -> None:
        await self.rig.crash(engine)
