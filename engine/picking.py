"""Picks who plays the characters: in the config file, and at once for the game that is being played.

Picking a model writes two lines into the file. What belonged to the server before it, its key above all, is made a
comment there, so that it is neither lost nor sent to the new one. It asks no model anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cast import Cast
from engine.casting import cast_for
from engine.config import config_path, load_settings, server_of
from engine.configfile import change_config, read_config
from engine.llm.endpoint import OPENAI_URL
from engine.plaintext import clean_line
from engine.settings import OF_A_SERVER, ROLES, Settings

if TYPE_CHECKING:
    from engine.llm.discover import Server
    from engine.llm.meter import Meter

REPLIES = 100
A_REPLY = (3_000, 0, 100)
"""Tokens of a usual reply: of its prompt, those of it that a provider may have cached, and its own."""
_PICKED = ("base_url", "model", "offline")
"""The settings that say who plays."""


@dataclass(frozen=True, slots=True)
class Written:
    """A choice that is in the config file now."""

    path: Path
    warnings: tuple[str, ...] = ()
    """What the player should mind of it."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Who plays from now on."""

    cast: Cast
    model_line: str
    written: Written
    notices: tuple[str, ...] = ()
    """What a player should know of the settings."""

    @property
    def told(self) -> str:
        """What to say of it."""
        who = f"{self.model_line[:1].upper()}{self.model_line[1:]}" if self.cast.free else self.model_line
        first = f"{who} plays from now on; {clean_line(self.written.path.name)} says so."
        return " ".join([first, *self.written.warnings, *self.notices])


class Picker:
    """What is set of the models, where each value came from, and the way to pick another."""

    def __init__(self, settings: Settings, flags: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """`flags` and `environ` are what `settings` were read from, beside the config file."""
        self.settings = settings
        self.path = config_path(environ)
        """The config file, which need not be there yet."""
        self._flags = {name: value for name, value in flags.items() if name not in _PICKED}
        self._environ = environ

    async def servers(self) -> list[Server]:
        """Return the servers of this machine that answer, the configured one first."""
        from engine.llm.discover import USUAL, discover

        return await discover(self.settings.reach(), usual=USUAL)

    async def costs(self, servers: Sequence[Server]) -> dict[tuple[str, str], str]:
        """Return what replies of each model cost, in words, by base URL and name; those without a known price are left
        out. Nothing is asked of anybody."""
        return await asyncio.to_thread(self._costs, servers)

    def _costs(self, servers: Sequence[Server]) -> dict[tuple[str, str], str]:
        from engine.llm.endpoint import Endpoint
        from engine.llm.prices import price_of, shown

        found: dict[tuple[str, str], str] = {}
        for server in servers:
            for listed in server.models:
                own = self.settings.prices
                local = Endpoint(server.base_url, listed.name).local  # the list of prices knows nothing of this machine
                price = own.get(listed.name) if local else price_of(listed.name, server.base_url, own)
                if price is not None:
                    cost = shown(REPLIES * price.cost(*A_REPLY))
                    found[server.base_url, listed.name] = f"about {cost} for {REPLIES} replies"
        return found

    def pick(self, base_url: str, model: str, meter: Meter | None = None) -> Picked:
        """Let a model play from now on, on the account of `meter` if there is one; raises `ConfigError`."""
        written = write_choice(self._environ, base_url, model)
        return self._picked(written, {"base_url": base_url, "model": model, "offline": False}, meter)

    def pick_scripted(self, meter: Meter | None = None) -> Picked:
        """Let the scripted actor play from now on; raises `ConfigError`. The model that is set stays in the file."""
        return self._picked(write_scripted(self._environ), {"offline": True}, meter)

    def _picked(self, written: Written, choice: Mapping[str, Any], meter: Meter | None) -> Picked:
        # As flags, so that it holds for this game though a variable goes before the file.
        settings = load_settings({**self._flags, **choice}, self._environ)
        here = dict.fromkeys(choice, f"{written.path.name} (picked)")
        self.settings = settings.model_copy(update={"sources": {**settings.sources, **here}})
        cast, model_line = cast_for(self.settings, meter=meter)
        return Picked(cast, model_line, written, (*self.settings.warnings, *cast.notices))


def write_choice(environ: Mapping[str, str], base_url: str, model: str) -> Written:
    """Write a server and its model into the config file as those that play; raises `ConfigError`."""
    path = config_path(environ)
    before = read_config(path)[0] if path.exists() else {}
    aside = _of_another_server(before, base_url)
    change_config(path, {"base_url": base_url, "model": model, "offline": None}, aside=aside)
    warnings: list[str] = []
    if aside:
        warnings.append(f"Made comments there, since they belong to the server before it: {', '.join(aside)}.")
    for name in _left_without_a_key(before, aside):
        warnings.append(f"Mind that `{name}` used that key too: give it an `api_key` of its own.")
    return Written(path, (*warnings, *_overruled(environ, *_PICKED)))


def write_scripted(environ: Mapping[str, str]) -> Written:
    """Write into the config file that the scripted actor plays; raises `ConfigError`."""
    path = config_path(environ)
    change_config(path, {"offline": True})
    return Written(path, tuple(_overruled(environ, "offline")))


def _overruled(environ: Mapping[str, str], *names: str) -> list[str]:
    variables = [f"PALAVER_{name.upper()}" for name in names]
    said = "Mind that {} is set in the environment and goes before the file."
    return [said.format(name) for name in variables if environ.get(name)]


def _of_another_server(before: Mapping[str, Any], base_url: str) -> list[str]:
    """The keys of the file that would otherwise go to a server they were not written for."""
    if server_of(str(before.get("base_url") or OPENAI_URL)) == server_of(base_url):
        return []
    of_server = [name for name in OF_A_SERVER if name in before]
    sections = [name for name in ROLES if name in before and "base_url" not in before[name]]
    return of_server + sections


def _left_without_a_key(before: Mapping[str, Any], aside: Sequence[str]) -> list[str]:
    """Sections that stay with the server before it, and had their key from the top of the file."""
    server = server_of(str(before.get("base_url") or OPENAI_URL))
    return [
        name
        for name in ROLES
        if "api_key" in aside
        and name in before
        and name not in aside
        and "api_key" not in before[name]
        and server_of(str(before[name].get("base_url", ""))) == server
    ]
