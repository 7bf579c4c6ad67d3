"""Gives a save away and takes one in, as one file each.

What is copied is values that were read and checked, never the file: a stranger's save leaves everything behind that is
not a playthrough. Nothing is overwritten unless that was asked for.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import SaveError
from engine.saves import fresh
from engine.saves.database import explaining
from engine.saves.store import Store
from engine.saves.tree import Place


def export_save(path: Path, to: Path, *, overwrite: bool = False) -> Path:
    """Write the save at `path`, which may be being played, as one file at `to`, and return where that is.

    `to` may be a folder; without an ending it gets `.palaver`.
    """
    with Store.open(path, read_only=True) as store:
        return export_store(store, to, overwrite=overwrite)


def export_store(store: Store, to: Path, *, overwrite: bool = False) -> Path:
    """Write an open save as one file at `to`, also when its own file was moved or its disk is full."""
    to = to.absolute()
    with explaining(to, "keeping"):
        if to.is_dir():
            to = to / store.path.name
        elif not to.suffix:
            to = to.with_name(to.name + fresh.SUFFIX)
        claimed = fresh.claim(to)
        if not claimed and not overwrite:
            raise SaveError(f"{to} exists already.", do="Nothing was overwritten: choose another name.")
        _write(store, to, claimed=claimed)
    return to


def import_save(file: Path, folder: Path) -> Path:
    """Take a save from anywhere into `folder`, under a name that is free there, and return where it is.

    All of it is checked first; nothing in it is run or trusted.
    """
    with Store.open(file, read_only=True) as store, explaining(folder, "keeping"):
        stem = fresh.safe_stem(file.stem) or fresh.safe_stem(store.story.id) or "game"
        to = fresh.reserve(folder.absolute(), stem)
        _write(store, to, claimed=True)
    return to


def _write(store: Store, to: Path, *, claimed: bool) -> None:
    """Build a copy beside `to` and give it that name at once: nobody ever sees half a save there."""
    try:
        built = fresh.scratch(to.parent)
        try:
            place = Place(store.head, store.tip)
            names = store.names()  # before the turns: one that is being played may gain some of both in between
            fresh.build(built, store.meta, store.turns(), names, place)
            if claimed:
                fresh.publish(built, to)
            else:
                fresh.replace(built, to)
        except BaseException:
            fresh.discard(built)
            raise
    except BaseException:
        if claimed:
            fresh.discard(to)
        raise
