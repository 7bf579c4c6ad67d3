"""Draws a story: as a page to explore, as SVG, as Mermaid and as DOT, with what rehearsals reached if that is known.

Everything here is made from a compiled story and nothing else; no program has to be installed and nothing is fetched.
"""

from engine.drawing.coverage import Coverage, read_coverage
from engine.drawing.dot import write_dot
from engine.drawing.html import page, write_page
from engine.drawing.mermaid import write_mermaid
from engine.drawing.picture import Picture, picture
from engine.drawing.svg import write_svg

__all__ = [
    "Coverage",
    "Picture",
    "page",
    "picture",
    "read_coverage",
    "write_dot",
    "write_mermaid",
    "write_page",
    "write_svg",
]
