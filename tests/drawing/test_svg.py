"""The drawing is sound SVG that holds nothing but a drawing, with numbers beside every colour."""

from __future__ import annotations

from xml.etree import ElementTree

from engine.drawing import picture, read_coverage, write_svg
from engine.drawing.boxes import STAYING
from engine.story.graph import END
from support.drawn import HOUSE, hostile_story
from support.stories import graph_of

PLAIN = graph_of(HOUSE)
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "style", "defs", "pattern", "marker", "path", "rect", "g", "text", "a"}


def drawn(text: str) -> list[ElementTree.Element]:
    return [*ElementTree.fromstring(text).iter()]


def texts(text: str) -> list[str]:
    return [each.text or "" for each in drawn(text) if each.tag == f"{SVG}text"]


def test_a_hostile_story_draws_nothing_but_shapes_and_words() -> None:
    for each in drawn(write_svg(picture(hostile_story()), linked=True)):
        assert each.tag.removeprefix(SVG) in ELEMENTS
        for name, value in each.attrib.items():
            assert not name.startswith("on") and name != "style"
            assert name != "href" or value.startswith("#scene-")


def test_the_drawing_fetches_nothing() -> None:
    text = write_svg(picture(PLAIN)).replace('xmlns="http://www.w3.org/2000/svg"', "")

    assert "http" not in text and "@import" not in text and "<script" not in text


def test_every_scene_and_every_way_is_there() -> None:
    found = drawn(write_svg(picture(PLAIN)))

    assert {each.get("data-scene") for each in found} - {None} == {*PLAIN.scenes, END}
    assert sum("way" in (each.get("class") or "").split() for each in found) == len([*picture(PLAIN).links])


def test_pointing_at_a_line_tells_its_condition() -> None:
    titles = [each.text for each in drawn(write_svg(picture(PLAIN))) if each.tag == f"{SVG}title"]

    assert "Ring softly / hard\nif not key or trust > 1" in titles


def test_coverage_is_told_in_numbers_and_what_was_never_visited_in_words() -> None:
    report = {"palaver_playtest": 1, "plays": 9, "scenes": {"hall": 1234}, "choices": {"hall/choices/ring": 3}}
    text = write_svg(picture(PLAIN), read_coverage(report))

    assert "1,234×" in texts(text)
    assert "if · 3×" in texts(text)
    assert "never" in texts(text)
    assert any(each.text and each.text.endswith("never visited") for each in drawn(text) if each.tag == f"{SVG}title")
    assert "never" not in texts(write_svg(picture(PLAIN)))


def test_a_scene_of_endless_lines_draws_those_that_lead_on_and_counts_the_rest() -> None:
    stay = "".join(f"      - {{id: s{n}, text: Stay {n}}}\n" for n in range(60))
    story = f"start: a\nscenes:\n  a:\n    choices:\n{stay}      - {{text: Go, goto: b}}\n  b: {{ending: B}}\n"

    found = texts(write_svg(picture(graph_of(story))))

    assert "Go" in found
    assert sum(text.startswith("Stay") for text in found) == STAYING
    assert "… and 50 more that stay here" in found
