"""Secrets are taken out of text before it is kept or shown.

Two kinds. *Known* ones are values that this process was told of, or found in its environment and resources: they are
found anywhere, exactly. *Likely* ones are known by the form that text around them has; they are looked for where a
failure becomes data and in logs, never in what an author's code returns, which is the author's data.
docs/decisions/0140 says what happens to each.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote

GONE: Final = "[redacted]"
CHARS_MIN: Final = 8
"""A shorter value can not be told from other text."""

_NAME = re.compile(
    r"(?i)(?:^|[_-])(?:authorization|cookie|api[_-]?key|apikey|passwords?|passwd|passphrase|pwd|secret|private[_-]?key"
    r"|secret[_-]?key|(?:access|refresh|auth|id|api|bearer)[_-]?token)$"
)
"""Names of what is secret."""
_GIVEN = re.compile(r"(?<![\w-])([\w-]{3,40}+)[\"']{0,2}\s{0,3}[=:]\s{0,3}(?:b?[\"'])?")
"""A name, and what stands between it and a value."""
_VALUE = re.compile(r"(?!(?i:bearer|basic)\s|\[redacted)[^\s\"'&,;{}()]{4,}")
_LIKELY: Final = (
    (("PRIVATE KEY",), r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*KEY-----|\Z)", GONE),
    (
        ("earer", "EARER", "asic", "ASIC"),
        r"\b((?i:bearer|basic))\s+(?=\S*[A-Z0-9._=-])[A-Za-z0-9._~+/=-]{8,}",
        rf"\1 {GONE}",
    ),
    (("://",), r"(://[^\s/:@\"']{0,100}:)[^\s/@\"']{1,200}@", rf"\1{GONE}@"),
    (("sk-", "pk-", "rk-"), r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}", GONE),
    (("podium_",), r"\bpodium_[A-Za-z0-9_-]{40,}", GONE),
    (
        ("gh", "glpat", "xox"),
        r"\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,})",
        GONE,
    ),
    (("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", GONE),
    (("eyJ",), r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*", GONE),
)
"""What has to be there for it to be worth looking, how a likely secret looks, and what is put in its place."""
_FORMS: Final = tuple((hints, re.compile(form), instead) for hints, form, instead in _LIKELY)


class _Known:
    """The known secrets of this process, each in the forms in which it may stand in text."""

    def __init__(self) -> None:
        self._told: Counter[str] = Counter()
        self.forms: tuple[str, ...] = ()

    def add(self, values: Iterable[str]) -> None:
        self._told.update(values)
        self._ready()

    def remove(self, values: Iterable[str]) -> None:
        self._told.subtract(values)
        self._told = +self._told
        self._ready()

    def _ready(self) -> None:
        forms = {form for value in self._told for form in _forms(value)}
        self.forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))


_KNOWN: Final = _Known()


@contextmanager
def known(values: Iterable[str]) -> Iterator[None]:
    """Know these secrets for a while; those that are too short to be found are left out."""
    told = sorted({value for value in values if len(value) >= CHARS_MIN})
    _KNOWN.add(told)
    try:
        yield
    finally:
        _KNOWN.remove(told)


def knows_any() -> bool:
    """Claim that there is a known secret at all."""
    return bool(_KNOWN.forms)


def holds_known(text: str) -> bool:
    """Claim that a known secret stands in a text."""
    return any(form in text for form in _KNOWN.forms)  # a loop over none is all that most processes pay


def without_known(text: str) -> str:
    """Return a text without the known secrets in it: the same text where there are none."""
    for form in _KNOWN.forms:
        if form in text:
            text = text.replace(form, GONE)
    return text


def mask(text: str) -> str:
    """Return a text without known and likely secrets: for failures, logs, and whatever people are shown of them."""
    text = without_known(text)
    for hints, form, instead in _FORMS:
        if any(hint in text for hint in hints):
            text = form.sub(instead, text)
    return _without_named(text)


def _without_named(text: str) -> str:
    """Return a text without the values of what is called a password or the like."""
    parts: list[str] = []
    done = 0
    for given in _GIVEN.finditer(text):
        if given.start() < done or not _NAME.search(given[1]):
            continue
        value = _VALUE.match(text, given.end())
        if value is not None:
            parts += (text[done : value.start()], GONE)
            done = value.end()
    return "".join((*parts, text[done:]))


def likely_in(environment: Mapping[str, str]) -> set[str]:
    """Return the values in an environment whose names say that they are secret, and passwords in its URLs."""
    found = {
        value
        for name, value in environment.items()
        if _SECRET_NAME.search(name) and len(value) >= _ENVIRONMENT_CHARS_MIN and not value.startswith(("/", "~"))
    }
    passwords = (_URL_PASSWORD.search(value) for value in environment.values())
    return found | {hit[1] for hit in passwords if hit is not None and len(hit[1]) >= CHARS_MIN}


_SECRET_NAME = re.compile(r"(?i)(?:^|_)(?:TOKEN|KEY|APIKEY|SECRET|PASSWORD|PASSWD|PASS|PAT|CREDENTIALS?)$")
_ENVIRONMENT_CHARS_MIN = 12
_URL_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@]{0,100}:([^\s/@]{1,200})@")


class MaskedLog(logging.Filter):
    """Takes secrets out of what a logger is told, tracebacks too."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it through."""
        record.msg, record.args = mask(record.getMessage()), None
        if record.exc_info:
            record.exc_text = mask(_FORMATTER.formatException(record.exc_info))
        return True


_FORMATTER = logging.Formatter()
_MASKED = MaskedLog()


def mask_logs() -> None:
    """Take secrets out of everything that loggers of Podium are told from now on; a second time adds nothing."""
    names = [name for name in logging.root.manager.loggerDict if name == "podium" or name.startswith("podium.")]
    for name in names:
        logging.getLogger(name).addFilter(_MASKED)


def _forms(value: str) -> set[str]:
    """Return a secret as it stands in plain text, in JSON, in a URL, and in Python's repr."""
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    return {value, quote(value, safe=""), *escaped}
