"""The site of docs/ leads to every page, and no page leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from docs_run import DOCS

PAGES = sorted(DOCS.rglob("*.md"))
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


def named(nav: object) -> Iterator[str]:
    """Yield the files that stand in a part of the navigation."""
    if isinstance(nav, str):
        yield nav
    for part in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from named(part)


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    found = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in found}


def test_every_page_stands_in_the_navigation_once() -> None:
    site = yaml.safe_load((DOCS.parent / "mkdocs.yml").read_text("utf-8"))
    pages = [page.relative_to(DOCS).as_posix() for page in PAGES]
    assert sorted(named(site["nav"])) == sorted(pages), "name the page under `nav` in mkdocs.yml"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_link_leads_nowhere(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.is_file(), f"{page.name}: {link}"
        assert not anchor or anchor in headings(target), f"{page.name}: {link}"


def test_everything_that_a_proof_can_find_is_explained() -> None:
    source = (DOCS.parent / "engine" / "proving" / "proof.py").read_text("utf-8")
    page = (DOCS / "proving.md").read_text("utf-8")
    codes = set(re.findall(r'Finding\("([\w-]+)"', source))
    assert len(codes) > 5
    assert [code for code in codes if f"`{code}`" not in page] == []


def test_every_layer_is_on_the_page_of_architecture() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    layers = {path.parent.name for path in (DOCS.parent / "engine").glob("*/__init__.py")}
    assert [name for name in layers if f"`{name}/`" not in page] == []
