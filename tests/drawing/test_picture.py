"""What is drawn of a story: everything that may happen, with conditions in the author's own words."""

from __future__ import annotations

from pathlib import Path

from engine.drawing.picture import Box, Link, Row, picture
from engine.story.graph import END
from engine.story.load import load_story
from support.drawn import HOUSE
from support.stories import graph_of

LAMP = Path(__file__).parents[2] / "stories" / "lamp"


def box(name: str) -> Box:
    return picture(graph_of(HOUSE)).boxes[name]


def rows(name: str) -> dict[str, Row]:
    return {row.key: row for row in box(name).rows}


def told(row: Row) -> list[str]:
    return [f"{test.word} {test.text}".strip() for test in row.tests]


def test_conditions_stand_as_the_author_wrote_them() -> None:
    hall = rows("hall")

    assert told(hall["hall/choices/ring"]) == ["if not key or trust > 1"]
    assert told(hall["hall/choices/look"]) == ["enabled if key", "else says It is dark.", "once"]
    assert hall["hall/choices/look"].sets == ("key = true",)


def test_a_text_with_tags_reads_as_its_arms() -> None:
    assert rows("hall")["hall/choices/ring"].text == "Ring softly / hard"


def test_an_outcome_tells_its_sentence_and_what_decides_it() -> None:
    opens = rows("talk")["talk/outcomes/opens"]

    assert opens.text == "Ana opens the door"
    assert told(opens) == ["says Ana: come in", "if trust > 2", "shown by anyone"]
    assert opens.links == (Link("bed"),)


def test_a_call_is_a_visit_and_a_return_leads_back() -> None:
    assert rows("hall")["hall/choices/look"].links == (Link("cellar", called=True),)
    assert rows("cellar")["cellar/goto"].returns
    assert not rows("cellar")["cellar/goto"].links


def test_limits_pools_and_the_way_on_are_drawn_too() -> None:
    assert rows("talk")["talk/limit"].text == "After 6 turns"
    luck = [*rows("luck").values()]
    assert [row.text for row in luck] == ["Draw cellar", "Draw bed", "Otherwise"]
    assert [told(row) for row in luck] == [["if trust > 0", "weight 2"], ["once"], []]


def test_the_end_without_a_name_is_a_box_of_its_own_where_it_is_used() -> None:
    assert box(END).kind == "end"
    assert END not in picture(graph_of("start: a\nscenes: {a: {ending: Done}}")).boxes


def test_the_start_comes_first_and_what_nothing_leads_to_says_so() -> None:
    boxes = picture(graph_of(HOUSE)).boxes

    assert next(iter(boxes)) == "hall"
    assert boxes["hall"].start
    assert [name for name, each in boxes.items() if not each.reached] == ["attic"]


def test_every_scene_choice_and_outcome_of_the_bundled_story_is_drawn() -> None:
    graph = load_story(LAMP)
    drawn = picture(graph)

    keys = {row.key for each in drawn.boxes.values() for row in each.rows}
    assert {*graph.scenes} == {*drawn.boxes}
    assert keys >= {each.key for scene in graph.scenes.values() for each in (*scene.choices, *scene.outcomes)}


def test_the_parts_are_counted() -> None:
    assert picture(graph_of(HOUSE)).counts() == "6 scenes, 10 ways between them, 1 ending"
