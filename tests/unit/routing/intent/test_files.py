"""Saved models come back as they were, or not at all."""

import hashlib
import io
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from podium.routing.intent.files import MANIFEST
from podium.routing.intent.intent_errors import DamagedIntentModelError, WrongEmbedderError
from podium.routing.intent.model import IntentModel
from podium.routing.intent.types import RouteSpec
from tests.unit.routing.intent.words import TRAVEL, Words

SENTENCES = ("book a plane to lima", "refund please", "a hotel", "rain on sunday", "환불", "")


@pytest.fixture
def folder(model: IntentModel, tmp_path: Path) -> Path:
    model.save(tmp_path / "model")
    return tmp_path / "model"


def weights(folder: Path) -> Path:
    (found,) = folder.glob("weights-*.npz")
    return found


def forged(folder: Path, **changed: Any) -> None:
    """Change a manifest and give it the hash that it would have had."""
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest["sha256"]
    manifest |= changed
    text = json.dumps(manifest, ensure_ascii=True, sort_keys=True)
    manifest["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_saved_model_decides_the_same(model: IntentModel, folder: Path) -> None:
    again = IntentModel.load(folder, Words())
    assert again.version == model.version
    assert again.routes == model.routes
    assert [again.decide(text) for text in SENTENCES] == [model.decide(text) for text in SENTENCES]
    assert again.report() == model.report()


def test_same_model_is_saved_as_the_same_bytes(model: IntentModel, folder: Path, tmp_path: Path) -> None:
    IntentModel.load(folder, Words()).save(tmp_path / "again")
    assert (tmp_path / "again" / MANIFEST).read_bytes() == (folder / MANIFEST).read_bytes()


def test_odd_texts_are_saved_too(tmp_path: Path) -> None:
    routes = [RouteSpec("a", "항공편 \u2028", ("x\x00y", "🎉 z", "\ud800 w")), RouteSpec("b", "", ("u v", "s t"))]
    model = IntentModel.fit(routes, Words())
    model.save(tmp_path)
    assert IntentModel.load(tmp_path, Words()).routes == model.routes


def test_next_model_takes_the_place_of_the_last(folder: Path) -> None:
    other = IntentModel.fit(TRAVEL[:2], Words())
    other.save(folder)
    assert IntentModel.load(folder, Words()).version == other.version
    assert weights(folder).name == f"weights-{other.version}.npz"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("embedder", [Words("another"), Words(dim=47)], ids=["id", "dimension"])
def test_another_embedder_is_refused(folder: Path, embedder: Words) -> None:
    with pytest.raises(WrongEmbedderError) as refused:
        IntentModel.load(folder, embedder)
    assert refused.value.expected == ("words", 48)
    assert refused.value.given == (embedder.id, embedder.dim)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedIntentModelError, match=MANIFEST):
        IntentModel.load(tmp_path, Words())


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("which", [MANIFEST, "weights"])
def test_files_cut_short_are_refused(folder: Path, which: str, share: float) -> None:
    path = folder / MANIFEST if which == MANIFEST else weights(folder)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedIntentModelError):
        IntentModel.load(folder, Words())


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("which", [MANIFEST, "weights"])
def test_a_flipped_bit_is_refused(folder: Path, which: str, share: float) -> None:
    path = folder / MANIFEST if which == MANIFEST else weights(folder)
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedIntentModelError):
        IntentModel.load(folder, Words())


def test_weights_that_are_gone_are_refused(folder: Path) -> None:
    weights(folder).unlink()
    with pytest.raises(DamagedIntentModelError):
        IntentModel.load(folder, Words())


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"format": 1}', '{"format": 2}', "\x00", '{"format": 1, "sha256": null}']
)
def test_a_manifest_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text)
    with pytest.raises(DamagedIntentModelError):
        IntentModel.load(folder, Words())


def test_a_manifest_of_another_format_is_refused(folder: Path) -> None:
    forged(folder, format=2)
    with pytest.raises(DamagedIntentModelError, match="format"):
        IntentModel.load(folder, Words())


@pytest.mark.parametrize(
    "changed", [{"routes": []}, {"texts": ["one"]}, {"thresholds": {}}, {"weights": {"file": "../x", "sha256": ""}}]
)
def test_a_manifest_that_does_not_fit_its_weights_is_refused(folder: Path, changed: dict[str, Any]) -> None:
    forged(folder, **changed)
    with pytest.raises(DamagedIntentModelError):
        IntentModel.load(folder, Words())


def test_pickles_are_never_opened(folder: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return threading.Thread, ()

    packed = io.BytesIO()
    with np.load(weights(folder)) as arrays:
        kept = dict(arrays)
    np.savez(packed, allow_pickle=True, **(kept | {"bias": np.array([Bomb()], object)}))
    weights(folder).write_bytes(packed.getvalue())
    sha256 = hashlib.sha256(packed.getvalue()).hexdigest()
    forged(folder, weights={"file": weights(folder).name, "sha256": sha256})
    with pytest.raises(DamagedIntentModelError, match="pickle"):
        IntentModel.load(folder, Words())
