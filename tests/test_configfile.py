"""A setting is changed where a person wrote it; all else in the file stays as it was, and so does who can read it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.configfile import change_config, read_config
from engine.errors import ConfigError

WRITTEN = """\
# My settings
base_url: https://models.example/v1   # the usual one
model: 'm-1'   # small

judge:
  # reads better
  model: m-2
# about taste
temperature: 0.8
api_key: sk-0123456789abcdef   # of models.example
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_bytes(WRITTEN.encode())
    return path


def test_values_change_where_they_stand(path: Path) -> None:
    change_config(path, {"base_url": "http://localhost:1/v1", "model": "llama3.2:latest"})
    expected = WRITTEN.replace("https://models.example/v1 ", "http://localhost:1/v1 ").replace(
        "'m-1'", "llama3.2:latest"
    )
    assert path.read_text("utf-8") == expected


def test_what_was_not_there_comes_at_the_end(path: Path) -> None:
    change_config(path, {"auth": "none"})
    assert path.read_text("utf-8") == WRITTEN + "auth: none\n"


def test_a_setting_can_be_taken_out(path: Path) -> None:
    change_config(path, {"api_key": None})
    assert path.read_text("utf-8") == WRITTEN[: WRITTEN.index("api_key")]


def test_a_setting_can_be_put_aside(path: Path) -> None:
    change_config(path, {}, aside=["api_key", "judge"])
    text = path.read_text("utf-8")
    assert "# api_key: sk-0123456789abcdef   # of models.example\n" in text
    assert "# judge:\n#   # reads better\n#   model: m-2\n# about taste\n" in text
    assert set(read_config(path)[0]) == {"base_url", "model", "temperature"}


@pytest.mark.parametrize(
    "value", ["yes", "12", "null", "a: b", "#x", "it's", 'say "x"', "- x", "{a}", "ü", "*x", "~", "1e3", "a" * 300]
)
def test_any_name_is_read_back_as_it_was_given(path: Path, value: str) -> None:
    change_config(path, {"model": value, "auth": value})
    assert yaml.safe_load(path.read_text("utf-8"))["model"] == value
    assert yaml.safe_load(path.read_text("utf-8"))["auth"] == value


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"]), min_size=1))
def test_every_printable_value_survives(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    path = tmp_path_factory.mktemp("any") / "config.yaml"
    path.write_bytes(WRITTEN.encode())
    change_config(path, {"model": value})
    assert read_config(path)[0]["model"] == value


@pytest.mark.parametrize(
    "written", ["model: x", "model: |\n  long\n  name\ntemperature: 1\n", "model:\ncontext: 900\n"]
)
def test_other_ways_to_write_a_value_are_replaced_too(path: Path, written: str) -> None:
    path.write_text(written, "utf-8")
    kept = {name: value for name, value in read_config(path)[0].items() if name != "model"}
    change_config(path, {"model": "y", "base_url": "http://localhost:1/v1"})
    assert read_config(path)[0] == {"model": "y", "base_url": "http://localhost:1/v1", **kept}


def test_line_ends_and_a_byte_order_mark_stay(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfmodel: x\r\n# end\r\n")
    change_config(path, {"model": "y", "auth": "none"})
    assert path.read_bytes() == b"\xef\xbb\xbfmodel: y\r\n# end\r\nauth: none\r\n"


@pytest.mark.parametrize("written", ["{model: x}\n", "model: &a x\nbase_url: *a\n", "model: x\n...\n"])
def test_what_cannot_be_changed_safely_is_left_alone(path: Path, written: str) -> None:
    path.write_text(written, "utf-8")
    with pytest.raises(ConfigError, match="by hand"):
        change_config(path, {"model": "y", "auth": "none"})
    assert path.read_text("utf-8") == written


def test_a_first_setting_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "config.yaml"
    change_config(path, {"model": "x"})
    assert path.read_text("utf-8") == "model: x\n"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_who_may_read_it_stays_unless_a_key_comes_in(path: Path) -> None:
    path.chmod(0o644)
    change_config(path, {"model": "x"})
    assert path.stat().st_mode & 0o777 == 0o644
    change_config(path, {"api_key": "sk-1"}, private=True)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    change_config(link, {"model": "x"})
    assert link.is_symlink()
    assert read_config(path)[0]["model"] == "x"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.yaml", "link.yaml"]
