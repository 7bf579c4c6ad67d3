"""`palaver key`: keeps the key of a server in the system's keyring, or in a config file that only its owner reads.

A key is never taken from the command line, which others on a machine can see, and only its end is ever shown.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from engine.commands.shared import Commands
from engine.errors import ConfigError
from engine.keys import end_of
from engine.plaintext import clean_line


def add(commands: Commands) -> None:
    """Register the command and its actions."""
    key = commands.add_parser("key", help="keep, show or forget the key of a server")
    actions = key.add_subparsers(title="actions", metavar="ACTION", required=True)
    setting = actions.add_parser("set", help="read a key without showing it, and keep it")
    setting.add_argument("--file", action="store_true", help="keep it in the config file rather than the keyring")
    setting.set_defaults(run=_set)
    show = actions.add_parser("show", help="where the key comes from, and its last four characters")
    show.set_defaults(run=_show)
    forget = actions.add_parser("forget", help="take it out of the keyring and the config file")
    forget.set_defaults(run=_forget)
    for action in (setting, show, forget):
        action.add_argument("--base-url", metavar="URL", help="of another server than the configured one")


def _set(arguments: argparse.Namespace) -> int:
    from engine.config import KEYRING, config_path
    from engine.configfile import change_config
    from engine.keys import keyring_ready, store_key
    from engine.llm.endpoint import Secret

    path = config_path(os.environ)
    base_url, configured = _server(arguments.base_url, path)
    in_keyring = not arguments.file and keyring_ready()
    if not in_keyring and not configured:
        raise ConfigError(
            f"{clean_line(str(path))} is for another server than {base_url}, and a key in it would go there.",
            do="Pick the server first (`palaver models --use`), or install `palaver[keyring]`.",
        )
    key = Secret(_read(base_url))
    if not key:
        raise ConfigError("No key was given.", do="Nothing was changed.")
    if in_keyring:
        store_key(base_url, key.reveal())
    if configured:
        kept = KEYRING if in_keyring else key.reveal()
        change_config(path, {"base_url": _written(path) or base_url, "api_key": kept}, private=not in_keyring)
    place = "the system's keyring" if in_keyring else f"{clean_line(str(path))}, which only you can read"
    print(f"The key of {base_url} ({end_of(key.reveal())}) is in {place}.")
    if os.environ.get("PALAVER_API_KEY"):
        print("Mind that PALAVER_API_KEY is set in the environment and goes before it.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from engine.config import load_settings

    settings = load_settings({"base_url": arguments.base_url}, os.environ)
    if not settings.api_key:
        print(f"No key is set for {settings.base_url or 'any server'}.")
        return 1
    where = clean_line(settings.sources.get("api_key", ""))
    print(f"{settings.base_url}: {end_of(settings.api_key.reveal())}, from {where}")
    return 0


def _forget(arguments: argparse.Namespace) -> int:
    from engine.config import config_path
    from engine.configfile import change_config, read_config
    from engine.keys import forget_key, keyring_ready

    path = config_path(os.environ)
    base_url, configured = _server(arguments.base_url, path)
    gone = ["the keyring"] if keyring_ready() and forget_key(base_url) else []
    if configured and path.exists() and "api_key" in read_config(path)[0]:
        change_config(path, {"api_key": None})
        gone.append(clean_line(str(path)))
    print(f"The key of {base_url} is gone from {' and '.join(gone)}." if gone else f"No key of {base_url} was kept.")
    return 0


def _server(flag: str | None, path: Path) -> tuple[str, bool]:
    """The server that is meant, and whether it is the one the file's key would go to."""
    from engine.config import server_of
    from engine.llm.endpoint import OPENAI_URL, read_base_url

    in_file = _written(path)
    base_url = read_base_url(flag or os.environ.get("PALAVER_BASE_URL", "").strip() or in_file or OPENAI_URL)
    return base_url, not in_file or server_of(in_file) == server_of(base_url)


def _written(path: Path) -> str:
    from engine.configfile import read_config

    return str(read_config(path)[0].get("base_url", "")) if path.exists() else ""


def _read(base_url: str) -> str:
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(f"The key of {base_url} (it is not shown): ").strip()
    return sys.stdin.readline(10_000).strip()
