"""Where a model is reached, with which key, and how long to wait for it.

It opens no connection. A key held here shows itself only to whoever calls `Secret.reveal`: never in a repr, an error,
a log or a copy made with `dataclasses.asdict`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from engine.errors import ConfigError
from engine.llm.templates import TemplateName

OPENAI_HOST = "api.openai.com"
OPENAI_URL = f"https://{OPENAI_HOST}/v1"

LimitName = Literal["max_tokens", "max_completion_tokens"]
Auth = Literal["bearer", "api-key", "none"]
"""Which header the key goes in: `Authorization: Bearer`, Azure's `api-key`, or none at all."""
Api = Literal["chat", "completions"]
"""Whether the server takes messages, or plain text to go on with."""

RESERVED = frozenset({"model", "messages", "prompt", "stream", "stream_options", "response_format", "json_schema", "n"})
"""Fields of a request that the program fills in itself, and that no `extra` may replace."""

_LOCAL = re.compile(r"localhost|127(\.\d{1,3}){3}|\[?::1\]?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_OURS = frozenset({"authorization", "content-type", "content-length", "host", "transfer-encoding", "connection"})
# Shapes of well-known vendors' keys, for servers that echo a key other than the one they were sent.
_KEY_SHAPE = re.compile(r"\b(?:sk|pk|gsk|xai|key)[-_][\w*.-]{6,}")
_SHORTEST_MASKED = 4
_KEY_NAME = re.compile(r"key|token|secret|sig|code|auth|pass", re.IGNORECASE)
_LONGER_THAN_A_VERSION = 24
"""Characters: `2024-12-01-preview`, which is no secret and explains an error, has 18."""


class Secret:
    """A key that can be passed around without being seen."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value.strip()
        if not re.fullmatch(r"[\x21-\x7e]*", self._value):
            raise ConfigError(
                "The API key holds spaces or letters that no key has.", do="Copy it again, whole, from the provider."
            )

    def reveal(self) -> str:
        """The key itself, for the request's header and nothing else."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(set)" if self._value else "Secret()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server of models and how to ask it; made valid or not at all (`ConfigError`)."""

    base_url: str
    """Normalised by `read_base_url`: ends where `/chat/completions` begins."""
    model: str
    key: Secret = field(default_factory=Secret)
    """Empty for a server that wants none."""
    auth: Auth = "bearer"
    api: Api = "chat"
    template: TemplateName = "chatml"
    """How messages become one text where `api` is `completions`."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request. Some providers want their key here, so the values are treated as keys."""
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent in the URL with every request, such as an `api-version`; a value that may be a key is treated as one."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """temperature, max_tokens and any other field of a request, passed through as they are."""
    limit_name: LimitName | None = None
    """How this server spells the limit on a reply; None decides by host and learns from a refusal."""
    connect_timeout: float = 10.0
    first_byte_timeout: float = 120.0
    """Seconds until the reply begins. Generous: a prompt may have to be read by a slow machine."""
    idle_timeout: float = 60.0
    """Seconds of silence in mid-reply."""
    reply_timeout: float = 600.0
    """Seconds for a whole reply that never falls silent: a bound on servers that trickle for ever."""
    retries: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", read_base_url(self.base_url))
        for name in self.parameters:
            if name in RESERVED:
                raise ConfigError(f'extra: "{name}" is filled in by Palaver and cannot be set.', do="Leave it out.")
            try:
                json.dumps(self.parameters[name], allow_nan=False)
            except (TypeError, ValueError, RecursionError):
                raise ConfigError(
                    f'extra: "{name}" holds what JSON cannot say.', do="Put dates and the like in quotes."
                ) from None
        for name, value in self.headers.items():
            if name.lower() in _OURS:
                raise ConfigError(f'headers: "{name}" is filled in by Palaver and cannot be set.', do="Leave it out.")
            if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
                raise ConfigError(f"headers: {name!r} is not a header that can be sent.", do="Use plain ASCII letters.")

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.base_url}/{'chat/completions' if self.api == 'chat' else 'completions'}"

    @property
    def auth_headers(self) -> dict[str, str]:
        """The header that carries the key; empty where there is none to carry."""
        if not self.key or self.auth == "none":
            return {}
        return (
            {"api-key": self.key.reveal()}
            if self.auth == "api-key"
            else {"Authorization": f"Bearer {self.key.reveal()}"}
        )

    @property
    def host(self) -> str:
        """The server's name as a person would say it, with a port where one is given."""
        return urlsplit(self.base_url).netloc

    @property
    def local(self) -> bool:
        """Whether the server runs on this machine: no proxy is asked then, and nothing crosses a network."""
        return bool(_LOCAL.fullmatch(urlsplit(self.base_url).hostname or ""))

    @property
    def exposed(self) -> bool:
        """Whether the key would cross a network unencrypted."""
        return bool(self.key or self.headers) and self.base_url.startswith("http://") and not self.local

    @property
    def secrets(self) -> list[str]:
        """What only this server may see: the key, the headers' values, and those of the query that may be keys."""
        in_url = [v for name, v in self.query.items() if _KEY_NAME.search(name) or len(v) >= _LONGER_THAN_A_VERSION]
        return [self.key.reveal(), *self.headers.values(), *in_url]

    def mask(self, text: str) -> str:
        """`text` without `secrets`, or anything shaped like a vendor's key."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST_MASKED:
                text = text.replace(secret, "[key]")
        return _KEY_SHAPE.sub("[key]", text)


def read_base_url(text: str) -> str:
    """Return a base URL without its last slash, `/v1` added where it has no path; raises `ConfigError`.

    Nothing else is guessed: a URL that cannot be meant is refused with the one that could be.
    """
    text = text.strip()
    shown = re.sub(r"//[^/]*@", "//", text)
    if "://" not in text:
        raise ConfigError(f'base URL "{shown}" has no scheme.', do=f'Write "https://{shown}" or "http://{shown}".')
    try:
        parts = urlsplit(text)
        port_is_wrong = parts.port == 0
    except ValueError:
        raise ConfigError(f'base URL "{shown}" cannot be read.', do="Check its host and port.") from None
    if parts.scheme not in {"http", "https"}:
        raise ConfigError(f'base URL "{shown}" is neither http nor https.', do="Use one of the two.")
    if "@" in parts.netloc:
        raise ConfigError(
            f'base URL "{shown}" carries a name or a password.', do="Take them out and give the key as the API key."
        )
    if not parts.hostname or port_is_wrong or re.search(r"[\s\x00-\x1f\x7f\\]", text):
        raise ConfigError(f'base URL "{shown}" names no host that could be reached.', do="Check its spelling.")
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise ConfigError(
            f'base URL "{shown}" has something after "?" or "#".', do="Put parameters under `query` in the config file."
        )
    path = parts.path.rstrip("/")
    if path.endswith("/completions"):
        shorter = f"{parts.scheme}://{parts.netloc}{path.removesuffix('/completions').removesuffix('/chat')}"
        raise ConfigError(f'base URL "{shown}" goes one step too far.', do=f'Write "{shorter}".')
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"
