"""Settings from flags, environment, config file and defaults, in this order, each value with where it came from.

It writes nothing and opens no connection. A key is kept to the server it was meant for: one that stands beside a base
URL is not sent to another that a higher layer names, nor to that of a section which names its own.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from engine.configfile import nearest, read_config
from engine.errors import ConfigError
from engine.llm.endpoint import OPENAI_HOST, OPENAI_URL, Secret, read_base_url
from engine.plaintext import clean_line
from engine.settings import ASKING, KEYS, OF_A_SERVER, ONLY_IF_NAMED, ROLES, TASTE, Asking, Settings

__all__ = ["KEYS", "OPENAI_MODEL", "Settings", "config_path", "load_settings", "server_of"]

OPENAI_MODEL = "gpt-6-luna"
"""For who has set a key and no model: the vendor's small model as of November 2026, and its named successor to those
that stories like these were played on before."""
MODERATION_MODEL = "omni-moderation-latest"
KEYRING = "keyring"
"""Written as `api_key`, means that the key is in the system's keyring."""

_PREFIX = "PALAVER_"
# Those of the settings that have an environment variable; a mapping or a rarely turned knob belongs in the file.
_VARIABLES = (
    *("base_url", "api_key", "model", "temperature", "max_tokens", "auth", "api", "template"),
    *("context", "saves", "stories", "offline"),
)
_ROLE_VARIABLES = ("base_url", "api_key", "model", "temperature")
_Kind = TypeVar("_Kind", bound=Asking)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One source of settings and how to name it in a message."""

    name: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    """Line in the file, by key; empty for the rest."""
    role: str = ""
    """The section it was cut from."""
    above: Any = None
    """The base URL at the top of the source that a section was cut from."""

    def place(self, key: str) -> str:
        """Where `key` was set, as a person would look for it."""
        key = f"{self.role}.{key}" if self.role else key
        if self.name == "environment":
            return f"{_PREFIX}{key.upper().replace('.', '_')}"
        if self.name == "flag":
            return f"--{key.replace('_', '-')}"
        return f"{self.name}:{self.lines[key]}: {key}" if key in self.lines else f"{self.name}: {key}"

    def section(self, role: str) -> _Layer:
        """What it says of one role."""
        found = self.values.get(role)
        return _Layer(
            self.name, found if isinstance(found, dict) else {}, self.lines, role, self.values.get("base_url")
        )


def load_settings(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read every layer and return what holds; raises `ConfigError` that names the flag, variable, or file and line.

    `file` must exist when it is given here or by PALAVER_CONFIG; `config.yaml` in the user's config folder need not.
    An empty flag or variable counts as unset. OPENAI_API_KEY and OPENAI_BASE_URL stand below all of Palaver's own, and
    count only beside a model or a server that is named here.
    """
    unknown = next((name for name in flags if name not in KEYS), None)
    if unknown is not None:
        raise ConfigError(f'There is no setting "{unknown}".', do=nearest(unknown))
    if flags.get("api_key"):
        raise ConfigError("A key on the command line is seen by others on this machine.", do="Set PALAVER_API_KEY.")
    path = _file(environ, file)
    in_file, lines = read_config(path) if path else ({}, {})
    layers = [
        _Layer("flag", {name: value for name, value in flags.items() if value not in (None, "")}, {}),
        _Layer("environment", _variables(environ), {}),
        _Layer(str(path), in_file, lines),
    ]
    merged, sources = _merged(layers)
    for role in ROLES:
        merged.pop(role, None)
        sources.pop(role, None)
    warnings: list[str] = []
    _settle_server(merged, sources, layers, environ, warnings)
    roles: dict[str, Asking | None] = {}
    for role in ROLES:
        sections = [layer.section(role) for layer in layers]
        roles[role] = _role(merged, sources, sections, environ, warnings)
    if path and any(written.get("api_key") not in (None, KEYRING) for written in _parts(in_file)):
        warnings += _readable_by_others(path)
    settings = _validated(Settings, merged, sources)
    for endpoint in {e.host: e for e in (settings.reach(), *(r.reach() for r in roles.values() if r)) if e}.values():
        if endpoint.exposed and not settings.offline:
            warnings.append(f"The key goes to {endpoint.host} unencrypted: its base URL begins with http://.")
    return settings.model_copy(update={**roles, "warnings": tuple(warnings), "sources": sources})


def config_path(environ: Mapping[str, str]) -> Path:
    """Return where the player's config file is, or would be."""
    named = environ.get("PALAVER_CONFIG", "").strip()
    if named:
        return Path(os.path.expanduser(named))  # noqa: PTH111 - `Path.expanduser` raises for an unknown user
    import platformdirs

    return Path(platformdirs.user_config_dir("palaver", appauthor=False)) / "config.yaml"


def server_of(base_url: str) -> tuple[str, str]:
    """Return what a key belongs to: scheme and host with port. An unreadable URL is nobody's."""
    try:
        parts = urlsplit(read_base_url(base_url))
    except ConfigError:
        return "", ""
    return parts.scheme, parts.netloc


def _variables(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: environ.get(f"{_PREFIX}{name.upper()}", "").strip() for name in _VARIABLES}
    for role in ROLES:
        named = {name: environ.get(f"{_PREFIX}{role.upper()}_{name.upper()}", "").strip() for name in _ROLE_VARIABLES}
        found[role] = {name: value for name, value in named.items() if value}
    return {name: value for name, value in found.items() if value}


def _parts(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield values
    for role in ROLES:
        found = values.get(role)
        if isinstance(found, dict):
            yield found


def _merged(layers: Sequence[_Layer]) -> tuple[dict[str, Any], dict[str, str]]:
    """The first layer's word on each key, and its place."""
    merged: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        for key, value in layer.values.items():
            if key not in merged and value not in (None, ""):
                merged[key] = value
                sources[f"{layer.role}.{key}" if layer.role else key] = layer.place(key)
    return merged, sources


def _settle_server(
    merged: dict[str, Any],
    sources: dict[str, str],
    layers: Sequence[_Layer],
    environ: Mapping[str, str],
    warnings: list[str],
) -> None:
    """Choose the base URL, and the first key that may be sent to it."""
    openai_key = environ.get("OPENAI_API_KEY", "").strip()
    openai_url = environ.get("OPENAI_BASE_URL", "").strip()
    own_key = merged.pop("api_key", "")
    sources.pop("api_key", "")
    if "base_url" not in merged:
        # Other programs' variables are on many machines for other ends: only a model named here means to spend on them.
        meant = bool(merged.get("model"))
        if openai_url and meant:
            merged["base_url"], sources["base_url"] = openai_url, "OPENAI_BASE_URL"
        elif own_key or (openai_key and meant):
            merged["base_url"] = OPENAI_URL
        else:
            return
    merged["base_url"] = _read_url(merged["base_url"], sources.get("base_url", "base_url"))
    _keep_to_server(merged["base_url"], merged, sources, layers, warnings)
    _settle_key(merged, sources, layers, environ, warnings)
    _settle_model(merged, warnings)


def _role(
    main: Mapping[str, Any],
    main_sources: dict[str, str],
    layers: Sequence[_Layer],
    environ: Mapping[str, str],
    warnings: list[str],
) -> Asking | None:
    """How a section's server is asked: as the main one, but for what the section says.

    What seasons a character's lines (a stop, a bias, a temperature) would spoil a reading, and is inherited only by who
    stands in for the actor; what belongs to one server is not taken along to another. None where nobody is to be asked.
    """
    role = layers[0].role
    own, sources = _merged(layers)
    if "base_url" not in main or (role in ONLY_IF_NAMED and not own):
        return None
    inherited = {name: value for name, value in main.items() if name in ASKING}
    if role != "fallback":
        inherited = {name: value for name, value in inherited.items() if name not in TASTE}
    if role == "moderation":
        inherited["model"] = MODERATION_MODEL
    if "base_url" in own:
        own["base_url"] = _read_url(own["base_url"], sources[f"{role}.base_url"])
        if server_of(own["base_url"]) != server_of(main["base_url"]):
            inherited = {name: v for name, v in inherited.items() if name not in (*OF_A_SERVER, "model")}
            if role == "moderation":
                inherited["model"] = MODERATION_MODEL
    _keep_to_server(own.get("base_url", main["base_url"]), own, sources, layers, warnings)
    merged = {**inherited, **own}
    if "api_key" in own or "api_key" not in inherited:
        merged.pop("api_key", None)
        sources.pop(f"{role}.api_key", None)
        _settle_key(merged, sources, layers, environ, warnings)
        if "api_key" not in merged and "api_key" in inherited:
            merged["api_key"] = inherited["api_key"]
    _settle_model(merged, warnings)
    main_sources |= sources
    return _validated(ROLES[role], merged, main_sources, role)


def _read_url(text: object, place: str) -> str:
    try:
        return read_base_url(str(text))
    except ConfigError as problem:
        raise ConfigError(f"{place}: {problem.what}", do=problem.do) from None


def _settle_key(
    merged: dict[str, Any],
    sources: dict[str, str],
    layers: Sequence[_Layer],
    environ: Mapping[str, str],
    warnings: list[str],
) -> None:
    """Take the first key that was meant for this server."""
    server = server_of(merged["base_url"])
    role = layers[0].role
    name = f"{role}.api_key" if role else "api_key"
    keys = [(layer, layer.values["api_key"]) for layer in layers if layer.values.get("api_key")]
    for layer, key in keys:
        for_it = _meant_for(server, layer, layers)
        if key == KEYRING:
            from engine.keys import stored_key

            try:
                found = stored_key(merged["base_url"])
            except ConfigError:
                if for_it:
                    raise
                continue
            merged["api_key"], sources[name] = found, f"{layer.place('api_key')} (keyring)"
            return
        if for_it:
            merged["api_key"], sources[name] = key, layer.place("api_key")
            return
    openai_key = environ.get("OPENAI_API_KEY", "").strip()
    if openai_key and server_of(environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_URL) == server:
        merged["api_key"], sources[name] = openai_key, "OPENAI_API_KEY"
    elif keys:
        place = keys[0][0].place("api_key")
        warnings.append(f"The key of {place} belongs to another server and is not sent to {server[1]}.")


def _meant_for(server: tuple[str, str], layer: _Layer, layers: Sequence[_Layer]) -> bool:
    """Whether what a source holds for a server is meant for this one."""
    # A file that names no server means OpenAI by itself; a variable goes with whatever is named.
    usual = OPENAI_URL if layer is layers[-1] else None
    beside = layer.values.get("base_url") or layer.above or usual
    return beside is None or server_of(str(beside)) == server


def _keep_to_server(
    base_url: str, merged: dict[str, Any], sources: dict[str, str], layers: Sequence[_Layer], warnings: list[str]
) -> None:
    """Leave out headers and a query that were meant for another server: they may hold a key."""
    server, role = server_of(base_url), layers[0].role
    for name in ("headers", "query"):
        layer = next((layer for layer in layers if layer.values.get(name)), None)
        if layer is not None and not _meant_for(server, layer, layers):
            merged.pop(name, None)
            sources.pop(f"{role}.{name}" if role else name, None)
            warnings.append(f"What {layer.place(name)} holds is for another server and is not sent to {server[1]}.")


def _settle_model(merged: dict[str, Any], warnings: list[str]) -> None:
    if merged.get("model"):
        return
    if urlsplit(merged["base_url"]).hostname == OPENAI_HOST:
        merged["model"] = OPENAI_MODEL
    else:
        merged["model"] = "default"
        host = server_of(merged["base_url"])[1]
        warnings.append(f"No model is named for {host}. If it has several, set PALAVER_MODEL or see `palaver models`.")


def _file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    usual = config_path(environ) if file is None else file
    if usual.is_file():
        return usual
    if file is not None or environ.get("PALAVER_CONFIG", "").strip():
        raise ConfigError(f"There is no config file {usual}.", do="Check PALAVER_CONFIG or the path given.")
    return None


def _validated(kind: type[_Kind], merged: Mapping[str, Any], sources: Mapping[str, str], role: str = "") -> _Kind:
    """Return checked settings; raises `ConfigError` that names the place of the first mistake."""

    def place(name: str) -> str:
        inner = f"{role}.{name}" if role else name
        return sources.get(inner) or sources.get(name) or inner

    key = merged.get("api_key", "")
    try:
        if not isinstance(key, str | Secret):
            raise ConfigError("The API key is not text.", do="Put it in quotes.")
        secret = key if isinstance(key, Secret) else Secret(key)
    except ConfigError as problem:
        raise ConfigError(f"{place('api_key')}: {problem.what}", do=problem.do) from None
    extra = merged.get("extra")
    for name in TASTE:
        if isinstance(extra, dict) and name in extra:
            raise ConfigError(
                f'{place("extra")}: "{name}" is a setting of its own.', do=f"Write `{name}:` outside `extra`."
            )
    try:
        settings = kind(**{**merged, "api_key": secret})
    except ValidationError as problem:
        # One at a time, and without the value: it may be a header that holds a key.
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        inside = "".join(f".{clean_line(str(part))}" for part in first["loc"][1:] if part != "[key]")
        said = first["msg"].removeprefix("Value error, ")
        message = said[:1].lower() + said[1:]
        raise ConfigError(f"{place(name)}{inside}: {message}.", do=_hint(name)) from None
    try:
        settings.reach()
    except ConfigError as problem:
        name = problem.what.partition(":")[0]
        where = place(name) if name in ASKING else ""
        raise ConfigError(
            f"{where}{problem.what.removeprefix(name) if where else problem.what}", do=problem.do
        ) from None
    return settings


def _hint(name: str) -> str:
    bounds = {
        "temperature": "It goes from 0 to 2.",
        "top_p": "It goes from just above 0 to 1.",
        "presence_penalty": "It goes from -2 to 2.",
        "frequency_penalty": "It goes from -2 to 2.",
        "stop": "Write `stop: [text, text]`, at most 16 of them.",
        "logit_bias": "Write `logit_bias: {token number: bias}`, each bias from -100 to 100.",
        "refusals": "Write `refusals: [reword, other_model, authored]`: those you want, in your order.",
        "when_unreachable": "It is `send` or `hold`.",
        "summaries": "It is `model` or `authored`.",
        "judging": "It is `auto`, `continue` or `fresh`.",
        "context": "It is a number of tokens, 512 or more.",
        "extra": "Write `extra: {name: value}`.",
        "headers": "Write `headers: {Name: value}`, values in quotes.",
        "query": "Write `query: {name: value}`, values in quotes.",
    }
    return bounds.get(name, "")


def _readable_by_others(path: Path) -> Iterator[str]:
    # Windows has no such bits: everything there looks readable by all.
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield f"{path} holds a key and others on this machine can read it: `chmod 600 {path}` keeps it to you."
