"""What the tests of saves share: a moment, a story, a few turns, and a save with branches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.play import events as e
from engine.saves.store import Store, StoryRef

HASH = "5a" * 32


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 18, 30, 5, tzinfo=UTC)


@pytest.fixture
def story() -> StoryRef:
    return StoryRef("lamp", "The Lamp at Skerry Point", HASH, "1.0")


@pytest.fixture
def began() -> tuple[e.Event, ...]:
    """The events of a first turn."""
    return (e.Began(7, (("trust", 1), ("mood", "wary"))), e.SceneEntered("door"), e.Told("door"))


@pytest.fixture
def talk() -> Callable[[str], tuple[e.Event, ...]]:
    """The events of a turn of talk in which the player says something."""

    def of(text: str) -> tuple[e.Event, ...]:
        return (e.PlayerSpoke(text), e.CharacterSpoke("maren", f"“{text}?”", model="m"), e.TalkTurnEnded())

    return of


@pytest.fixture
def fresh(tmp_path: Path, story: StoryRef, now: datetime) -> Path:
    """A save of three turns, 1 to 2 and 1 to 3, with a name on each end; the head is 3. It is closed."""
    path = tmp_path / "lamp.palaver"
    with Store.create(path, story, 7, now) as store:
        store.append([e.Began(7, ()), e.SceneEntered("door")], now=now, story_hash=HASH)
        store.append([e.PlayerSpoke("Let me in")], now=now + timedelta(minutes=1), story_hash=HASH)
        store.name("left")
        store.move_to(1)
        store.append(
            [e.PlayerSpoke("Erik sent me"), e.CharacterSpoke("maren", "Get inside, then.", model="m")],
            now=now + timedelta(minutes=2),
            story_hash=HASH,
            note={"model": "m", "prompt": 812, "cost": 0.25, "cached": None},
        )
        store.name("right")
    return path
