"""Settings from flags, environment, config file and defaults, in this order, each value with where it came from.

It writes nothing and opens no connection. A key is kept to the server it was meant for: one that stands beside a base
URL is not sent to another that a higher layer names.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.errors import ConfigError
from engine.llm.endpoint import OPENAI_HOST, OPENAI_URL, Endpoint, LimitName, Secret, read_base_url
from engine.plaintext import clean_line

OPENAI_MODEL = "gpt-6-luna"
"""For who has set a key and no model: the vendor's small model as of November 2026, and its named successor to those
that stories like these were played on before."""
FILE_LIMIT = 64 * 1024

_PREFIX = "PALAVER_"
# Those of the settings that have an environment variable; a mapping or a rarely turned knob belongs in the file.
_VARIABLES = (
    *("base_url", "api_key", "model", "judge_model", "temperature", "max_tokens"),
    *("context", "saves", "stories", "offline"),
)
_TASTE = ("temperature", "top_p", "max_tokens")


def _unlocated(value: object) -> object:
    """A path with `~` for the home folder."""
    if isinstance(value, str) and "\0" in value:
        raise ValueError("no path can hold a null character")
    return Path(os.path.expanduser(value)) if isinstance(value, str) else value  # noqa: PTH111 - `Path.expanduser` raises for an unknown user


_Path = Annotated[Path | None, BeforeValidator(_unlocated)]
_Words = dict[str, str]


class Settings(BaseModel):
    """Everything a player can set, checked; the names are those of the config file."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    base_url: str = ""
    """Where `/chat/completions` begins. Empty, with no key either, lets the scripted actor play."""
    api_key: Secret = Field(default_factory=Secret)
    model: str = Field("", max_length=200)
    judge_model: str = Field("", max_length=200)
    """The model that reads what has come true; empty means `model`."""
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1, le=100_000)
    extra: dict[str, Any] = Field(default_factory=dict)
    """Any other field of a request, passed through as it is."""
    headers: _Words = Field(default_factory=dict, repr=False)
    query: _Words = Field(default_factory=dict)
    """Sent in the URL, such as an `api-version`."""
    limit_name: LimitName | None = None
    context: int = Field(4096, ge=512, le=10_000_000)
    """Tokens of one prompt and its reply."""
    connect_timeout: float = Field(10.0, gt=0, le=600)
    first_byte_timeout: float = Field(120.0, gt=0, le=3600)
    idle_timeout: float = Field(60.0, gt=0, le=3600)
    reply_timeout: float = Field(600.0, gt=0, le=86_400)
    retries: int = Field(2, ge=0, le=10)
    offline: bool = False
    """The scripted actor plays, whatever else is set."""
    saves: _Path = None
    stories: _Path = None
    warnings: tuple[str, ...] = ()
    """What the player should know and is not an error."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Where each value that is not a default came from."""

    @property
    def endpoint(self) -> Endpoint | None:
        """The server that plays the characters; None lets the scripted actor play."""
        return self._endpoint(self.model)

    @property
    def judge_endpoint(self) -> Endpoint | None:
        """The server that reads what has come true: the same, with `judge_model` where one is named."""
        return self._endpoint(self.judge_model or self.model)

    def _endpoint(self, model: str) -> Endpoint | None:
        if self.offline or not self.base_url:
            return None
        taste = {name: getattr(self, name) for name in _TASTE if getattr(self, name) is not None}
        return Endpoint(
            self.base_url,
            model,
            key=self.api_key,
            headers=self.headers,
            query=self.query,
            parameters={**taste, **self.extra},
            limit_name=self.limit_name,
            connect_timeout=self.connect_timeout,
            first_byte_timeout=self.first_byte_timeout,
            idle_timeout=self.idle_timeout,
            reply_timeout=self.reply_timeout,
            retries=self.retries,
        )


_COMPUTED = frozenset({"warnings", "sources"})
KEYS = tuple(name for name in Settings.model_fields if name not in _COMPUTED)
"""What a config file may hold."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One source of settings and how to name it in a message."""

    name: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    """Line in the file, by key; empty for the rest."""

    def place(self, key: str) -> str:
        """Where `key` was set, as a person would look for it."""
        if self.name == "environment":
            return f"{_PREFIX}{key.upper()}"
        if self.name == "flag":
            return f"--{key.replace('_', '-')}"
        return f"{self.name}:{self.lines[key]}: {key}" if key in self.lines else f"{self.name}: {key}"


def load_settings(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read every layer and return what holds; raises `ConfigError` that names the flag, variable, or file and line.

    `file` must exist when it is given here or by PALAVER_CONFIG; `config.yaml` in the user's config folder need not.
    An empty flag or variable counts as unset. OPENAI_API_KEY and OPENAI_BASE_URL stand below all of Palaver's own, and
    count only beside a model or a server that is named here.
    """
    unknown = next((name for name in flags if name not in KEYS), None)
    if unknown is not None:
        raise ConfigError(f'There is no setting "{unknown}".', do=_nearest(unknown))
    if flags.get("api_key"):
        raise ConfigError("A key on the command line is seen by others on this machine.", do="Set PALAVER_API_KEY.")
    variables = {name: environ.get(f"{_PREFIX}{name.upper()}", "").strip() for name in _VARIABLES}
    path = _file(environ, file)
    in_file, lines = _read_file(path) if path else ({}, {})
    layers = [
        _Layer("flag", {name: value for name, value in flags.items() if value not in (None, "")}, {}),
        _Layer("environment", {name: value for name, value in variables.items() if value}, {}),
        _Layer(str(path), in_file, lines),
    ]
    merged: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        for key, value in layer.values.items():
            if key not in merged:
                merged[key], sources[key] = value, layer.place(key)
    warnings: list[str] = []
    _settle_server(merged, sources, layers, environ, warnings)
    if path and in_file.get("api_key"):
        warnings += _readable_by_others(path)
    settings = _validated(merged, sources)
    endpoint = settings.endpoint
    if endpoint is not None and endpoint.exposed:
        warnings.append(f"The key goes to {endpoint.host} unencrypted: its base URL begins with http://.")
    return settings.model_copy(update={"warnings": tuple(warnings), "sources": sources})


def _settle_server(
    merged: dict[str, Any],
    sources: dict[str, str],
    layers: list[_Layer],
    environ: Mapping[str, str],
    warnings: list[str],
) -> None:
    """Choose the base URL, and the first key that may be sent to it."""
    openai_key = environ.get("OPENAI_API_KEY", "").strip()
    openai_url = environ.get("OPENAI_BASE_URL", "").strip()
    own_key = merged.pop("api_key", "")
    place = sources.pop("api_key", "")
    if "base_url" not in merged:
        # Other programs' variables are on many machines for other ends: only a model named here means to spend on them.
        meant = bool(merged.get("model"))
        if openai_url and meant:
            merged["base_url"], sources["base_url"] = openai_url, "OPENAI_BASE_URL"
        elif own_key or (openai_key and meant):
            merged["base_url"] = OPENAI_URL
        else:
            return
    try:
        merged["base_url"] = read_base_url(str(merged["base_url"]))
    except ConfigError as problem:
        raise ConfigError(f"{sources['base_url']}: {problem.what}", do=problem.do) from None
    server = _server(merged["base_url"])
    keys = [(layer, layer.values["api_key"]) for layer in layers if layer.values.get("api_key")]
    for layer, key in keys:
        beside = layer.values.get("base_url")
        if beside is None or _server(str(beside)) == server:
            merged["api_key"], sources["api_key"] = key, layer.place("api_key")
            break
    else:
        if openai_key and _server(openai_url or OPENAI_URL) == server:
            merged["api_key"], sources["api_key"] = openai_key, "OPENAI_API_KEY"
        elif keys:
            warnings.append(f"The key of {place} belongs to another server and is not sent to {server[1]}.")
    if not merged.get("model"):
        if urlsplit(merged["base_url"]).hostname == OPENAI_HOST:
            merged["model"] = OPENAI_MODEL
        else:
            merged["model"] = "default"
            warnings.append(f"No model is named for {server[1]}. If it has several, set PALAVER_MODEL.")


def _server(base_url: str) -> tuple[str, str]:
    """What a key belongs to: scheme and host with port. An unreadable URL is nobody's."""
    try:
        parts = urlsplit(read_base_url(base_url))
    except ConfigError:
        return "", ""
    return parts.scheme, parts.netloc


def _file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    named = environ.get("PALAVER_CONFIG", "").strip()
    if file is None and named:
        file = Path(os.path.expanduser(named))  # noqa: PTH111 - `Path.expanduser` raises for an unknown user
    if file is not None:
        if not file.is_file():
            raise ConfigError(f"There is no config file {file}.", do="Check PALAVER_CONFIG or the path given.")
        return file
    import platformdirs

    usual = Path(platformdirs.user_config_dir("palaver", appauthor=False)) / "config.yaml"
    return usual if usual.is_file() else None


def _read_file(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The file's values and the line of each key."""
    import yaml

    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}.", do="Check its permissions.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", do="Save it as UTF-8.") from None
    if len(data) > FILE_LIMIT:
        raise ConfigError(f"{path} is larger than {FILE_LIMIT // 1024} KiB.", do="It should hold settings only.")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        # The problem's own text may quote the file, and the file may hold a key: the place has to do.
        mark = getattr(problem, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        what = clean_line(getattr(problem, "problem", None) or "this is not YAML")
        raise ConfigError(f"{where}: {what}.", do="Each line should read `name: value`.") from None
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply.", do="Each line should read `name: value`.") from None
    if values is None:
        return {}, {}
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}: this is not a list of settings.", do="Each line should read `name: value`.")
    lines: dict[str, int] = {}
    for key_node, _ in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key not in KEYS:
            raise ConfigError(f'{path}:{line}: there is no setting "{clean_line(key)}".', do=_nearest(key))
        if key in lines:
            raise ConfigError(f'{path}:{line}: "{key}" was set on line {lines[key]} already.', do="Keep one of them.")
        lines[key] = line
    return {key: value for key, value in values.items() if value not in (None, "")}, lines


def _validated(merged: dict[str, Any], sources: Mapping[str, str]) -> Settings:
    key = merged.pop("api_key", "")
    try:
        if not isinstance(key, str):
            raise ConfigError("The API key is not text.", do="Put it in quotes.")
        secret = Secret(key)
    except ConfigError as problem:
        raise ConfigError(f"{sources.get('api_key', 'api_key')}: {problem.what}", do=problem.do) from None
    extra = merged.get("extra")
    for name in _TASTE:
        if isinstance(extra, dict) and name in extra:
            raise ConfigError(
                f'{sources["extra"]}: "{name}" is a setting of its own.', do=f"Write `{name}:` outside `extra`."
            )
    try:
        settings = Settings(api_key=secret, **merged)
    except ValidationError as problem:
        # One at a time, and without the value: it may be a header that holds a key.
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        inside = "".join(f".{clean_line(str(part))}" for part in first["loc"][1:] if part != "[key]")
        message = first["msg"][:1].lower() + first["msg"][1:]
        raise ConfigError(f"{sources.get(name, name)}{inside}: {message}.", do=_hint(name)) from None
    try:
        _ = settings.endpoint
    except ConfigError as problem:
        name = problem.what.partition(":")[0]
        where = sources.get(name, "")
        raise ConfigError(
            f"{where}{problem.what.removeprefix(name) if where else problem.what}", do=problem.do
        ) from None
    return settings


def _hint(name: str) -> str:
    bounds = {
        "temperature": "It goes from 0 to 2.",
        "top_p": "It goes from just above 0 to 1.",
        "context": "It is a number of tokens, 512 or more.",
        "extra": "Write `extra: {name: value}`.",
        "headers": "Write `headers: {Name: value}`, values in quotes.",
        "query": "Write `query: {name: value}`, values in quotes.",
    }
    return bounds.get(name, "")


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), KEYS, n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else f"There are: {', '.join(KEYS)}."


def _readable_by_others(path: Path) -> Iterator[str]:
    # Windows has no such bits: everything there looks readable by all.
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield f"{path} holds a key and others on this machine can read it: `chmod 600 {path}` keeps it to you."
