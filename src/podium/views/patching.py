"""What whoever follows a run does with a patch; the dashboard does the same."""

from podium.views.standing import Patch, Standing

NOWHERE = Standing(seq=0, at=0, nodes={})
"""The standing before the first event."""


def patched(standing: Standing, patch: Patch) -> Standing:
    """Return how a run stands after what a patch tells of."""
    before = NOWHERE if patch.resets else standing
    nodes = {**before.nodes, **patch.nodes}
    return Standing(
        seq=patch.seq,
        at=patch.at,
        nodes={where: node for where, node in nodes.items() if node is not None},
        taken=before.taken + (patch.taken or ()),
        undone=before.undone + (patch.undone or ()),
    )
