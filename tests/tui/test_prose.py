"""An author's Markdown: emphasis is shown, and nothing in it can be clicked, fetched or run."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets.markdown import MarkdownBlock

from engine.tui.widgets.prose import Prose

HOSTILE = [
    "[a door](https://example.com/)",
    "[a door][1]\n\n[1]: https://example.com/",
    "![a lamp](file:///etc/passwd)",
    "<https://example.com/>",
    "https://example.com/",
    "<b onclick='x'>bold</b>",
    "<script>x</script>",
    "[@click=app.quit]go[/]",
    "[go](javascript:alert(1))",
    "```python\nimport os\n```",
    "    four spaces are no program",
]


def blocks(text: str) -> list[tuple[str, Content]]:
    """Return the kind and content of every block of a passage."""

    class Reader(App[None]):
        def compose(self) -> ComposeResult:
            yield Prose(text)

    async def look() -> list[tuple[str, Content]]:
        app = Reader()
        async with app.run_test() as pilot:
            await pilot.pause()
            return [(type(block).__name__, block._content) for block in app.query(MarkdownBlock)]

    return asyncio.run(look())


def test_emphasis_headings_lists_and_quotes_are_shown() -> None:
    kinds = {
        kind for kind, _ in blocks("# A title\n\nA *wet*, **black** sea.\n\n- one\n- two\n\n1. three\n\n> said\n\n---")
    }
    assert kinds >= {"MarkdownH1", "MarkdownParagraph", "MarkdownBulletList", "MarkdownOrderedList"}
    assert kinds >= {"MarkdownBlockQuote", "MarkdownHorizontalRule"}
    (content,) = [content for kind, content in blocks("A *wet*, **black** sea.") if kind == "MarkdownParagraph"]
    assert content.plain == "A wet, black sea."
    assert {content.plain[span.start : span.end] for span in content.spans} == {"wet", "black"}


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_can_be_clicked(text: str) -> None:
    for _, content in blocks(text):
        for span in content.spans:
            assert not getattr(span.style, "meta", None)
            assert "click" not in str(span.style)


@pytest.mark.parametrize("text", HOSTILE[:1] + HOSTILE[2:9])
def test_what_is_not_shown_as_markdown_stands_there_as_typed(text: str) -> None:
    assert [content.plain for _, content in blocks(text)] == [text]


def test_a_story_cannot_make_the_screen_nest_for_ever() -> None:
    assert len(blocks("> " * 5_000 + "deep")) < 200
