"""Shows an author's Markdown: emphasis, headings, lists, quotes. It opens no link, shows no image and reads no HTML.

A story may come from a stranger, so what could act on a click is not parsed at all: a link stands there as typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownFence

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

REFUSED = ("link", "image", "autolink", "html_inline", "html_block", "reference", "code")
"""Markdown that is left as typed. `code` is indented text, which in prose is never a program."""


def prose_parser() -> MarkdownIt:
    """Return a parser for prose that nothing can be clicked in."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable(list(REFUSED)).enable("strikethrough")


class PlainFence(MarkdownFence):
    """A fenced block with its spaces kept and no colouring: a lexer picked by a stranger's word is not run."""

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        """Return the text as it is."""
        return Content(code)


class Prose(Markdown):
    """One authored passage."""

    BLOCKS = {**Markdown.BLOCKS, "fence": PlainFence, "code_block": PlainFence}  # noqa: RUF012 - as its base has it

    def __init__(self, text: str) -> None:
        super().__init__(text, parser_factory=prose_parser, open_links=False, classes="prose")
