"""What a player is told of costs is about the game that is played."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.cast import Cast
from engine.dialogue.tokens import Estimate
from engine.llm.meter import Meter
from engine.llm.metered import Metered
from engine.session import Session
from engine.spending import spending
from support.games import QueueModel, cast_of, heard
from support.stories import EVERYTHING, graph_of

GRAPH = graph_of(EVERYTHING)


def paid(folder: Path, *answers: str) -> Cast:
    meter = Meter(folder / "state")
    asked = [Metered(model, meter, meter.queue("p"), Estimate(), price=lambda: None)
             for model in (QueueModel(*answers), QueueModel(*['{"outcome": "none"}'] * len(answers)))]  # fmt: skip
    return replace(cast_of(*asked), meter=meter)


def test_a_game_that_is_gone_on_with_shows_what_it_took_before_and_another_does_not(tmp_path: Path) -> None:
    cast = paid(tmp_path, '"Who?"')
    first = Session.begin(GRAPH, cast, tmp_path / "first.palaver", seed=1)
    first.choose("door")
    heard(first.say("hello"))
    took = f"This playthrough: {cast.meter.spent.session}" if cast.meter else ""
    assert "220 tokens" in took
    assert took in spending(cast)
    first.close()

    other = Session.begin(GRAPH, cast, tmp_path / "other.palaver", seed=1)
    assert "This playthrough: 0 tokens." in spending(cast)
    other.close()

    later = paid(tmp_path)
    again = Session.resume(GRAPH, later, tmp_path / "first.palaver")
    assert "This session: 0 tokens. " + took in spending(later)
    again.close()
    for ended in (cast, later):
        assert ended.meter is not None
        ended.meter.close()
