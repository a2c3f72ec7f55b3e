"""A payload codec, as an author would write one with a real cipher."""

from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

_MASK = 0x5A


class Masking(PayloadCodec):
    """Hides payloads from those who only look."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(metadata={"encoding": b"masked"}, data=_masked(one.SerializeToString())) for one in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            Payload.FromString(_masked(one.data)) if one.metadata.get("encoding") == b"masked" else one
            for one in payloads
        ]


def _masked(data: bytes) -> bytes:
    return bytes(byte ^ _MASK for byte in data)


codec = Masking()
