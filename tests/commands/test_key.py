"""A key is kept where only its owner finds it, for one server, and never shown."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from engine.cli import main
from engine.config import load_settings
from engine.errors import ConfigError

KEY = "sk-main-0123456789abcdef"


class Drawer(KeyringBackend):
    """A keyring of this test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    drawer = Drawer()
    monkeypatch.setattr(keyring.core, "_keyring_backend", drawer)
    return drawer


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "config"))
    for name in ("PALAVER_CONFIG", "PALAVER_BASE_URL", "PALAVER_MODEL", "PALAVER_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "config" / "config.yaml"
    path.parent.mkdir()
    path.write_text("base_url: https://models.example/v1\nmodel: m\n", "utf-8")
    return path


def give(monkeypatch: pytest.MonkeyPatch, *words: str, key: str = KEY) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
    return main(["key", *words])


def key_of(file: Path) -> str:
    endpoint = load_settings({}, {}, file).endpoint
    assert endpoint is not None
    return endpoint.key.reveal()


def test_a_key_goes_into_the_keyring_and_from_there_to_its_server(
    file: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert give(monkeypatch, "set") == 0
    assert KEY not in file.read_text("utf-8")
    assert drawer.held == {("palaver", "models.example"): KEY}
    assert key_of(file) == KEY
    assert main(["key", "show"]) == 0
    said = capsys.readouterr()
    assert KEY not in said.out + said.err
    assert "…cdef, from" in said.out
    assert "keyring" in said.out


def test_without_a_keyring_it_goes_into_a_file_of_its_owner(
    file: Path, no_keyring: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.chmod(0o644)
    assert give(monkeypatch, "set") == 0
    assert key_of(file) == KEY
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_forgotten_is_gone_from_both(file: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "set")
    assert main(["key", "forget"]) == 0
    assert drawer.held == {}
    assert file.read_text("utf-8") == "base_url: https://models.example/v1\nmodel: m\n"
    assert main(["key", "show"]) == 1
    assert main(["key", "forget"]) == 0


def test_a_key_of_another_server_does_not_get_into_the_file_of_this_one(
    file: Path, no_keyring: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert give(monkeypatch, "set", "--base-url", "https://other.example/v1") == 1
    assert "would go there" in capsys.readouterr().err
    assert KEY not in file.read_text("utf-8")


def test_the_keyring_holds_keys_of_several_servers(file: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "set")
    give(monkeypatch, "set", "--base-url", "https://other.example/v1", key="sk-other-0123456789")
    assert key_of(file) == KEY
    settings = load_settings({"base_url": "https://other.example/v1"}, {}, file)
    assert settings.api_key.reveal() == "sk-other-0123456789"


def test_a_keyring_without_the_key_is_told(file: Path, drawer: Drawer) -> None:
    file.write_text("base_url: https://models.example/v1\nmodel: m\napi_key: keyring\n", "utf-8")
    with pytest.raises(ConfigError, match="palaver key set"):
        load_settings({}, {}, file)


def test_a_keyring_that_is_not_installed_is_told(file: Path, no_keyring: None) -> None:
    file.write_text("base_url: https://models.example/v1\nmodel: m\napi_key: keyring\n", "utf-8")
    with pytest.raises(ConfigError, match=r"palaver\[keyring\]"):
        load_settings({}, {}, file)


def test_no_key_changes_nothing(file: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert give(monkeypatch, "set", key="") == 1
    assert give(monkeypatch, "set", key="two words") == 1
    assert drawer.held == {}


def test_a_first_key_needs_no_file(file: Path, no_keyring: None, monkeypatch: pytest.MonkeyPatch) -> None:
    file.unlink()
    assert give(monkeypatch, "set") == 0
    settings = load_settings({}, {}, file)
    assert (settings.base_url, settings.api_key.reveal()) == ("https://api.openai.com/v1", KEY)


def test_the_keyring_is_not_loaded_for_who_does_not_use_it(file: Path) -> None:
    import subprocess

    code = "import sys; from engine.config import load_settings; load_settings({}, {}); print('keyring' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
