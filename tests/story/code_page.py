"""The page docs/checks.md, made from the table of codes.

PYTHONPATH=.:tests python -m story.code_page >docs/checks.md
"""

from __future__ import annotations

from engine.story.codes import ERRORS
from engine.story.codes_of_warnings import WARNINGS
from engine.story.codetable import Code

_HEAD = """\
# What `palaver check` says

`palaver check STORY` finds every mistake at once: file, line, column, what is wrong, what to do, and in brackets the
code that this page explains. **Errors** keep a story from being played. **Warnings** tell what is probably not meant;
with `--strict` they fail too. Exit codes: 0 sound, 1 findings that fail, 2 a wrong command.

A comment quiets a warning that is meant:
```yaml
  coins: 3  # palaver: ignore[unread-variable]
  # palaver: ignore[no-hint, endless-talk]
  cell: {talk: gaoler}
# palaver: ignore-all[no-hint]
```
on its line; on the line above; anywhere, for the whole story. Commas part several codes. An ignore that does nothing is
itself a warning, and errors cannot be ignored.

`--json` prints a list of objects with `file`, `line`, `column`, `end` (the column just after it), `severity`, `code`,
`message` and `do`. `--format lsp` prints the params of one `textDocument/publishDiagnostics` a file, as the Language
Server Protocol has them: positions from 0, in UTF-16. What is told to characters is measured against a context of
4,096 tokens and the one you configured, or against `--context N`.

The text is what editors read, too, one finding a line. For VS Code's problem matcher:
```
^(.+?):(\\d+):(\\d+): (error|warning): (.+) \\[([\\w-]+)\\]$
```
with file, line, column, severity, message and code in this order; for Vim, `:set makeprg=palaver\\ check\\ %:h` and
`:set errorformat=%f:%l:%c:\\ %t%*[a-z]:\\ %m`.

Below, each code with a line that brings it up (`-`) and one that does not (`+`). Both are taken from stories that are
checked whenever Palaver is. The page is made from `codes.py` and `codes_of_warnings.py` in `engine/story` by
`tests/story/code_page.py`.
"""


def page() -> str:
    """The page docs/checks.md."""
    return _HEAD + _part("Errors", ERRORS) + _part("Warnings", WARNINGS)


def _part(title: str, codes: tuple[Code, ...]) -> str:
    return f"\n## {title}\n" + "".join(map(_entry, codes))


def _entry(code: Code) -> str:
    lines = f"```diff\n- {code.bad}\n+ {code.good}\n```\n" if code.bad else ""
    return f"\n### {code.name}\n{code.says}\n{lines}"


if __name__ == "__main__":
    print(page(), end="")
