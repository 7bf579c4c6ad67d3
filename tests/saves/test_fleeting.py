"""A playthrough in memory goes the same ways as one on disk."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import SaveError
from engine.play.events import Began, PlayerNoted
from engine.saves.fleeting import Fleeting
from engine.saves.store import Store, StoryRef

STORY = StoryRef("inn", "The inn", "0" * 64)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def standing(store: Store) -> object:
    return (
        store.head,
        store.tip,
        len(store),
        store.depth,
        store.path_to(),
        list(store.backwards()),
        store.turns(),
        store.having(PlayerNoted),
        store.having(PlayerNoted, on_way=True),
        [store.children(turn) for turn in range(len(store) + 1)],
        store.names(),
        store.story,
    )


@pytest.mark.parametrize("seed", range(5))
def test_it_stands_where_a_save_would_after_every_move(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    kept = Store.create(tmp_path / "game.palaver", STORY, 1, NOW)
    fleeting = Fleeting(STORY, 1, NOW, folder=tmp_path)
    both: tuple[Store, Store] = (kept, fleeting)
    with kept:
        for store in both:
            store.append([Began(1, ())], now=NOW, story_hash="a")
        for number in range(25):
            what = chance.choice(["append", "append", "undo", "redo", "move", "name", "go"])
            turn = chance.randint(1, len(kept))
            for store in both:
                match what:
                    case "append":
                        store.append([PlayerNoted(str(number))], now=NOW, story_hash="a", note={"model": "m"})
                    case "undo":
                        store.undo()
                    case "redo":
                        store.redo()
                    case "move":
                        store.move_to(turn)
                    case "name":
                        store.name(f" moment {turn % 3}", turn, replace=True)
                    case _ if store.names():
                        store.move_to_name(store.names()[0].name)
            assert standing(kept) == standing(fleeting)


def test_it_has_no_turn_that_was_not_played_and_writes_nothing(tmp_path: Path) -> None:
    fleeting = Fleeting(STORY, 1, NOW, folder=tmp_path)
    fleeting.append([Began(1, ())], now=NOW, story_hash="a")
    with pytest.raises(SaveError, match="no turn 2"):
        fleeting.move_to(2)
    with pytest.raises(SaveError, match="No moment"):
        fleeting.move_to_name("gone")
    fleeting.close()
    assert list(tmp_path.iterdir()) == []
