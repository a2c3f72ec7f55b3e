"""A recorded run, done again offline: tools and people say what its journal says, the workflow is that of today."""

from podium.testing.rehearsal.rehearse import DiffersError, rehearse

__all__ = ["DiffersError", "rehearse"]
