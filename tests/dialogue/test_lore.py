from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.game import Game, as_text, part
from dialogue.house import house, when
from engine.play import events as e
from engine.story.graph import Lore

WRECK = Lore(("wreck",), "The Annika sank.")


def game(*pages: Lore, context: int = 100_000, budget: int | None = None) -> Game:
    return Game(house(lore=pages, lore_budget=budget), context=context).enter("door")


def open_for(told: Game, lines: list[str]) -> list[bool]:
    """Say the lines one by one; for each, whether any lore was in the prompt."""
    return [bool(part(told.turn(line, '"Hm."'), "lore")) for line in lines]


def test_without_more_a_page_stays_while_the_scene_lasts() -> None:
    assert open_for(game(WRECK), ["Hi", "The wreck?", *["So"] * 30]) == [False, *[True] * 31]


@pytest.mark.parametrize(
    ("page", "turns"),
    [
        (replace(WRECK, depth=0), 1),
        (replace(WRECK, depth=2), 3),
        (replace(WRECK, sticky=0), 1),
        (replace(WRECK, sticky=3), 4),
        (replace(WRECK, depth=1, sticky=3), 4),
        (replace(WRECK, depth=3, sticky=1), 4),
    ],
)
def test_a_page_stays_as_long_as_its_words_are_looked_for_or_as_it_sticks(page: Lore, turns: int) -> None:
    assert open_for(game(page), ["Hi", "The wreck?", *["So"] * 6]) == [False, *[True] * turns, *[False] * (7 - turns)]


@pytest.mark.parametrize("before", [0, 1])
def test_what_is_seen_calls_it_up_before_a_word_is_said_and_after(before: int) -> None:
    told = game(replace(WRECK, sticky=1))
    for _ in range(before):
        told.turn("Hi", '"Hm."')
    told.happen(e.Witnessed("A plank of the wreck lies on the table."))
    assert open_for(told, ["So", "So", "So"]) == [True, before == 0, False]


def test_what_came_true_by_the_authors_sentence_calls_nothing_up() -> None:
    told = game(Lore(("player",), "Nobody heard that word."))
    told.turn("Hi", '"In."', e.OutcomeReached("door/outcomes/lets_in", "judge", "In"))
    assert part(told.ask("So"), "lore") == ""


def test_its_words_coming_up_again_keep_it() -> None:
    assert open_for(game(replace(WRECK, sticky=1)), ["wreck", "wreck", "So", "So"]) == [True, True, True, False]


def test_a_page_that_sticks_outlives_its_scene() -> None:
    told = game(replace(WRECK, sticky=9), replace(WRECK, text="While the scene lasts."))
    told.turn("The wreck?", '"Hm."')
    told.enter("kitchen")
    for _ in range(5):
        shown = part(told.turn("So", '"Hm."'), "lore")
    assert "sank" in shown
    assert "While" not in shown


def test_words_beside_a_key_are_needed_too_in_any_order() -> None:
    page = replace(WRECK, beside=("storm", "gale"))
    assert open_for(game(page), ["The wreck?", "So", "In the gale?", "So"]) == [False, False, True, True]
    assert open_for(game(page), ["A storm!", "The wreck?"]) == [False, True]
    assert open_for(game(page), ["A storm and a gale"]) == [False]


def test_words_beside_a_key_count_only_within_its_depth() -> None:
    page = replace(WRECK, beside=("storm",), depth=1)
    assert open_for(game(page), ["wreck", "So", "storm"]) == [False, False, False]
    assert open_for(game(page), ["wreck", "storm", "So", "So"]) == [False, True, True, False]


def test_a_page_that_is_always_there_needs_no_word_but_its_condition() -> None:
    told = game(
        Lore((), "Always.", always=True),
        Lore((), "Never.", always=True, condition=when(lambda _: False)),
        Lore((), "Not for Maren.", who=("odd",), always=True),
    )
    assert part(told.ask("Hi"), "lore").splitlines()[1:] == ["- Always."]


def test_a_locked_page_is_nowhere_whatever_comes_up_and_however_high_it_stands() -> None:
    told = game(replace(WRECK, condition=when(lambda scope: int(scope.values["trust"]) > 0), priority=9))
    assert "sank" not in as_text(told.turn("The wreck, the wreck!", '"The wreck."'))
    told.happen(e.VariablesSet((("trust", 1),)))
    assert "sank" in as_text(told.ask("So?"))


def test_the_higher_priority_has_the_first_room_and_what_was_written_first_stands_first() -> None:
    low, high, none = (
        Lore((key,), f"{key} " + "word " * 20, priority=rank) for key, rank in (("low", -1), ("high", 5), ("none", 0))
    )
    told = game(low, none, high, budget=50)
    lines = part(told.ask("low none high"), "lore").splitlines()[1:]
    assert [line.split()[1] for line in lines] == ["none", "high"]


def test_the_author_s_budget_is_kept_but_leaves_half_of_the_prompt_to_the_talk() -> None:
    pages = [Lore((f"k{number}",), "word " * 8, priority=-number) for number in range(300)]
    line = " ".join(page.keys[0] for page in pages)
    assert part(game(*pages, budget=100).ask(line), "lore").count("word") == 80
    assert part(game(*pages, budget=100_000, context=2_100).ask(line), "lore").count("word") == 800


def test_the_system_message_stays_byte_for_byte_while_nothing_new_comes_up() -> None:
    told = game(
        WRECK,
        replace(WRECK, text="Beside.", beside=("storm",)),
        replace(WRECK, text="Sticks.", sticky=4),
        Lore((), "Always.", always=True),
    )
    lines = ["Hi", "The wreck?", *["So"] * 3, "The storm?", *["So"] * 8]
    changed, before = [], ""
    for number, line in enumerate(lines):
        system = told.turn(line, '"Hm."').messages[0].content
        changed += [number] if system != before else []
        before = system
    assert changed == [0, 1, 5, 6]  # begun; called up; the word beside it; no longer sticking


PAGES = st.lists(
    st.builds(
        Lore,
        st.sampled_from([("a",), ("b",), ("a", "c")]),
        st.sampled_from(["One.", "Two.", "Three."]),
        beside=st.sampled_from([(), ("d",), ("a", "d")]),
        always=st.booleans(),
        depth=st.none() | st.integers(0, 5),
        sticky=st.none() | st.integers(0, 5),
        priority=st.integers(-1, 1),
    ),
    max_size=4,
)
LINES = st.lists(
    st.tuples(st.sampled_from(["", "", "door", "kitchen", "pier"]), st.sampled_from(["a", "b", "c", "d", "x", "a,d"]))
)


@given(PAGES, LINES)
def test_a_game_loaded_again_has_the_same_pages_open(pages: list[Lore], lines: list[tuple[str, str]]) -> None:
    played = game(*pages)
    for scene, line in lines:
        if scene:
            played.enter(scene)
        if played.state.scene == "pier":
            continue
        loaded = Game(played.graph).happen(*played.events[1:])
        assert loaded.ask(line) == played.turn(line, '"Hm."')


@given(PAGES, st.lists(st.sampled_from(["a", "b", "c", "d", "x"]), max_size=12))
def test_what_is_open_is_what_a_plain_reading_of_the_rule_says(pages: list[Lore], lines: list[str]) -> None:
    played = game(*pages)
    for now, line in enumerate(lines):
        shown = [page.text for page in pages if is_open(page, lines[: now + 1])]
        assert part(played.turn(line, '"Hm."'), "lore").splitlines()[1:] == [f"- {text}" for text in shown]


def is_open(page: Lore, lines: list[str]) -> bool:
    """Tell whether a page is open after these lines, all of one scene."""
    if page.always:
        return True
    keyed = [at for at, line in enumerate(lines) if line in page.keys]
    flanked = [at for at, line in enumerate(lines) if line in page.beside]
    apart = len(lines) if page.depth is None else page.depth
    came_up = [max(a, b) for a in keyed for b in (flanked if page.beside else [a]) if abs(a - b) <= apart]
    stays = [turns for turns in (page.depth, page.sticky) if turns is not None]
    return any(not stays or len(lines) - 1 - at <= max(stays) for at in came_up)
