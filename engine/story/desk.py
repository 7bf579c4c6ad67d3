"""What compiling a story needs at hand: its names, its places, and a way to compile a piece or report why not.

Every method gives something usable back even for a piece that is wrong, so that one mistake does not hide the next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.calls import VARIATIONS
from engine.story.expressions import (
    Expression,
    ExpressionError,
    Names,
    Text,
    Value,
    compile_expression,
    compile_text,
    literal,
)
from engine.story.grammar import UNENDED_COMMENT
from engine.story.graph import END, RETURN, Effect, Variable, Way
from engine.story.ids import mended_id
from engine.story.literals import WORDS, MisfitError, fitting, is_literal
from engine.story.never import never_holds
from engine.story.places import Report, TreePath
from engine.story.scalars import UNKNOWN, Plain
from engine.story.slips import arithmetic_slip, loose_braces, sentence_slip, set_slip, who_is_meant
from engine.story.suggest import did_you_mean, listed
from engine.story.translate import BROKEN
from engine.story.treeplaces import place_inside, place_of, value_at
from engine.story.yamltree import Table

_BESIDE_SET = ("goto", "call", "then", "text", "once", "choices")
"""Keys that are easily indented into a `set`."""


class Desk:
    """One story being compiled."""

    __slots__ = (
        "_bounded", "_expressions", "_nevers", "_tree",
        "damaged", "names", "passages", "reads", "report", "scenes", "sources", "variables",
    )  # fmt: skip

    def __init__(self, tree: Table, report: Report, damaged: Collection[TreePath], scenes: Collection[str]) -> None:
        self._tree = tree
        self.report = report
        self.damaged = damaged
        self.scenes = scenes
        self.reads: set[str] = set()
        """What the compiled expressions and texts read, lets resolved."""
        self.sources: set[str] = set()
        """The expressions and varying texts compiled so far."""
        self.names = Names()
        self.variables: Mapping[str, Variable] = {}
        self.passages: dict[str, Text] = {}
        self._expressions: dict[str, Expression] = {}
        self._bounded: frozenset[str] = frozenset()
        self._nevers: dict[str, str] = {}

    def declare(self, variables: Mapping[str, Variable], names: Names) -> None:
        """Take in the story's variables, and the names that its expressions may use."""
        self.variables, self.names = variables, names
        self._bounded = frozenset(
            name for name, variable in variables.items() if variable.low is not None or variable.high is not None
        )

    def error(self, path: TreePath, code: str, message: str, *, key: bool = False) -> None:
        """Report a mistake at the value at `path`, or at its key."""
        self.report.error(place_of(self._tree, path, key=key), code, message)

    def warning(self, path: TreePath, code: str, message: str, *, key: bool = False) -> None:
        """Report at `path` what is probably not meant."""
        self.report.warning(place_of(self._tree, path, key=key), code, message)

    def place(self, path: TreePath) -> str:
        """Return where the key at `path` stands, for a sentence."""
        return str(place_of(self._tree, path, key=True))

    def is_damaged(self, path: TreePath) -> bool:
        """Tell whether there is a mistake in the part at `path` or in anything inside it."""
        return any(at[: len(path)] == path for at in self.damaged)

    def known(self, path: TreePath, name: str, known: Collection[str], what: str, *, key: bool = False) -> bool:
        """Tell whether `name` is among `known`; report it as an unknown `what` where it is not."""
        if name in known:
            return True
        ids = [mended_id(each) for each in known]
        if name != UNKNOWN and name not in ids:  # it is what is called wrongly where it is declared
            several = who_is_meant(name, known)
            guess = f" Write a list: {several}." if several else did_you_mean(name, ids)
            guess = guess or (f" There is {listed(known)}." if known else "")
            self.error(path, f"unknown-{what}", f'There is no {what} "{clean_line(name)[:80]}".{guess}', key=key)
        return False

    def expression(self, path: TreePath, source: str, site: str) -> Expression | None:
        """Return the expression at `path` compiled; None where there is none or it is wrong."""
        if not source or source == UNKNOWN:
            return None
        # Only what varies by its place needs compiling again: 1,000 scenes use few different conditions.
        alike = "(" not in source or not any(name in source for name in VARIATIONS)
        made = self._expressions.get(source) if alike else None
        if made is None:
            made = self._compiled(path, source, site)
            if made is not None and alike:
                self._expressions[source] = made
        if made is not None and path[-1] in ("if", "enabled_if") and not self._bounded.isdisjoint(made.reads):
            self._warn_of_never(path, source)
        return made

    def _compiled(self, path: TreePath, source: str, site: str) -> Expression | None:
        try:
            made = compile_expression(source, self.names, site)
        except ExpressionError as error:
            self.expression_error(path, source, error)
            return None
        self.reads |= made.reads
        self.sources.add(source)
        return made

    def _warn_of_never(self, path: TreePath, source: str) -> None:
        if source not in self._nevers:
            self._nevers[source] = never_holds(source, self.variables)
        if reason := self._nevers[source]:
            message = f"This never holds, for {reason}: change the condition, or the variable's bounds."
            self.warning(path, "never-holds", message)

    def text(self, path: TreePath, source: str, site: str) -> Text:
        """Return the text at `path` compiled; an empty one where it is wrong."""
        try:
            made = compile_text(source, self.names, site)
        except ExpressionError as error:
            self.expression_error(path, source, error)
            return compile_text("", self.names, site)
        if not made.constant:
            self.reads |= made.reads
            self.sources.add(source)
        if (name := loose_braces(source, self.names)) is not None:
            message = f"These braces are read as they stand: write {{{{ {name[1]} }}}} to show what the variable holds."
            self.report.warning(place_inside(self._tree, path, name.start()), "loose-braces", message)
        return made

    def text_if_any(self, path: TreePath, source: str, site: str) -> Text | None:
        """Return the text at `path` compiled; None where nothing is written."""
        return self.text(path, source, site) if source.strip() else None

    def expression_error(self, path: TreePath, source: str, error: ExpressionError) -> None:
        """Report what is wrong inside the expression or text at `path`, unless it follows from another mistake."""
        if any(error.message == BROKEN.format(name=name) for name in self.names.broken):
            return
        lines = source.split("\n")[: error.line - 1]
        offset = sum(len(line) + 1 for line in lines) + error.column - 1
        key, around = str(path[-1]), path[2:3]
        beside_when = key == "if" and around in (("outcomes",), ("moved_by",))
        alone = key in ("if", "enabled_if", "expr") or path[0] == "let" or path[-2] == "set"
        if alone and (slip := sentence_slip(key, source, self.names, beside_when=beside_when)):
            self.error(path, "expression", slip)
        elif error.message == UNENDED_COMMENT and isinstance(value_at(self._tree, path), Plain):
            message = 'A text with {# #} in it must stand in quotes, or on a line of its own under "|".'
            self.report.error(place_inside(self._tree, path, offset), "expression", message)
        else:
            self.report.error(place_inside(self._tree, path, offset), "expression", error.message)

    def sentence(self, path: TreePath, written: str) -> str:
        """Return a sentence for a judge, and warn where it is arithmetic, which no dialogue can make true."""
        if written and written != UNKNOWN and arithmetic_slip(written, self.names):
            message = '"when" is a sentence that a judge reads, and this is arithmetic: write it under "if" instead.'
            self.warning(path, "arithmetic-in-when", message)
        return written.strip()

    def passage(self, path: TreePath, source: str, passage: str) -> str:
        """Add a told text under the id `passage`; returns the id, or nothing for an empty text."""
        if not source.strip():
            return ""
        self.passages[passage] = self.text(path, source, passage)
        return passage

    def target(self, path: TreePath, name: str, *, scene_only: bool = False) -> str:
        """Return where a `goto` or `call` leads; UNKNOWN where that is nowhere, which is reported."""
        if not name or name in self.scenes or (name in (END, RETURN) and not scene_only):
            return name
        if name in (END, RETURN):
            self.error(
                path, "unknown-scene", f'"{name}" is no scene: it can stand after "goto" only. Name a scene here.'
            )
        else:
            self.known(path, name, self.scenes if scene_only else (*self.scenes, END, RETURN), "scene")
        return UNKNOWN

    def way(self, path: TreePath, way: form.Way, site: str) -> Way:
        """Return what comes of a choice, an outcome or a limit; its text is told under the id `site`."""
        return Way(
            self.effects((*path, "set"), way.effects, site),
            self.passage((*path, "then"), way.then, site),
            self.target((*path, "goto"), way.goto),
            self.target((*path, "call"), way.call, scene_only=True),
            self.text_if_any((*path, "seen"), way.seen, f"{site}/seen"),
        )

    def effects(self, path: TreePath, effects: Mapping[str, Any], site: str) -> tuple[Effect, ...]:
        """Return the assignments of a `set`."""
        return tuple(effect for name, value in effects.items() if (effect := self._effect(path, name, value, site)))

    def _effect(self, path: TreePath, name: str, value: form.Forced | str, site: str) -> Effect | None:
        path = (*path, name)
        if name in _BESIDE_SET and name not in self.variables:
            message = f'"{name}" stands inside "set", which holds variables: write it beside "set".'
            self.error(path, "unknown-variable", message, key=True)
            return None
        variable = self.variable(path, name)
        if variable is None:
            return None
        if isinstance(value, form.Forced):
            return self._computed((*path, "expr"), variable, value.expr, f"{site}/set/{name}")
        if variable.kind != "text" and (slip := set_slip(name, value)):
            self.error(path, "wrong-value", slip)
            return None
        if is_literal(variable, value):
            kept = self.value(path, variable, value)
            return None if kept is None else Effect(name, literal(kept))
        return self._computed(path, variable, value, f"{site}/set/{name}")

    def _computed(self, path: TreePath, variable: Variable, source: str, site: str) -> Effect | None:
        made = self.expression(path, source, site)
        if made is None:
            return None
        if made.kind != variable.kind and (made.kind, variable.kind) != ("int", "float"):
            hint = " Round it with //." if (made.kind, variable.kind) == ("float", "int") else ""
            hint = " Join it to a text with ~." if variable.kind == "text" else hint
            message = f'"{variable.name}" holds {WORDS[variable.kind]}, and this gives {WORDS[made.kind]}.{hint}'
            self.error(path, "wrong-value", message)
            return None
        return Effect(variable.name, made)

    def variable(self, path: TreePath, name: str, *, key: bool = True) -> Variable | None:
        """Return a declared variable; None where there is none or nothing is known of it."""
        if name in self.names.lets or (name in self.names.broken and name not in self.variables):
            if name in self.names.lets:
                message = f'"{name}" is worked out by "let", so nothing can set it. Set what it is worked out from.'
                self.error(path, "unknown-variable", message, key=key)
            return None
        return self.variables[name] if self.known(path, name, self.variables, "variable", key=key) else None

    def value(self, path: TreePath, variable: Variable, scalar: str) -> Value | None:
        """Return a literal as the variable holds it; None where it cannot hold it, which is reported."""
        try:
            return fitting(variable, scalar)
        except MisfitError as misfit:
            self.error(path, misfit.code, str(misfit))
            return None
