"""The page explains every scene, runs nothing but its own script, and lets nothing out."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from engine.drawing import page, picture, read_coverage, write_page
from engine.story.graph import StoryGraph
from support.drawn import HOUSE, hostile_story
from support.stories import graph_of

PLAIN = graph_of(HOUSE)


class Seen(HTMLParser):
    """Reads a page the way a browser splits it: its elements, and what its scripts and styles hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.words = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.raw:
            self.raw[self._inside][-1] += data
        else:
            self.words += data


@pytest.mark.parametrize("graph", [PLAIN, hostile_story()], ids=["plain", "hostile"])
def test_a_page_holds_one_script_and_its_policy_allows_no_other(graph: StoryGraph) -> None:
    seen = Seen(page(graph))
    policy = next(value["content"] for _, value in seen.elements if value.get("http-equiv")) or ""
    hashes = {name: [f"'sha256-{_hash(each)}'" for each in seen.raw[name]] for name in seen.raw}

    assert "default-src 'none'" in policy
    assert f"script-src {' '.join(hashes['script'])};" in policy
    assert f"style-src {' '.join(hashes['style'])};" in policy
    assert len(hashes["script"]) == 1


def _hash(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize("graph", [PLAIN, hostile_story()], ids=["plain", "hostile"])
def test_nothing_of_a_story_becomes_an_element_that_acts(graph: StoryGraph) -> None:
    for tag, attributes in Seen(page(graph)).elements:
        assert tag not in ("img", "iframe", "object", "embed", "link", "base", "form")
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("src", "style")
            assert name != "href" or re.fullmatch("#scene-[a-z0-9_]+", value or "")


def test_every_link_leads_to_a_section_of_its_own() -> None:
    elements = Seen(page(PLAIN)).elements
    ids = [attributes["id"] for tag, attributes in elements if tag == "section"]

    assert {*ids} == {"overview", *(f"scene-{name}" for name in PLAIN.scenes)}
    assert len(ids) == len({*ids})
    assert {(attributes["href"] or "")[1:] for tag, attributes in elements if tag == "a"} <= {*ids}


def test_a_section_tells_all_of_a_scene() -> None:
    text = page(PLAIN)
    start = text.index('<section id="scene-talk">')
    words = " ".join(Seen(text[start : text.index("</section>", start)]).words.split())

    for told in (
        "talk · talk with Ana", "when Ana opens the door opens", "says Ana: come in", "if trust > 2", "→ A bed",
        "After 6 turns", "→ The hall", "Comes from The hall Ring softly / hard",
    ):  # fmt: skip
        assert told in words, told


def test_a_section_says_where_a_scene_is_written() -> None:
    assert "house.yaml:7:3" in write_page(picture(PLAIN, lambda scene: "house.yaml:7:3"))


def test_coverage_lists_what_was_never_visited_and_warns_of_another_story() -> None:
    report = {"palaver_playtest": 1, "story": {"id": "tale", "hash": PLAIN.hash}, "plays": 8, "scenes": {"hall": 5}}
    seen = Seen(page(PLAIN, read_coverage(report)))

    assert "Never visited in 8 plays: 5 of 6" in seen.words
    assert "edited since" not in seen.words
    old = read_coverage({**report, "story": {"id": "tale", "hash": "old"}})
    assert "edited since" in Seen(page(PLAIN, old)).words
