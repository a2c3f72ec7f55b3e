"""Whether a type can be workflow data: it has a JSON form, and holds no secret."""

from typing import Any

from pydantic import SecretBytes, SecretStr

from podium.graph.nodes import Place
from podium.workflow.annotations import inner_types, type_text
from podium.workflow.codec import NOT_JSON, Codec
from podium.workflow.faults import Faults


def codec_of(hint: Any, what: str, *, faults: Faults, where: Place | None) -> Codec:
    """Return the codec of a type; where there is none, note it and return that of Any."""
    if any(inner in (SecretStr, SecretBytes) for inner in inner_types(hint)):
        faults.add(
            "secret-in-data",
            f"{what} holds a secret, and workflow data is stored and shown",
            suggestion="Take secrets from a resource inside the tool: `client: Client = FROM_ENGINE`.",
            where=where,
        )
        return Codec(Any)
    try:
        codec = Codec(hint)
        codec.schema()
    except NOT_JSON:
        faults.add(
            "not-json",
            f"{what} is {type_text(hint)}, which has no JSON form",
            suggestion="Use plain types, pydantic models, dataclasses or typed dicts of such; connections and clients"
            " are resources.",
            where=where,
        )
        return Codec(Any)
    return codec
