"""The folder of saves: where it is, what is in it, how a person names what they mean, and names for new files.

It plays nothing and changes no save. A file that cannot be read is listed with the reason and hides no other.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import SaveError
from engine.plaintext import clean_line
from engine.play import events as e
from engine.saves.database import explaining
from engine.saves.fresh import SUFFIX, reserve, safe_stem
from engine.saves.store import LATEST, Named, Store, tidy
from engine.saves.transfer import export_save, export_store, import_save

__all__ = [
    "Found",
    "SaveInfo",
    "export_save",
    "export_store",
    "find",
    "import_save",
    "list_saves",
    "new_path",
    "saves_folder",
]

FOLDER_VARIABLE = "PALAVER_SAVES"
SHOWN_WORDS = 80
"""Characters of the last words that a list shows."""


@dataclass(frozen=True, slots=True)
class SaveInfo:
    """What a list of saves shows of one file."""

    path: Path
    playthrough: str = ""
    """Its UUID, by which costs are counted; the same in every copy."""
    story_id: str = ""
    title: str = ""
    turns: int = 0
    """Moves the player made on the way to where it stands; the beginning, which is saved too, is none."""
    last_played: datetime | None = None
    """When its newest turn was played; None when it cannot be read."""
    scene: str = ""
    """Id of the scene it stands in."""
    words: str = ""
    """The last thing said or chosen, on one line, shortened."""
    names: tuple[Named, ...] = ()
    endings: tuple[str, ...] = ()
    """Scene ids of the endings reached in any branch, in the order reached; END, which has no scene, is not one."""
    rehearsal: bool = False
    """An author began it in the middle, or had its moves made: its endings are not counted as found."""
    damaged: str = ""
    """Why it cannot be played; empty when it can."""

    @property
    def name(self) -> str:
        """What the player calls it by: the file's name without its ending."""
        return clean_line(self.path.stem)

    @property
    def playable(self) -> bool:
        """Whether it can be opened."""
        return not self.damaged


@dataclass(frozen=True, slots=True)
class Found:
    """The save that somebody meant."""

    save: SaveInfo
    moment: Named | None = None
    """The named moment, when that is what was asked for."""


def saves_folder(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return the folder of saves, made if need be.

    That is `explicit`, else PALAVER_SAVES, else `saves` in a checkout, else a folder of the user's own.
    """
    folder = explicit or (Path(environ[FOLDER_VARIABLE]) if environ.get(FOLDER_VARIABLE) else None)
    if folder is None and _is_checkout(cwd):
        folder = cwd / "saves"
    if folder is None:
        from platformdirs import user_data_dir

        folder = Path(user_data_dir("palaver", appauthor=False)) / "saves"
    folder = cwd / Path(os.path.expanduser(folder))  # noqa: PTH111 - Path.expanduser raises for an unknown user
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve(strict=True)  # as `Store.path` is, so that the two can be compared
    except OSError as error:
        raise SaveError(
            f"The folder for saves cannot be made at {folder}: {error.strerror}.",
            do=f"Make it yourself, or name another with {FOLDER_VARIABLE}.",
        ) from error


def list_saves(folder: Path) -> list[SaveInfo]:
    """Return the saves in `folder`, the one played last first; those that cannot be read are at the end."""
    with explaining(folder, "reading"):
        paths = [path for path in folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith(".")]
    saves = sorted((describe(path) for path in paths), key=lambda save: save.name)
    return sorted(saves, key=_last_touched, reverse=True)


def describe(path: Path) -> SaveInfo:
    """Return what there is to say of one save; never raises for what is wrong with it."""
    try:
        with Store.open(path, read_only=True) as store:
            rehearsal = any((turn.note or {}).get("rehearsal") is True for turn in store.having(e.Began))
            return SaveInfo(
                path=path,
                playthrough=store.meta.playthrough,
                story_id=store.story.id,
                title=store.story.title,
                turns=max(store.depth - 1, 0),
                last_played=store.last_played,
                scene=_scene(store),
                words=_words(store),
                names=tuple(store.names()),
                endings=() if rehearsal else _endings(store),
                rehearsal=rehearsal,
            )
    except SaveError as error:
        return SaveInfo(path, damaged=error.what)


def find(folder: Path, name: str, story_id: str | None = None) -> Found:
    """Return the save that `name` means: a file's name, a moment's name, both as `FILE:MOMENT`, or `latest`.

    With `story_id`, only saves of that story count. Raises `SaveError` when nothing, or more than one thing, is meant.
    """
    wanted = tidy(name)
    saves = [save for save in list_saves(folder) if story_id in (None, save.story_id)]
    if wanted.casefold() == LATEST:
        for save in saves:
            if save.playable:
                return Found(save)
        raise SaveError("There is no saved game to go on with.", do="Start a new one.")
    calls = [(call, found) for save in saves for call, found in _calls(save)]
    meant = [found for call, found in calls if call == wanted]
    meant = meant or [found for call, found in calls if call.casefold() == wanted.casefold()]
    if len(meant) == 1:
        return meant[0]
    if meant:
        several = ", ".join(_called(found) for found in meant)
        raise SaveError(f'"{wanted}" could mean several saves: {several}.', do="Name one of them like that.")
    near = difflib.get_close_matches(wanted, [call for call, _ in calls], n=1)
    raise SaveError(
        f'No save and no moment is called "{wanted}" in {folder}.',
        do=f'Did you mean "{near[0]}"?' if near else "List them with: palaver saves list",
    )


def new_path(folder: Path, story_id: str, now: datetime) -> Path:
    """Return a new empty file for a playthrough: `lamp-2026-11-24-1830.palaver`, in the time zone of `now`."""
    with explaining(folder, "keeping"):
        return reserve(folder, f"{safe_stem(story_id) or 'game'}-{now:%Y-%m-%d-%H%M}")


def _is_checkout(cwd: Path) -> bool:
    return (cwd / "saves").is_dir() and ((cwd / "stories").is_dir() or (cwd / "pyproject.toml").is_file())


def _last_touched(save: SaveInfo) -> tuple[bool, datetime, int]:
    """Sort key: times in a save are whole seconds, so the file's own time decides between equals."""
    try:
        touched = save.path.stat().st_mtime_ns
    except OSError:
        touched = 0
    return save.playable, save.last_played or datetime.min.replace(tzinfo=UTC), touched


def _scene(store: Store) -> str:
    turns = store.having(e.SceneEntered, e.SceneResumed, on_way=True)
    events = (event for turn in turns[-1:] for event in turn.events)
    scenes = [event.scene for event in events if isinstance(event, e.SceneEntered | e.SceneResumed)]
    return scenes[-1] if scenes else ""


def _words(store: Store) -> str:
    for turn in store.backwards():
        for event in reversed(turn.events):
            if isinstance(event, e.CharacterSpoke | e.PlayerSpoke | e.ChoiceTaken):
                words = clean_line(event.text)
                return words if len(words) <= SHOWN_WORDS else words[: SHOWN_WORDS - 1].rstrip() + "…"
    return ""


def _endings(store: Store) -> tuple[str, ...]:
    found = (event for turn in store.having(e.StoryEnded) for event in turn.events)
    scenes = (event.scene for event in found if isinstance(event, e.StoryEnded))
    return tuple(dict.fromkeys(scene for scene in scenes if scene))


def _calls(save: SaveInfo) -> list[tuple[str, Found]]:
    """Return everything that a save and its moments answer to."""
    calls = [(save.name, Found(save)), (clean_line(save.path.name), Found(save))]
    for moment in save.names:
        calls.append((moment.name, Found(save, moment)))
        calls.append((f"{save.name}:{moment.name}", Found(save, moment)))
    return calls


def _called(found: Found) -> str:
    return f"{found.save.name}:{found.moment.name}" if found.moment else clean_line(found.save.path.name)
