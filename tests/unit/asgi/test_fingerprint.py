"""The rules by which two requests are the same one."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.asgi import fingerprint
from podium.asgi.fingerprint import canonical_json

numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False).map(lambda value: value)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


class Scribe:
    """Writes a value as JSON in one of the many ways that mean the same."""

    def __init__(self, draw: st.DataObject) -> None:
        self._draw = draw

    def write(self, value: Any) -> str:
        match value:
            case dict():
                members = self._draw.draw(st.permutations(list(value.items())))
                return (
                    "{" + ",".join(f"{self._token(self.write(k))}:{self.write(v)}" for k, v in members) + self._end("}")
                )
            case list():
                return "[" + ",".join(self.write(item) for item in value) + self._end("]")
            case str():
                escaped = json.dumps(value, ensure_ascii=self._draw.draw(st.booleans()))
                return self._token(escaped)
            case bool() | None:
                return self._token(json.dumps(value))
            case _:
                return self._token(self._number(Decimal(value)))

    def _number(self, value: Decimal) -> str:
        sign, digits, exponent = value.as_tuple()
        assert isinstance(exponent, int)
        more = self._draw.draw(st.integers(0, 3))
        text = "".join(map(str, digits)).lstrip("0") + "0" * more or "0"
        power = exponent - more
        part = self._draw.draw(st.integers(0, 3))
        if part and len(text) > part:
            text, power = f"{text[:-part]}.{text[-part:]}", power + part
        mark = self._draw.draw(st.sampled_from(["e", "E", "e+" if power >= 0 else "e"]))
        return f"{'-' if sign else ''}{text}" + (f"{mark}{power}" if power or self._draw.draw(st.booleans()) else "")

    def _token(self, text: str) -> str:
        space = st.text(" \t\r\n", max_size=2)
        return self._draw.draw(space) + text + self._draw.draw(space)

    def _end(self, text: str) -> str:
        return self._draw.draw(st.text(" \t\r\n", max_size=2)) + text


@given(values, st.data())
def test_all_ways_to_write_a_value_are_one_request(value: Any, data: st.DataObject) -> None:
    scribe = Scribe(data)
    one, other = scribe.write(value), scribe.write(value)
    assert canonical_json(one.encode()) is not None
    assert fingerprint("POST", "/", one.encode()) == fingerprint("POST", "/", other.encode())


@given(values, values, st.data())
def test_requests_that_say_different_things_are_told_apart(one: Any, other: Any, data: st.DataObject) -> None:
    scribe = Scribe(data)
    bodies = scribe.write(one).encode(), scribe.write(other).encode()
    same = exact(one) == exact(other)
    assert (fingerprint("POST", "/", bodies[0]) == fingerprint("POST", "/", bodies[1])) == same


def exact(value: Any) -> Any:
    match value:
        case dict():
            return {name: exact(inner) for name, inner in value.items()}
        case list():
            return [exact(inner) for inner in value]
        case bool() | None | str():
            return (type(value), value)
        case _:
            number = Decimal(value)
            return ("number", number.as_integer_ratio())


@pytest.mark.parametrize(
    "same",
    [
        [b'{"a": 1, "b": [true, null]}', b'{"b":[true,null],"a":1.0}', b'\n{"b":[true ,null],\t"a":10e-1}'],
        [b"1", b"1.0", b"1e0", b"1E+0", b"100e-2", b"0.1e1"],
        [b"0", b"-0", b"0.00", b"0e99"],
        ['"\u00e9"'.encode(), '"é"'.encode()],
        [b'"/"', b'"\\/"', b'"\\u002f"'],
        [b"1e400", b"10e399"],
        [b'{"": {}}', b'{ "" : { } }'],
    ],
)
def test_these_are_the_same_request(same: list[bytes]) -> None:
    assert len({fingerprint("POST", "/", body) for body in same}) == 1


@pytest.mark.parametrize(
    "different",
    [
        [b"1", b"true", b'"1"', b"[1]", b"-1", b"10", b"1e-1"],
        [b"0.1", b"0.10000000000000000001", b"0.1000000000000000055511151231257827"],
        [b"9007199254740992", b"9007199254740993"],
        [b'{"a":null}', b"{}", b'{"a":0}', b'{"a":false}', b'{"a":""}', b'{"a":[]}'],
        [b"[1,2]", b"[2,1]"],
        ['"é"'.encode(), b'"e\\u0301"'],
        [b'{"sha256":"x"}', b'"x"'],
    ],
)
def test_these_are_different_requests(different: list[bytes]) -> None:
    assert len({fingerprint("POST", "/", body) for body in different}) == len(different)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b"NaN",
        b"[Infinity]",
        b"01",
        b"\xff",
        b"\xef\xbb\xbf1",
        b'"\n"',
        b"[" * 100_000,
        b"[" * 5_000 + b"]" * 5_000,
        b"[" * 101 + b"1" + b"]" * 101,
        b"1e" + b"9" * 5_000,
    ],
)
def test_what_is_no_plain_json_is_compared_byte_by_byte(body: bytes) -> None:
    assert canonical_json(body) is None
    assert fingerprint("POST", "/", body) == fingerprint("POST", "/", body)
    assert fingerprint("POST", "/", body) != fingerprint("POST", "/", body + b" ")


def test_nested_json_is_read() -> None:
    assert canonical_json(b"[" * 100 + b"1" + b"]" * 100) is not None


def test_long_numbers_are_read_without_a_limit() -> None:
    digits = b"7" * 50_000
    assert fingerprint("POST", "/", digits) == fingerprint("POST", "/", digits + b".0")


@pytest.mark.parametrize(
    ("content_type", "is_json"),
    [
        (b"application/json", True),
        (b"application/json; charset=utf-8", True),
        (b"Application/JSON", True),
        (b"application/merge-patch+json", True),
        (b"application/jsonl", False),
        (b"text/plain", False),
        (b"", False),
    ],
)
def test_only_a_json_body_is_read(content_type: bytes, *, is_json: bool) -> None:
    one, other = (fingerprint("POST", "/", body, content_type=content_type) for body in (b"1", b"1.0"))
    assert (one == other) == is_json


def test_method_and_target_count() -> None:
    asked = {fingerprint(*line, b"{}") for line in [("POST", "/a"), ("PATCH", "/a"), ("POST", "/b"), ("POST", "/a?b")]}
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("pointer", "body"),
    [
        ("/at", b'{"a":1,"at":7}'),
        ("/meta/at", b'{"a":1,"meta":{"at":7}}'),
        ("/items/0/at", b'{"a":1,"items":[{"at":7}]}'),
        ("/a~1b~0c", b'{"a":1,"a/b~c":7}'),
    ],
)
def test_volatile_members_do_not_count(pointer: str, body: bytes) -> None:
    other = body.replace(b"7", b"8")
    assert fingerprint("POST", "/", body) != fingerprint("POST", "/", other)
    assert fingerprint("POST", "/", body, volatile={pointer}) == fingerprint("POST", "/", other, volatile={pointer})
    changed = body.replace(b":1", b":2")
    assert fingerprint("POST", "/", body, volatile={pointer}) != fingerprint("POST", "/", changed, volatile={pointer})


@pytest.mark.parametrize("body", [b"1", b"[1]", b'{"a":1}', b'{"meta":1}', b'{"items":[]}', b'{"items":{"x":1}}'])
def test_a_volatile_member_that_is_not_there_changes_nothing(body: bytes) -> None:
    pointers = {"/at", "/meta/at", "/items/0/at", "/items/x/y"}
    assert canonical_json(body, volatile=pointers) == canonical_json(body)


def test_a_fingerprint_says_by_which_rules_it_was_made() -> None:
    """A change of this value is a change of the rules, and needs a new version: keys of before would be refused."""
    made = fingerprint("POST", "/charges?now", b'{"b": [1.50, "x"], "a": null}')
    assert made == "1:b60e29f6d92ff526119a084a2a370adfb6264f765bb02d823e63c555400eba57"
