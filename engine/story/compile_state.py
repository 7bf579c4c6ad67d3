"""Compiles what a story remembers: its variables and its `let`s."""

from __future__ import annotations

from collections.abc import Collection

from engine.plaintext import clean_line
from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.expressions import RESERVED, Names, Value, compile_lets
from engine.story.graph import PLAYER, Kind, Variable
from engine.story.ids import id_fault, mended_id
from engine.story.literals import WORDS, MisfitError, fitting, kind_of, looks_yes_or_no
from engine.story.places import TreePath
from engine.story.scalars import value_of

_STARTS: dict[Kind, Value] = {"bool": False, "int": 0, "float": 0.0, "text": ""}


def compile_state(desk: Desk, story: form.Story, lost: Collection[str]) -> None:
    """Give the desk the story's variables and the names that its expressions may use."""
    for section, declared in (("state", story.state.keys()), ("let", story.let.keys())):
        for name in declared:
            if fault := id_fault(name, RESERVED | {PLAYER}):
                desk.error((section, name), "bad-id", fault, key=True)
    for name in story.let:
        if name in story.state:
            message = f'"{name}" is a variable already, at {desk.place(("state", name))}. Rename one of them.'
            desk.error(("let", name), "duplicate-id", message, key=True)
    found = {name: _variable(desk, name, written) for name, written in story.state.items() if name not in lost}
    variables = {name: variable for name, variable in found.items() if variable is not None}
    names = Names(
        variables={name: variable.kind for name, variable in variables.items()},
        options={name: variable.options for name, variable in variables.items() if variable.options},
        scenes=story.scenes.keys(),
    )
    misnamed = (made for name in (*story.state, *story.let) if (made := mended_id(name)) != name)
    lost = {*lost, *(found.keys() - variables.keys()), *(name for name in misnamed if name not in variables)}
    # What is lost stands among the lets as an empty one: those that use it are then no mistakes of their own.
    sources = dict.fromkeys(lost, "") | {name: text for name, text in story.let.items() if name not in story.state}
    lets, errors = compile_lets(sources, names)
    desk.declare(variables, Names(names.variables, names.options, lets, names.scenes, broken=errors))
    for name, error in errors.items():
        if name not in lost:
            desk.expression_error(("let", name), sources[name], error)


def _variable(desk: Desk, name: str, written: form.Variable) -> Variable | None:
    """Return a variable; None where it cannot be told what it holds, which is reported."""
    path: TreePath = ("state", name)
    options = tuple(clean_line(option) for option in written.one_of)
    start = value_of(written.start)
    kind: Kind = "text" if options else kind_of(start)
    if options:
        _check_options(desk, path, options, start)
        if not isinstance(start, str):
            return None
    elif looks_yes_or_no(written.start):
        message = f'"{name}" holds the text "{written.start}" here. Write true or false, or put the text in quotes.'
        desk.warning((*path, "start"), "yes-or-no", message)
    low, high = _bounds(desk, path, kind, written)
    variable = Variable(
        name, kind, _STARTS[kind], low, high, options, clean_line(written.shown), former=written.renamed_from
    )
    try:
        first = fitting(variable, written.start)
    except MisfitError as misfit:
        desk.error((*path, "start"), misfit.code, str(misfit))
        return variable
    return Variable(name, kind, first, low, high, options, variable.shown, variable.former)


def _check_options(desk: Desk, path: TreePath, options: tuple[str, ...], start: Value) -> None:
    if not isinstance(start, str):
        message = f'"one_of" lists texts, and this starts as {WORDS[kind_of(start)]}: put it in quotes'
        desk.error((*path, "start"), "wrong-value", f"{message}, or give a number min and max instead.")
    for number, option in enumerate(options):
        if option in options[:number]:
            message = f'"{option}" stands twice in "one_of": take one out.'
            desk.error((*path, "one_of", number), "duplicate-id", message)


def _bounds(desk: Desk, path: TreePath, kind: Kind, written: form.Variable) -> tuple[float | None, float | None]:
    bounds = {"min": written.min, "max": written.max}
    for key, bound in bounds.items():
        if bound is None:
            continue
        if kind not in ("int", "float"):
            message = f'"{key}" is for numbers, and "{path[-1]}" holds {WORDS[kind]}: take it out.'
            desk.error((*path, key), "wrong-value", message, key=True)
            bounds[key] = None
        elif kind == "int" and not bound.is_integer():
            message = (
                f'"{path[-1]}" holds whole numbers, and {bound:g} is none. Start it with a point (0.0) or round this.'
            )
            desk.error((*path, key), "wrong-value", message)
    low, high = bounds["min"], bounds["max"]
    if low is not None and high is not None and low > high:
        desk.error((*path, "min"), "out-of-bounds", f'"min" is {low:g} and "max" is {high:g}: change them over.')
        return None, None
    return low, high
