"""What counts as an Idempotency-Key."""

import pytest

from podium.asgi.key import BadKeyError, parse_key


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (b"8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        (b'"8e03978e-40d5-43dd-bc93-6894a57f9324"', "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        (b'  "k"\t', "k"),
        (b'"two words"', "two words"),
        (rb'"a \"quoted\" \\ word"', r'a "quoted" \ word'),
        (b'a"b\\c', r'a"b\c'),
        (b"k" * 255, "k" * 255),
        (b'"' + rb"\"" * 255 + b'"', '"' * 255),
    ],
)
def test_a_key_is_read_bare_or_as_a_structured_string(value: bytes, key: str) -> None:
    assert parse_key([value]) == key


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b'""',
        b'"',
        b'"k',
        b'"k";a=1',
        b'"k\\x"',
        b'"k" "l"',
        b"two words",
        "schlüssel".encode(),
        b'"\x7f"',
        b"k\x00",
        b"k" * 256,
        b'"' + b"k" * 256 + b'"',
    ],
)
def test_what_is_no_key_is_refused(value: bytes) -> None:
    with pytest.raises(BadKeyError, match="1 to 255 visible ASCII"):
        parse_key([value])


def test_two_keys_are_refused() -> None:
    with pytest.raises(BadKeyError, match="2 came"):
        parse_key([b"k", b"k"])
