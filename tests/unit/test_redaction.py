import json
import logging

import pytest

from podium.redaction import GONE, MaskedLog, holds_known, known, likely_in, mask, without_known

URL_FORM = "k%229%5Cx%2F%C3%BC%260123456789"
SECRET = 'k"9\\x/ü&0123456789'


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        URL_FORM,
    ],
)
def test_known_secret_is_found_in_every_form_in_which_it_may_stand(text: str) -> None:
    assert not holds_known(text)
    with known([SECRET]):
        assert holds_known(f"before {text} after")
        masked = without_known(f"before {text} after")
        assert "0123456789" not in masked
        assert masked.startswith("before ")
        assert masked.endswith(" after")
    assert not holds_known(text)


def test_secret_that_two_engines_know_is_known_until_both_are_closed() -> None:
    with known([SECRET]):
        with known([SECRET]):
            pass
        assert holds_known(SECRET)


def test_longer_secret_is_masked_before_one_that_it_holds() -> None:
    with known(["abcdefgh", "abcdefgh-and-more"]):
        assert without_known("abcdefgh-and-more") == GONE


def test_what_is_too_short_is_left_alone() -> None:
    with known(["short", ""]):
        assert without_known("short words") == "short words"


LIKELY = [
    ("Authorization: Bearer abc.def-123456", "abc.def"),
    ("{'authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpw"),
    ("headers={b'X-Api-Key': b'0123456789abcdef'}", "0123456789"),
    ("Cookie: session=abcdefgh", "abcdefgh"),
    ("401 for url https://api.example/x?api_key=0123456789&page=2", "0123456789"),
    ('{"password": "hunter2hunter2"}', "hunter2"),
    ("password=hunter2 rejected", "hunter2"),
    ("error: api_key=0123456789", "0123456789"),
    ("it said: DB_PASSWORD: hunter2hunter2", "hunter2"),
    ("client_secret = 'abcd1234'", "abcd1234"),
    ("postgres://ada:s3cr3tpass@db.example/x", "s3cr3tpass"),
    ("redis://:s3cr3tpass@db.example/0", "s3cr3tpass"),
    ("Incorrect API key provided: sk-proj-abcdefghijklmnop1234", "abcdefghijkl"),
    ("token ghp_0123456789abcdefghijklmnopqrstuvwxyz", "0123456789"),
    ("podium_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", "0123456789"),
    ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "dozjgNry"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----", "MIIEow"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEow cut off", "MIIEow"),
]


@pytest.mark.parametrize(("text", "secret"), LIKELY)
def test_likely_secret_is_masked(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in mask(text)
    assert GONE in mask(text)
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "no basic understanding of the bearer certificate",
        "the password was wrong",
        "secret: yes",
        "https://example.com:8080/a@b",
        "KeyError: 'key'",
        "key=IdempotencyKey('abc123def456')",
        "token 17 of 4096",
        "task-force sk-lt",
        "expected cookie, got None",
    ],
)
def test_other_words_are_left_alone(text: str) -> None:
    assert mask(text) == text


def test_text_around_a_secret_stays_readable() -> None:
    said = mask("GET https://ada:hunter22@api.example/x?token=1 gave 401 (Authorization: Bearer abcdefgh12)")
    assert said == f"GET https://ada:{GONE}@api.example/x?token=1 gave 401 (Authorization: Bearer {GONE})"


def test_secrets_of_an_environment_are_those_whose_names_say_so() -> None:
    environment = {
        "OPENAI_API_KEY": "sk-0123456789",
        "DB_PASSWORD": "hunter2hunter2",
        "TOKEN": "tttttttttttt",
        "PG_URL": "postgres://ada:url-password@host/x",
        "SSH_KEY": "/home/ada/.ssh/id",
        "PORT_KEY": "8080",
        "KEYBOARD": "qwertyqwertyqwerty",
        "HOME": "/home/ada-and-more",
    }
    assert likely_in(environment) == {"sk-0123456789", "hunter2hunter2", "tttttttttttt", "url-password"}


def test_logs_are_masked_with_their_arguments_and_tracebacks(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("podium.of_this_test")
    log.addFilter(MaskedLog())
    with known(["hunter2hunter2"]), caplog.at_level(logging.INFO):
        log.info("calling with %s and %d", "hunter2hunter2", 3)
        try:
            raise ValueError("hunter2hunter2")  # noqa: TRY301
        except ValueError:
            log.exception("it failed")
    assert "hunter2" not in caplog.text
    assert f"calling with {GONE} and 3" in caplog.text
    assert f"ValueError: {GONE}" in caplog.text
