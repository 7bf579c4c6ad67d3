"""Random plays read what is really sent to the characters, and catch a prompt that takes in what is locked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.dialogue.messages import Message
from engine.dialogue.prompt import Prompt, assemble
from engine.probing import walk
from engine.probing.reach import Reach
from engine.probing.walk import Walk, Walker
from engine.story.graph import StoryGraph
from probing.stories import KEPT, SECRET
from support.stories import EVERYTHING, graph_of

GROUP = KEPT.replace("    limit: {turns: 8", "    replies: 2\n    limit: {turns: 8")


def walked(graph: StoryGraph, plays: int = 15, seed: int = 0) -> Walk:
    walker = Walker(graph)
    for number in range(plays):
        walker.play(seed + number)
    return walker.walk


def test_prompts_as_they_are_hold_nothing_that_is_locked() -> None:
    for yaml in (KEPT, GROUP):
        found = walked(graph_of(yaml))

        assert found.slips == {}
        assert found.prompts > 50
        assert found.scenes == {"door"}


@pytest.mark.parametrize("yaml", [KEPT, GROUP])
def test_a_prompt_that_takes_in_every_fact_is_caught(yaml: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(graph: StoryGraph, *rest: Any) -> Prompt:
        prompt = assemble(graph, *rest)
        facts = "\n".join(fact.text for fact in graph.characters[rest[1].who].knows)
        first, *others = prompt.messages
        return replace(prompt, messages=(Message("system", f"{first.content}\n{facts}"), *others))

    monkeypatch.setattr(walk, "assemble", careless)
    (slip,) = walked(graph_of(yaml)).slips.values()

    assert slip.secret.texts == (SECRET,)
    assert slip.scene == "door"


def test_a_locked_line_that_another_said_aloud_is_no_slip() -> None:
    told = KEPT.replace('"Who goes there?"', f'"{SECRET}"')  # the proof reports it; the prompt only holds what was said

    assert walked(graph_of(told)).slips == {}


def test_the_same_seed_walks_the_same() -> None:
    one, other = walked(graph_of(GROUP), seed=7), walked(graph_of(GROUP), seed=7)

    assert (one.prompts, one.locked, one.meetings) == (other.prompts, other.locked, other.meetings)


def test_a_character_is_met_where_most_is_locked() -> None:
    meeting = walked(graph_of(KEPT)).meetings["door", "maren"]

    assert SECRET in {secret.texts[0] for secret in meeting.locked}


@pytest.mark.parametrize(
    "reads", [("trust",), ("key",), ("key", "coins"), ("mood", "@visited:dream"), ("trust", "key", "mood")]
)
def test_no_play_comes_to_a_moment_that_the_proof_did_not_look_at(reads: tuple[str, ...]) -> None:
    """The proof holds for every play only if the moments it looks at are all that there can be."""
    graph = graph_of(EVERYTHING.replace("coins: 5", "coins: {start: 5, min: 0, max: 9}"))
    moments = Reach(graph).moments(reads)
    assert moments is not None
    variables = [name for name in reads if name in graph.variables]
    scenes = [name.removeprefix("@visited:") for name in reads if name.startswith("@")]
    looked_at = {
        (m.scene, *(m.values[name] for name in variables), *(bool(m.visits.get(s)) for s in scenes)) for m in moments
    }

    walker = Walker(graph)
    been = set()

    def noted(state: Any, events: Any) -> None:
        values = (state.values[name] for name in variables)
        been.add((state.scene, *values, *(bool(state.visits.get(scene)) for scene in scenes)))

    walker._meet = noted  # type: ignore[method-assign]
    for seed in range(40):
        walker.play(seed)

    assert len(been) > 5
    assert been <= looked_at
