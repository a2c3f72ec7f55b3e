"""A snapshot on disk: an .npz without pickles, and a manifest that names it by its hash.

The manifest is replaced last, in one step, so a reader sees the old model or the new one, never a mixture. Whatever
does not have the hash that was written is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from podium.routing.intent.features import Space
from podium.routing.intent.intent_errors import DamagedIntentModelError, WrongEmbedderError
from podium.routing.intent.lexicon import BUCKETS, Lexicon
from podium.routing.intent.snapshot import Held, Snapshot
from podium.routing.intent.thresholds import Thresholds
from podium.routing.intent.types import RouteSpec

MANIFEST = "manifest.json"
_FORMAT = 1
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError)
"""What reading raises where files are not what was written."""


def write_snapshot(snapshot: Snapshot, folder: Path) -> None:
    """Write a snapshot into a folder, which is made if it is not there, and remove the one before it."""
    folder.mkdir(parents=True, exist_ok=True)
    version = snapshot.version
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **_arrays(snapshot))
    data = packed.getvalue()
    name = f"weights-{version}.npz"
    _replace(folder / name, data)
    manifest = {
        "format": _FORMAT,
        "version": version,
        "embedder": {"id": snapshot.embedder[0], "dim": snapshot.embedder[1]},
        "weights": {"file": name, "sha256": hashlib.sha256(data).hexdigest()},
        "thresholds": asdict(snapshot.thresholds),
        "lexical_share": snapshot.space.share,
        "routes": [asdict(route) for route in snapshot.routes],
        "texts": snapshot.texts,
    }
    _replace(folder / MANIFEST, _text(manifest | {"sha256": _hash(manifest)}))
    for other in folder.glob("weights-*.npz"):
        if other.name != name:
            other.unlink(missing_ok=True)


def read_snapshot(folder: Path, *, embedder: tuple[str, int]) -> Snapshot:
    """Read a snapshot.

    Args:
        folder: Where `write_snapshot` wrote it.
        embedder: Id and dimension of the one that is to be used with it.

    Raises:
        DamagedIntentModelError: The files are incomplete, of another version, or not what was written.
        WrongEmbedderError: It was fitted with another embedder.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        _check(manifest, folder)
        fitted = (str(manifest["embedder"]["id"]), int(manifest["embedder"]["dim"]))
        if fitted != embedder:
            raise WrongEmbedderError(expected=fitted, given=embedder)
        data = (folder / manifest["weights"]["file"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != manifest["weights"]["sha256"]:
            raise _damaged(folder, "the weights are not those that were written")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _snapshot(manifest, arrays, embedder)
    except _DAMAGE as error:
        raise _damaged(folder, f"{type(error).__name__}: {error}") from error


def _check(manifest: Any, folder: Path) -> None:
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise _damaged(folder, f"the manifest is not of format {_FORMAT}")
    said = {key: value for key, value in manifest.items() if key != "sha256"}
    if manifest.get("sha256") != _hash(said):
        raise _damaged(folder, "the manifest is not the one that was written")


def _damaged(folder: Path, what: str) -> DamagedIntentModelError:
    return DamagedIntentModelError(f"the intent model in {folder} can not be used: {what}")


def _arrays(snapshot: Snapshot) -> dict[str, NDArray[Any]]:
    return {
        "idf": snapshot.space.lexicon.idf,
        "dense": snapshot.dense,
        "lexical": snapshot.lexical,
        "bias": snapshot.bias,
        "owners": snapshot.owners,
        "vectors": snapshot.vectors,
        "held_best": snapshot.held.best,
        "held_odds": snapshot.held.odds,
        "held_scope": snapshot.held.scope,
    }


def _snapshot(manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], embedder: tuple[str, int]) -> Snapshot:
    routes = tuple(RouteSpec(each["name"], each["description"], tuple(each["examples"])) for each in manifest["routes"])
    texts = tuple(manifest["texts"])
    of_route, of_text, dim = len(routes), len(texts), embedder[1]
    shapes: dict[str, tuple[type, tuple[int, ...]]] = {
        "idf": (np.float32, (BUCKETS,)),
        "dense": (np.float32, (dim, 2 * of_route)),
        "lexical": (np.float32, (BUCKETS, 2 * of_route)),
        "bias": (np.float32, (of_route,)),
        "owners": (np.int16, (of_text,)),
        "vectors": (np.float16, (of_text + of_route, dim)),
        "held_best": (np.int16, (of_text, 2)),
        "held_odds": (np.float32, (of_text, 2)),
        "held_scope": (np.float32, (of_text,)),
    }
    found = {name: _array(arrays[name], name, kind, shape) for name, (kind, shape) in shapes.items()}
    return Snapshot(
        routes,
        embedder,
        Space(Lexicon(found["idf"]), float(manifest["lexical_share"])),
        found["dense"],
        found["lexical"],
        found["bias"],
        Thresholds(**{name: float(value) for name, value in manifest["thresholds"].items()}),
        texts,
        found["owners"],
        found["vectors"],
        Held(found["held_best"], found["held_odds"], found["held_scope"]),
        str(manifest["version"]),
    )


def _array(array: NDArray[Any], name: str, kind: type, shape: tuple[int, ...]) -> NDArray[Any]:
    if array.dtype != kind or array.shape != shape:
        raise ValueError(f"{name} is {array.dtype} of {array.shape}")  # noqa: TRY003  # becomes the reason of DamagedIntentModelError
    return array


def _hash(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(said)).hexdigest()


def _text(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=True, sort_keys=True).encode("ascii")


def _replace(path: Path, data: bytes) -> None:
    """Put a file in place in one step."""
    there = path.with_name(f"{path.name}.{os.getpid()}.new")
    there.write_bytes(data)
    there.replace(path)
