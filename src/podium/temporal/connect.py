"""A client of the server that a URL names, with the payloads as the URL says."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from temporalio.client import Client
from temporalio.converter import DataConverter, ExternalStorage, PayloadCodec
from temporalio.envconfig import ClientConfigProfile

from podium.errors import BadEngineUrlError, StoreUnavailableError
from podium.temporal.address import Address
from podium.temporal.blobs import BYTES_MAX, BlobFolder

_CONNECT_TIMEOUT = timedelta(seconds=10)


async def connect(at: Address) -> Client:
    """Return a client.

    Raises:
        StoreUnavailableError: No server answers there. BadEngineUrlError: The codec is not found.
    """
    config: dict[str, Any] = {**ClientConfigProfile.load().to_client_connect_config()}
    config |= {"target_host": at.server, "namespace": at.namespace}
    try:
        return await Client.connect(**config, data_converter=converter(at), connect_timeout=_CONNECT_TIMEOUT)
    except RuntimeError as error:  # that is what the SDK raises
        message = f"no Temporal server answers at {at.server}: {error}; is it up, and is the URL right?"
        raise StoreUnavailableError(message) from error


def converter(at: Address) -> DataConverter:
    """Return how values become payloads: encrypted where the URL names a codec, as blobs where they are long."""
    blobs = None
    if at.blobs is not None:
        blobs = ExternalStorage(drivers=[BlobFolder(at.blobs)], payload_size_threshold=BYTES_MAX)
    return DataConverter(payload_codec=_codec(at.codec), external_storage=blobs)


def _codec(place: str | None) -> PayloadCodec | None:
    """Return the codec at `module:name`: an object, so that its keys are its author's business."""
    if place is None:
        return None
    module, _, name = place.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        message = f"the payload codec {place!r} is not found ({error}); expected codec=module:name"
        raise BadEngineUrlError(message) from error
    if not isinstance(found, PayloadCodec):
        message = (
            f"the payload codec {place!r} is a {type(found).__name__}; expected a temporalio.converter.PayloadCodec"
        )
        raise BadEngineUrlError(message)
    return found
