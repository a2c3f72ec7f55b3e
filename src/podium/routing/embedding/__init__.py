"""Texts as vectors: one protocol, and the embedders that keep it."""

from podium.routing.embedding.extras import require

require("routing", "numpy")
