from podium.core import stimuli as st
from tests.unit.core.builders import COMPENSATE, machine, state
from tests.unit.core.shell import Shell


def test_thin() -> None:
    run = Shell(machine(state("a", "b"), state("b", "c"), state("c"), on_failure=COMPENSATE))
    run.start()
    for path in "ab":
        run.want(path, undo=f"un{path}@1")
        run.settle(path, '"ok"')
        run.done(path)
    assert run.fail("c") == ["StepFailed c", "ScopeFailing", "CompensationStarted", "UndoStarted b.undo"]
    assert run.flights == {"b.undo": 1}
    run.want("b.undo")
    run.settle("b.undo", "null")
    assert run.end("b.undo", st.Succeeded()) == ["UndoDone b.undo", "UndoStarted a.undo"]
    run.want("a.undo")
    run.settle("a.undo", "null")
    assert run.end("a.undo", st.Succeeded()) == ["UndoDone a.undo", "RunCompensated"]
    assert run.status == "compensated"
