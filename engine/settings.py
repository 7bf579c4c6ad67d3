"""What a player can set, by name and bounds: how a server is asked, for acting, judging and summarising, and the rest.

It checks values and reads none: where they come from is for `engine.config`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.llm.budget import Budget, read_budget
from engine.llm.endpoint import Api, Auth, Endpoint, LimitName, Secret
from engine.llm.limits import Limits, read_limits
from engine.llm.moderation import WhenUnreachable
from engine.llm.prices import PerMillion, read_prices
from engine.llm.refusals import RUNGS, Rung
from engine.llm.templates import TemplateName

TASTE = (
    *("temperature", "top_p", "presence_penalty", "frequency_penalty"),
    *("stop", "seed", "logit_bias", "max_tokens"),
)
"""Parameters of a request that have a name of their own here; any other goes into `extra`."""
OF_A_SERVER = ("api_key", "auth", "api", "template", "headers", "query", "limit_name", "extra")
"""What belongs to one server and means nothing, or gives a key away, at another."""


def _unlocated(value: object) -> object:
    """A path with `~` for the home folder."""
    if isinstance(value, str) and "\0" in value:
        raise ValueError("no path can hold a null character")
    return Path(os.path.expanduser(value)) if isinstance(value, str) else value  # noqa: PTH111 - `Path.expanduser` raises for an unknown user


def _several(value: object) -> object:
    """A list of one for a text alone."""
    return [value] if isinstance(value, str) else value


def _named(value: object) -> object:
    """Token numbers as text, which is what JSON's names are and YAML's need not be."""
    if not isinstance(value, dict):
        return value
    return {str(name) if isinstance(name, int) else name: bias for name, bias in value.items()}


_Path = Annotated[Path | None, BeforeValidator(_unlocated)]
_Words = dict[str, str]
_Stop = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=16)]
_Bias = dict[Annotated[str, Field(pattern=r"^\d+$")], Annotated[float, Field(ge=-100, le=100)]]


class Asking(BaseModel):
    """How one server is asked; the names are those of the config file, at its top and in `judge` and `summary`."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    base_url: str = ""
    """Where `/chat/completions` begins. Empty, with no key either, lets the scripted actor play."""
    api_key: Secret = Field(default_factory=Secret)
    auth: Auth = "bearer"
    api: Api = "chat"
    template: TemplateName = "chatml"
    """How messages become one text where `api` is `completions`."""
    model: str = Field("", max_length=200)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    stop: Annotated[_Stop | None, BeforeValidator(_several)] = None
    seed: int | None = Field(None, ge=0, le=2**63 - 1)
    logit_bias: Annotated[_Bias | None, BeforeValidator(_named)] = None
    max_tokens: int | None = Field(None, ge=1, le=100_000)
    extra: dict[str, Any] = Field(default_factory=dict)
    """Any other field of a request, passed through as it is."""
    headers: _Words = Field(default_factory=dict, repr=False)
    query: _Words = Field(default_factory=dict, repr=False)
    """Sent in the URL, such as an `api-version`."""
    limit_name: LimitName | None = None
    connect_timeout: float = Field(10.0, gt=0, le=600)
    first_byte_timeout: float = Field(120.0, gt=0, le=3600)
    idle_timeout: float = Field(60.0, gt=0, le=3600)
    reply_timeout: float = Field(600.0, gt=0, le=86_400)
    retries: int = Field(2, ge=0, le=10)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of a request that the player set."""
        taste = {name: getattr(self, name) for name in TASTE if getattr(self, name) is not None}
        return {name: list(value) if name == "stop" else value for name, value in taste.items()}

    def reach(self) -> Endpoint | None:
        """Return the server, or None where none is named; raises `ConfigError`."""
        if not self.base_url:
            return None
        return Endpoint(
            self.base_url,
            self.model,
            key=self.api_key,
            auth=self.auth,
            api=self.api,
            template=self.template,
            headers=self.headers,
            query=self.query,
            parameters={**self.parameters, **self.extra},
            limit_name=self.limit_name,
            connect_timeout=self.connect_timeout,
            first_byte_timeout=self.first_byte_timeout,
            idle_timeout=self.idle_timeout,
            reply_timeout=self.reply_timeout,
            retries=self.retries,
        )


class Moderating(Asking):
    """A server's moderation of what is said: what it looks at, and what is done when it cannot be asked."""

    input: bool = True
    """Whether it looks at the player's lines before they are sent."""
    output: bool = True
    """Whether it looks at replies before they are shown."""
    when_unreachable: WhenUnreachable = "send"


class Settings(Asking):
    """Everything a player can set, checked; what stands at the top is for acting."""

    judge: Asking | None = None
    """Reads what has come true. None where no server is named."""
    summary: Asking | None = None
    """Sums up what a character can no longer hold. None where no server is named."""
    fallback: Asking | None = None
    """Plays the characters where the first model refuses. None where none is named."""
    refusals: Annotated[tuple[Rung, ...], Field(max_length=8)] = RUNGS
    """What is tried where a model refuses to play on, in this order."""
    mask: bool = False
    """Whether likely secrets and personal data in the player's lines are masked before they are kept or sent."""
    moderation: Moderating | None = None
    """None where it is not asked for."""
    summaries: Literal["model", "authored"] = "model"
    """Who sums up what a character can no longer hold: a model, or what the author wrote of what came true."""
    judging: Literal["auto", "continue", "fresh"] = "auto"
    """Whether the judge's question continues the actor's prompt, and so finds it in the server's cache, or stands alone
    with the last lines; `auto` continues it where actor and judge are one model of a server on this machine."""
    context: int = Field(4096, ge=512, le=10_000_000)
    """Tokens of one prompt and its reply."""
    limits: Annotated[Limits | None, BeforeValidator(read_limits)] = None
    """The most that is asked in any minute of one endpoint with one key; None for no limit."""
    budget: Annotated[Budget, BeforeValidator(read_budget)] = Budget()
    """The most that may be spent."""
    prices: Annotated[dict[str, PerMillion], BeforeValidator(read_prices)] = Field(default_factory=dict)
    """What models cost, by name, where the list of prices is not to be believed."""
    offline: bool = False
    """The scripted actor plays, whatever else is set."""
    saves: _Path = None
    stories: _Path = None
    warnings: tuple[str, ...] = ()
    """What the player should know and is not an error."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Where each value that is not a default came from; those of a section as `judge.model`."""

    @property
    def endpoint(self) -> Endpoint | None:
        """The server that plays the characters; None lets the scripted actor play."""
        return None if self.offline else self.reach()

    @property
    def judge_endpoint(self) -> Endpoint | None:
        """The server that reads what has come true: the same, but for what `judge` says."""
        return None if self.offline or self.judge is None else self.judge.reach()

    @property
    def judge_continues(self) -> bool:
        """Whether the judge's question continues the actor's prompt: one model of one server has it cached."""
        acting, judging = self.endpoint, self.judge_endpoint
        if acting is None or judging is None or self.judging == "fresh":
            return False
        one = (acting.base_url, acting.model, acting.api) == (judging.base_url, judging.model, judging.api)
        return one and (self.judging == "continue" or acting.local)

    @property
    def summary_endpoint(self) -> Endpoint | None:
        """The server that sums up: the same, but for what `summary` says."""
        return None if self.offline or self.summary is None else self.summary.reach()

    @property
    def fallback_endpoint(self) -> Endpoint | None:
        """The server that plays where the first refuses: the same, but for what `fallback` says."""
        return None if self.offline or self.fallback is None else self.fallback.reach()

    @property
    def moderation_endpoint(self) -> Endpoint | None:
        """The server that is asked whether a text may pass."""
        return None if self.offline or self.moderation is None else self.moderation.reach()


ROLES: dict[str, type[Asking]] = {"judge": Asking, "summary": Asking, "fallback": Asking, "moderation": Moderating}
"""Sections of the config file that say how a server is asked for something else than acting."""
ONLY_IF_NAMED = frozenset({"fallback", "moderation"})
"""Sections whose server is not asked where they are left out."""
ASKING = tuple(Asking.model_fields)
"""What every such section may hold."""
KEYS = tuple(name for name in Settings.model_fields if name not in {"warnings", "sources"})
"""What a config file may hold."""
