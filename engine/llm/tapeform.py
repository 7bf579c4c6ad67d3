"""The form of a cassette's lines, strictly: whatever is not of this form, or too large for it, is refused.

It checks shapes and sizes only, of values that may be anybody's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from engine.llm.protocol import Purpose

LONGEST_NAME = 2_000
"""Characters of a model's name, an id and the like."""
_Text = Annotated[str, Field(max_length=2_000_000)]
_Line = Annotated[str, Field(max_length=LONGEST_NAME)]
_Count = Annotated[int, Field(ge=0, le=10**9)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class _Message(_Strict):
    role: Literal["system", "user", "assistant"]
    content: _Text


class _Question(_Strict):
    purpose: Purpose
    messages: Annotated[list[_Message], Field(max_length=20_000)]
    settings: dict[str, JsonValue]
    schema_: Annotated[dict[str, JsonValue] | None, Field(alias="schema")]
    schema_name: _Line


class ClaimForm(_Strict):
    """One thing that a reading says has come true. A recording of before groups does not say of whom."""

    id: _Line
    evidence: _Text
    who: _Line = ""


class _Read(_Strict):
    outcome: ClaimForm | None
    moved: Annotated[list[ClaimForm], Field(max_length=1_000)]
    who: _Line
    by: _Line
    fault: _Text
    unsure: bool = False
    vetoed: bool = False


class _Usage(_Strict):
    prompt: _Count | None
    completion: _Count | None
    cached: _Count | None


class _Finished(_Strict):
    text: _Text
    finish: _Line
    usage: _Usage
    model: _Line
    reading: _Read | None


class _Error(_Strict):
    kind: _Line
    what: _Text
    do: _Text
    status: int | None
    request_id: _Line


class SaidForm(_Strict):
    """One piece of an answer: exactly one of its fields is given."""

    delta: _Text | None = None
    withdrawn: _Text | None = None
    notice: _Text | None = None


class AnswerForm(_Strict):
    """Any other line: what was asked, and what was answered. Without `finished` and `error` it was stopped."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    request: _Question
    model: _Line
    pieces: Annotated[list[SaidForm], Field(max_length=1_000_000)]
    finished: _Finished | None = None
    error: _Error | None = None


class _Parameters(_Strict):
    """Parameters that the player had set: the one that is reckoned with, among any others."""

    model_config = ConfigDict(extra="allow")

    max_tokens: Annotated[int, Field(ge=1, le=10**6)] | None = None


class _Setup(_Strict):
    """What a play is set up from again, among whatever else the recorder was told."""

    model_config = ConfigDict(extra="allow")

    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    fixed: _Parameters = _Parameters()
    judge_fixed: _Parameters = _Parameters()


def _playable(setup: dict[str, JsonValue]) -> dict[str, JsonValue]:
    _Setup.model_validate(setup)
    return setup


class HeaderForm(_Strict):
    """The first line."""

    palaver_cassette: int
    setup: Annotated[dict[str, JsonValue], AfterValidator(_playable)] = Field(default_factory=dict)
