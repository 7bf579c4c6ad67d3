"""Keeps keys in the system's keyring: one for each server, under the server's own address.

It is imported only by who wants the keyring, and the `keyring` package only here: it is an extra, `palaver[keyring]`.
A key comes out of here only to be sent to the server it was put in for.
"""

from __future__ import annotations

from types import ModuleType
from urllib.parse import urlsplit

from engine.errors import ConfigError

SERVICE = "palaver"
"""How the entries are named in the keyring."""


def keyring_ready() -> bool:
    """Tell whether this machine has a keyring that keys can be put in."""
    try:
        return bool(_library().get_keyring().priority > 0)
    except ConfigError:
        return False


def stored_key(base_url: str) -> str:
    """Return the key of this server; raises `ConfigError` when there is none, or no keyring."""
    keyring = _library()
    try:
        key: str | None = keyring.get_password(SERVICE, _server(base_url))
    except keyring.errors.KeyringError as problem:
        raise _unusable(problem) from None
    if not key:
        raise ConfigError(
            f"The keyring holds no key for {_server(base_url)}.",
            do="`palaver key set` puts one in, or set PALAVER_API_KEY.",
        )
    return key


def store_key(base_url: str, key: str) -> None:
    """Put the key of this server into the keyring; raises `ConfigError`."""
    keyring = _library()
    try:
        keyring.set_password(SERVICE, _server(base_url), key)
    except keyring.errors.KeyringError as problem:
        raise _unusable(problem) from None


def forget_key(base_url: str) -> bool:
    """Take the key of this server out of the keyring; False when none was there. Raises `ConfigError`."""
    keyring = _library()
    try:
        keyring.delete_password(SERVICE, _server(base_url))
    except keyring.errors.PasswordDeleteError:
        return False
    except keyring.errors.KeyringError as problem:
        raise _unusable(problem) from None
    return True


def end_of(key: str) -> str:
    """Return the last four characters, of a key long enough that they give nothing away."""
    return f"…{key[-4:]}" if len(key) >= 12 else "…"


def _server(base_url: str) -> str:
    """A key that was put in for https is not found for http, which would show it to the network."""
    parts = urlsplit(base_url)
    return parts.netloc if parts.scheme == "https" else f"{parts.scheme}://{parts.netloc}"


def _library() -> ModuleType:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigError(
            "The system's keyring needs the package `keyring`.",
            do="Install `palaver[keyring]`, or set PALAVER_API_KEY.",
        ) from None
    return keyring


def _unusable(problem: Exception) -> ConfigError:
    # The name only: what a backend says may quote what it was given.
    return ConfigError(
        f"The system's keyring cannot be used ({type(problem).__name__}).", do="Unlock it, or set PALAVER_API_KEY."
    )
