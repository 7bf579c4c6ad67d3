"""Reads the config file with the line of each setting, and changes settings in it where a person wrote them.

Comments, order and everything else a person wrote stay. It never leaves half a file, never makes one readable by more
people than before, and refuses what it cannot change safely.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import write_atomically
from engine.errors import ConfigError
from engine.plaintext import clean_line
from engine.settings import KEYS, ROLES

if TYPE_CHECKING:
    import yaml

FILE_LIMIT = 64 * 1024
_MOVED = {"judge_model": "It is `model` in the section `judge` now: write `judge: {model: NAME}`."}


def read_config(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the file's values and the line of each key, those of a section as `judge.model`; raises `ConfigError`."""
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
    _note_lines(path, node, KEYS, "", lines)
    for role in ROLES:
        if not isinstance(values.get(role, {}), dict | None):
            raise ConfigError(
                f"{path}:{lines[role]}: {role}: this is a section.", do=f"Write `{role}: {{model: NAME}}`."
            )
    return {key: value for key, value in values.items() if value not in (None, "")}, lines


def _note_lines(path: Path, node: yaml.MappingNode, known: Sequence[str], role: str, lines: dict[str, int]) -> None:
    import yaml

    for key_node, value in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        name = f"{role}.{key}" if role else key
        if key not in known:
            raise ConfigError(f'{path}:{line}: there is no setting "{clean_line(name)}".', do=nearest(key, known))
        if name in lines:
            raise ConfigError(f'{path}:{line}: "{name}" was set on line {lines[name]} already.', do="Keep one of them.")
        lines[name] = line
        if key in ROLES and not role and isinstance(value, yaml.MappingNode):
            _note_lines(path, value, tuple(ROLES[key].model_fields), key, lines)


def nearest(name: str, known: Sequence[str] = KEYS) -> str:
    """Return what a mistaken setting was probably meant to be."""
    if name in _MOVED:
        return _MOVED[name]
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else f"There are: {', '.join(known)}."


def change_config(
    path: Path, changes: Mapping[str, str | bool | None], *, aside: Sequence[str] = (), private: bool = False
) -> None:
    """Set these keys at the top of the file, or take those out that are None; raises `ConfigError`.

    Keys in `aside` are made comments where they stand, for who wants them back. `private` makes the file its owner's
    alone, which a new one always is.
    """
    try:
        data = path.read_bytes() if path.exists() else b""
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}.", do="Check its permissions.") from None
    before = read_config(path)[0] if data else {}
    mark, text = (
        ("\ufeff", data.decode("utf-8")[1:]) if data.startswith(b"\xef\xbb\xbf") else ("", data.decode("utf-8"))
    )
    edited = _edited(text, changes, aside)
    _check_edit(path, edited, before, changes, aside)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A link is kept and what it leads to is written, as people keep such files elsewhere.
        write_atomically(Path(os.path.realpath(path)), (mark + edited).encode(), mode & 0o700 if private else mode)
    except OSError as problem:
        raise ConfigError(f"{path} cannot be written: {problem.strerror}.", do="Check its permissions.") from None


def _edited(text: str, changes: Mapping[str, str | bool | None], aside: Sequence[str]) -> str:
    import yaml

    node = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = list(node.value) if isinstance(node, yaml.MappingNode) and not node.flow_style else []
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    written: set[str] = set()
    # From the end, so that places before it stay true.
    for key_node, value in reversed(pairs):
        name = str(key_node.value)
        start, end = key_node.start_mark.index, _value_end(text, key_node, value)
        if name in changes and changes[name] is not None and isinstance(value, yaml.ScalarNode):
            written.add(name)
            if value.start_mark.index == value.end_mark.index or text[value.start_mark.index] in "|>":
                text = f"{text[:start]}{name}: {_scalar(changes[name] or '')}{text[end:]}"
            else:
                text = f"{text[: value.start_mark.index]}{_scalar(changes[name] or '')}{text[value.end_mark.index :]}"
        elif name in changes or name in aside:
            rest = text.find("\n", end)
            rest = len(text) if rest < 0 else rest + 1
            kept = "".join(f"# {line}" for line in text[start:rest].splitlines(keepends=True)) if name in aside else ""
            text = text[:start] + kept + text[rest:]
    new = [f"{name}: {_scalar(value)}" for name, value in changes.items() if value is not None and name not in written]
    if new and text and not text.endswith("\n"):
        text += end_of_line
    return text + "".join(line + end_of_line for line in new)


def _value_end(text: str, key: yaml.Node, value: yaml.Node) -> int:
    """Where a setting ends: a block's own end mark stands at the next setting, behind comments that are not its own."""
    end = max(value.end_mark.index, key.end_mark.index + 1)
    lines = text[key.start_mark.index : end].splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return key.start_mark.index + len("".join(lines).rstrip())


def _scalar(value: str | bool) -> str:
    """A value as YAML, in quotes where it would be read as something else."""
    import yaml

    plain = yaml.safe_dump(value, allow_unicode=True, width=10**6, default_flow_style=True)
    return plain.removesuffix("\n").removesuffix("...").rstrip("\n")


def _check_edit(
    path: Path, edited: str, before: Mapping[str, Any], changes: Mapping[str, str | bool | None], aside: Sequence[str]
) -> None:
    """Read the edited text as it will be read, and refuse unless just what was meant has changed."""
    import yaml

    try:
        after = yaml.safe_load(edited) or {}
    except yaml.YAMLError:
        after = None
    meant = {name: value for name, value in before.items() if name not in changes and name not in aside}
    meant |= {name: value for name, value in changes.items() if value is not None}
    found = {k: v for k, v in after.items() if v not in (None, "")} if isinstance(after, dict) else None
    if found != meant:
        raise ConfigError(f"{path} is written in a way that cannot be changed safely.", do="Change it by hand.")
