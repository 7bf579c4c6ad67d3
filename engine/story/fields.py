"""The kinds of value an author writes: what each accepts of YAML's words, and what it tells editors.

A key decides how its value is read, not the value: a title may be 1984, a choice may say No. Nothing here knows which
keys there are.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from annotated_types import MinLen
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from engine.story.scalars import NumberRefusedError, Plain, value_of

LONGEST_TEXT = 20_000
"""Characters of a text."""
LONGEST_LINE = 500
"""Characters of a name, a label or a choice."""
LONGEST_EXPRESSION = 500

T = TypeVar("T")


def wrong(code: str, message: str, **context: Any) -> PydanticCustomError:
    """Return an error whose words reach the author unchanged."""
    return PydanticCustomError(code, "{message}", {"message": message, **context})


def _filled(text: str) -> str:
    if not text.strip():
        raise wrong("empty", "is empty: write a text, or take it out.")
    return text


def _untemplated(text: str) -> str:
    for opening in ("{{", "{%"):
        if (at := text.find(opening)) >= 0:
            raise wrong(
                "template-here", f'is told as it stands, and "{opening}" means nothing here: put it in words.', at=at
            )
    return text


_YES_OR_NO = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}


def _yes_or_no(value: object) -> object:
    meant = _read(value)
    if isinstance(meant, bool):
        return meant
    if isinstance(value, Plain) and (word := _YES_OR_NO.get(value.casefold())):
        raise wrong("wrong-kind", f'wants true or false, and this is "{value}": write {word}.')
    raise _unwanted("true or false", value)


def _whole_number(value: object) -> object:
    meant = _read(value)
    if isinstance(meant, int) and not isinstance(meant, bool):
        return meant
    raise _unwanted("a whole number", value)


def _number(value: object) -> object:
    meant = _read(value)
    if isinstance(meant, int | float) and not isinstance(meant, bool):
        return meant
    raise _unwanted("a number", value)


def _scalar(value: object) -> object:
    if not isinstance(value, str):
        raise _unwanted("one value: true or false, a number or a text", value)
    _read(value)
    return value


def _read(value: object) -> object:
    try:
        return value_of(value) if isinstance(value, str) else None
    except NumberRefusedError as error:
        raise wrong("bad-number", f"cannot be {error}.") from None


def _unwanted(wanted: str, value: object) -> PydanticCustomError:
    if isinstance(value, str) and not isinstance(value, Plain):
        return wrong("wrong-kind", f"wants {wanted}, without quotes.")
    what = f'"{value[:40]}"' if isinstance(value, str) else kind_word(value)
    return wrong("wrong-kind", f"wants {wanted}, and this is {what}.")


def kind_word(value: object) -> str:
    """Return what to call a value of YAML when telling an author that something else is wanted."""
    if isinstance(value, dict):
        return "a table of keys"
    return "a list" if isinstance(value, list) else "a single value"


class _OneOrMany:
    """Reads a single value as a list of one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class Short:
    """Reads a single value as a table with nothing but that key."""

    def __init__(self, key: str, *, alone: JsonSchemaValue | None = None) -> None:
        self._key = key
        self._alone = alone or {"type": "string"}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._as_table, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [self._alone, handler(schema)]}

    def _as_table(self, value: object) -> object:
        return value if isinstance(value, dict) else {self._key: value}


SCALAR_SCHEMA = {"type": ["boolean", "number", "string"]}

Words = Annotated[
    str, StringConstraints(max_length=LONGEST_LINE), AfterValidator(_filled), AfterValidator(_untemplated)
]
"""A name or a label, shown as it stands."""
Prose = Annotated[
    str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(_filled), AfterValidator(_untemplated)
]
"""A text told as it stands."""
Template = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
"""A text that may vary with `{{ }}` and `{% if %}`."""
Label = Annotated[str, StringConstraints(max_length=LONGEST_LINE), AfterValidator(_filled)]
"""A short text that may vary."""
Code = Annotated[str, StringConstraints(max_length=LONGEST_EXPRESSION), AfterValidator(_filled)]
"""An expression."""
Name = Annotated[str, StringConstraints(max_length=LONGEST_LINE), AfterValidator(_filled)]
"""An id that should be declared somewhere."""
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Whole = Annotated[int, BeforeValidator(_whole_number)]
Number = Annotated[float, BeforeValidator(_number)]
Scalar = Annotated[Any, BeforeValidator(_scalar), WithJsonSchema(SCALAR_SCHEMA)]
"""A value whose kind depends on what it is for: kept as written (`Plain` or quoted)."""
Some = Annotated[tuple[T, ...], MinLen(1), _OneOrMany()]
"""One value or a list of them, at least one."""


class Part(BaseModel):
    """Anything written as a table of keys: keys it does not know are mistakes."""

    # Deferred: the story's own validator holds all of its parts, and one of each part alone is never used (4 ms).
    model_config = ConfigDict(extra="forbid", defer_build=True)
