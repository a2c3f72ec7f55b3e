"""Whatever a planner answers, the check gives reasons or a plan that the core takes: it never breaks."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from podium import PlanSpec, tool
from podium.core import stimuli
from podium.core.plans import refused
from podium.core.state import RunState, Step
from podium.graph.encode import graph_to_json
from podium.graph.nodes import Graph, GraphKind, Node, NodeKind
from podium.workflow.plan_check import Offer, draw, faults_of, read_proposal
from podium.workflow.plan_data import DoneStep, Planning
from podium.workflow.toolcode import Declared


class Seat(BaseModel):
    """A seat."""

    row: int
    name: str = ""


@tool.read()
async def look(city: str, rows: int = 1) -> list[Seat]:
    return [Seat(row=rows, name=city)]


@tool.write()
async def sit(seat: Seat, *, name: str = "") -> Seat:
    return seat


TOOLS: dict[str, Declared] = {"look": look, "sit": sit}
NAMES = st.sampled_from(["a", "b", "c", "old", "item", "a/b", "", "é", "x" * 70])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(["row", "name", "no", 5])
REFERENCES = st.fixed_dictionaries({"from": NAMES | VALUES}, optional={"field": FIELDS})
SEATS = st.fixed_dictionaries({"row": st.integers(0, 5)})
ARGS = st.dictionaries(
    st.sampled_from(["city", "rows", "seat", "name", "odd"]), VALUES | REFERENCES | SEATS | st.just("Busan"), max_size=4
)
STEPS = st.fixed_dictionaries(
    {"name": NAMES, "tool": st.sampled_from(["look", "sit", "rm"]), "args": ARGS},
    optional={"after": st.lists(NAMES, max_size=2), "replaces": st.sampled_from(["", "lost", "a"])},
)
PLANS = st.fixed_dictionaries({"steps": st.lists(STEPS, max_size=4)}, optional={"gives": NAMES})
SOUND = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["a", "b", "c"]),
        "tool": st.just("look"),
        "args": st.fixed_dictionaries({"city": st.text(max_size=3)}, optional={"rows": st.integers()}),
    },
    optional={"after": st.lists(st.sampled_from(["a", "b", "old"]), max_size=2)},
)
MOSTLY_SOUND = st.fixed_dictionaries({"steps": st.lists(SOUND, max_size=3)}, optional={"gives": st.just("a")})


def planning() -> Planning:
    done = {"old": DoneStep(tool="sit", args={"seat": {"row": 1}}, result={"row": 1, "name": "x"})}
    return Planning(done=done, acts={"lost": "sit@plan/lost"})


@given(answer=VALUES | PLANS | MOSTLY_SOUND | st.text(max_size=20))
def test_any_answer_is_refused_with_reasons_or_is_a_plan_that_the_core_takes(answer: Any) -> None:
    offer, known = Offer(tools=TOOLS, gives=None), planning()
    read = read_proposal(answer)
    if isinstance(read, str):
        assert 0 < len(read) <= 300
        return
    reasons = faults_of(read, known, offer)
    assert len(reasons) <= 10
    assert all(0 < len(reason) <= 300 for reason in reasons)
    if not reasons:
        assert taken(read, known, offer) == ""


def taken(plan: PlanSpec, known: Planning, offer: Offer) -> str:
    """Return why the core refuses a plan that was found sound; "" where it does not."""
    drawn = draw(plan, known, offer)
    node = Node(name="plan", kind=NodeKind.PLAN, tools=tuple(one.facts for one in TOOLS.values()))
    state = RunState("r", Graph(name="g", kind=GraphKind.MACHINE, nodes={"plan": node}, fields={}))
    opened = stimuli.Opened(drawn.data, graph_to_json(drawn.graph))
    return refused(state, Step("plan", "", None, node), opened)


@given(answer=MOSTLY_SOUND)
def test_sound_plans_come_through(answer: Any) -> None:
    """So that the test above does not only see what is refused."""
    names = [one["name"] for one in answer["steps"]]
    ends = all(after == "old" for one in answer["steps"] for after in one.get("after", ()))
    read = read_proposal(answer)
    assert isinstance(read, PlanSpec)
    if len(set(names)) == len(names) and ends and answer.get("gives", "a") in [*names, "old"]:
        assert faults_of(read, planning(), Offer(tools=TOOLS, gives=None)) == []
