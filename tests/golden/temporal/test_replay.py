"""Histories that the real server wrote are replayed: a run begun by an older Podium goes on with this one."""

import warnings
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from podium.temporal.run import RunWorkflow

HISTORIES = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_history_of_the_real_server_is_replayed_step_by_step(path: Path) -> None:
    replayer = Replayer(workflows=[RunWorkflow], workflow_runner=UnsandboxedWorkflowRunner())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the SDK leaves open when it forgets a workflow
        await replayer.replay_workflow(WorkflowHistory.from_json("replayed", path.read_text()))
