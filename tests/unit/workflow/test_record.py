"""What a step changed in the record: found byte for byte, proven to survive, and folded back to the same."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    computed_field,
    field_serializer,
    field_validator,
    model_validator,
)

from podium.errors import DataChangedError, NotStorableError
from podium.workflow.record import RecordCodec


class Note(BaseModel):
    text: str
    weight: float = 1


class Article(BaseModel):
    topic: str = ""
    notes: list[Note] = []
    tags: set[str] = set()
    counts: dict[str, int] = {}
    best: Note | None = None
    rounds: int = 0
    any: Any = None


class Strict(BaseModel):
    """Rules that need the model around the field."""

    low: int = 0
    high: int = 0
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        assert self.low <= self.high, "low is above high"
        return self

    @field_serializer("at")
    def _day(self, value: datetime) -> str:
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")


class Described(BaseModel):
    city: str = Field(default="", alias="cityName", title="City", description="where to", max_length=5)
    both: Annotated[int, AfterValidator(abs)] = 0
    price: Decimal = Decimal("1.50")

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def shout(self) -> str:
        return self.city.upper()


class Upper(BaseModel):
    name: str = ""

    @field_validator("name")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()


ARTICLE = RecordCodec.of(Article)


def diff(
    codec: RecordCodec, record: BaseModel, before: Mapping[str, str]
) -> tuple[dict[str, str] | None, dict[str, str] | None]:
    return codec.diff(record, before, codec.text(before))


def fold(before: Mapping[str, str], changes: dict[str, str] | None, appends: dict[str, str] | None) -> dict[str, str]:
    """What the core does with them."""
    after = {**before, **(changes or {})}
    for name, added in (appends or {}).items():
        after[name] = after[name][:-1] + ("," if after[name] != "[]" else "") + added + "]"
    return after


notes = st.builds(Note, text=st.text(), weight=st.floats(allow_nan=False, allow_infinity=False))
articles = st.builds(
    Article,
    topic=st.text(),
    notes=st.lists(notes, max_size=4),
    tags=st.sets(st.text(max_size=3), max_size=3),
    counts=st.dictionaries(st.text(), st.integers(), max_size=3),
    best=st.none() | notes,
    rounds=st.integers(),
    any=st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner, max_size=3)),
)


@given(articles)
def test_a_record_reads_back_as_it_was(article: Article) -> None:
    texts = ARTICLE.store(article)
    assert ARTICLE.decode(ARTICLE.text(texts), "test") == article
    assert {name: json.loads(text) for name, text in texts.items()}.keys() == Article.model_fields.keys()


@given(articles)
def test_a_step_that_changes_nothing_changes_nothing(article: Article) -> None:
    before = ARTICLE.store(article)
    again = ARTICLE.decode(ARTICLE.text(before), "test")
    assert diff(ARTICLE, again, before) == (None, None)


@given(articles, articles)
def test_folding_what_changed_gives_the_new_record(old: Article, new: Article) -> None:
    before = ARTICLE.store(old)
    changes, appends = diff(ARTICLE, new, before)
    after = fold(before, changes, appends)
    assert ARTICLE.decode(ARTICLE.text(after), "test") == new
    assert not any(before[name] == text for name, text in (changes or {}).items())


@given(articles, st.lists(notes, min_size=1, max_size=3))
def test_items_added_at_the_end_are_stored_as_those_alone(article: Article, added: list[Note]) -> None:
    before = ARTICLE.store(article)
    article.notes.extend(added)
    changes, appends = diff(ARTICLE, article, before)
    assert changes is None
    assert appends is not None
    assert json.loads(f"[{appends['notes']}]") == [note.model_dump() for note in added]


def test_a_longer_last_item_is_no_added_one() -> None:
    class Numbers(BaseModel):
        of: list[int] = []

    codec = RecordCodec.of(Numbers)
    changes, appends = diff(codec, Numbers(of=[1, 23]), {"of": "[1,2]"})
    assert (changes, appends) == ({"of": "[1,23]"}, None)
    assert diff(codec, Numbers(of=[1, 2, 3]), {"of": "[1,2]"}) == (None, {"of": "3"})


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("rounds", "three", "valid integer"),
        ("rounds", 1.5, "valid integer"),
        ("topic", None, "valid string"),
        ("topic", "\ud800", "surrogate"),
        ("best", Note.model_construct(text=5), "valid string"),  # type: ignore[arg-type]  # the mistake
        ("notes", [Note(text="x", weight=float("nan"))], "valid number"),
        ("notes", "abc", "valid array"),
        ("any", object(), "object"),
    ],
)
def test_what_does_not_survive_fails_and_is_named(field: str, value: object, says: str) -> None:
    before = ARTICLE.store(Article())
    article = Article()
    article.__dict__[field] = value
    with pytest.raises(NotStorableError, match=says) as caught:
        diff(ARTICLE, article, before)
    assert caught.value.field == field


def test_what_json_has_no_word_for_goes_on_as_what_json_makes_of_it() -> None:
    before = ARTICLE.store(Article())
    changes, _ = diff(ARTICLE, Article(any=(1, 2)), before)
    assert changes is None or changes == {"any": "[1,2]"}
    assert ARTICLE.decode(ARTICLE.text(fold(before, changes, None)), "test").any == [1, 2]


def test_a_bad_item_at_the_end_of_a_list_is_found() -> None:
    before = ARTICLE.store(Article(notes=[Note(text="a")]))
    article = Article(notes=[Note(text="a"), Note.model_construct(text=None)])  # type: ignore[arg-type]  # the mistake
    with pytest.raises(NotStorableError, match="notes"):
        diff(ARTICLE, article, before)


def test_rules_of_the_whole_model_hold() -> None:
    codec = RecordCodec.of(Strict)
    before = codec.store(Strict(low=1, high=2))
    assert before["at"] == '"2026-01-01T00:00:00Z"'
    record = Strict(low=1, high=2)
    record.high = 5
    assert diff(codec, record, before) == ({"high": "5"}, None)
    record.low = 9
    with pytest.raises(NotStorableError, match="low is above high"):
        diff(codec, record, before)


def test_what_a_serializer_drops_is_found() -> None:
    codec = RecordCodec.of(Strict)
    record = Strict()
    record.at += timedelta(microseconds=5)
    before = codec.store(Strict())
    assert diff(codec, record, before) == (None, None)
    record.at += timedelta(days=1)
    with_day = diff(codec, record, before)[0]
    assert with_day == {"at": '"2026-01-02T00:00:00Z"'}


def test_a_validator_that_makes_something_else_of_it_fails() -> None:
    codec = RecordCodec.of(Upper)
    record = Upper(name="A")
    record.name = "b"
    with pytest.raises(NotStorableError, match="reads back as another value"):
        diff(codec, record, {"name": '"A"'})


def test_names_are_stored_and_not_aliases() -> None:
    codec = RecordCodec.of(Described)
    record = Described(cityName="Busan")
    texts = codec.store(record)
    assert texts == {"city": '"Busan"', "both": "0", "price": '"1.50"'}
    assert codec.decode(codec.text(texts), "test") == record
    assert codec.from_outside('{"cityName":"Seoul"}').city == "Seoul"
    assert codec.from_outside('{"city":"Seoul"}').city == "Seoul"
    record.city = "too long"
    with pytest.raises(NotStorableError, match="at most 5 characters"):
        diff(codec, record, texts)


def test_a_rule_on_a_single_field_holds() -> None:
    codec = RecordCodec.of(Described)
    record = Described()
    record.both = -3
    with pytest.raises(NotStorableError, match="both"):
        diff(codec, record, codec.store(Described()))


def test_data_that_no_longer_fits_says_where() -> None:
    with pytest.raises(DataChangedError, match=r"draft: .*rounds: Input should be a valid integer"):
        ARTICLE.decode(ARTICLE.text({**ARTICLE.store(Article()), "rounds": '"x"'}), "draft")


def test_a_field_that_is_new_in_the_model_has_its_default() -> None:
    texts = ARTICLE.store(Article(topic="x"))
    del texts["rounds"]
    article = ARTICLE.decode(ARTICLE.text(texts), "draft")
    assert article == Article(topic="x")
    assert diff(ARTICLE, article, texts) == ({"rounds": "0"}, None)


def test_models_of_no_field_and_of_one_have_a_text() -> None:
    class Nothing(BaseModel):
        pass

    class One(BaseModel):
        größe: Literal["groß", "klein"] = "groß"  # noqa: PLC2401  # allowed, so it has to work

    assert RecordCodec.of(Nothing).text({}) == "{}"
    codec = RecordCodec.of(One)
    texts = codec.store(One())
    assert codec.text(texts) == '{"größe":"groß"}'
    assert diff(codec, One(größe="klein"), texts) == ({"größe": '"klein"'}, None)
