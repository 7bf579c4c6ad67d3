"""The functions an expression may call, and what each of them takes.

All others are refused, and so is calling anything that is not a plain name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.story import emit
from engine.story.kinds import Typed, common
from engine.story.suggest import did_you_mean
from engine.story.variations import site_number

if TYPE_CHECKING:
    from jinja2 import nodes

    from engine.story.translate import Translator

OPTION_LIMIT = 50
"""Values that one call takes at most."""
VARIATIONS = ("sequence", "cycle", "shuffle", "once_only", "one_of")
_NUMERIC = {"min": "least", "max": "greatest", "abs": "absolute"}
FUNCTIONS = ("visited", *_NUMERIC, *VARIATIONS)


def translate_call(translator: Translator, node: nodes.Call) -> Typed:
    """Return a checked call as Python; raises ExpressionError."""
    name = getattr(node.node, "name", "")
    if type(node.node).__name__ != "Name" or name not in FUNCTIONS:
        known = ", ".join(f for f in FUNCTIONS if translator.in_text or f == "one_of" or f not in VARIATIONS)
        hint = did_you_mean(name, FUNCTIONS) or f" The functions are {known}."
        raise translator.wrong(node.node, f"{f'`{name}`' if name else 'This'} is not a function.{hint}")
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        raise translator.wrong(node.node, f"`{name}` takes plain values, one after the other, with commas between.")
    if name == "visited":
        return _visited(translator, node)
    if name in VARIATIONS:
        return _variation(translator, node, name)
    return _numeric(translator, node, name)


def _visited(translator: Translator, node: nodes.Call) -> Typed:
    scene = getattr(node.args[0], "value", None) if len(node.args) == 1 else None
    if not isinstance(scene, str):
        scenes = translator.names.scenes
        named = getattr(node.args[0], "name", "") if node.args else ""
        example = named if named in scenes else next(iter(scenes), "scene")
        message = f"`visited` asks for one scene by its id, between quotes: visited('{example}')."
        raise translator.wrong(node.node, message)
    if scene not in translator.names.scenes:
        hint = did_you_mean(scene, translator.names.scenes)
        raise translator.wrong(node.args[0], f'There is no scene "{scene}".{hint}')
    translator.reads.add(f"@visited:{scene}")
    code = emit.compare(emit.visits(emit.constant(scene)), [ast.Gt()], [emit.constant(0)])
    return Typed(code, "bool", node.node.lineno)


def _variation(translator: Translator, node: nodes.Call, name: str) -> Typed:
    if name != "one_of" and not translator.in_text:
        hint = "Here, compare `visits`, or draw with `one_of(...)`."
        raise translator.wrong(node.node, f"`{name}` varies a text. {hint}")
    _check_count(translator, node, name, 1, OPTION_LIMIT)
    number = site_number(translator.site, translator.count_variation())
    translator.reads |= {"@visits", "@turns"} if name == "one_of" else {"@visits"}
    options = [translator.expression(option) for option in node.args]
    kind = translator.agreed(options, f"the options of `{name}` must be of one kind")
    if name == "once_only":
        kind = "text"  # in the end it gives nothing
    choices = emit.row([option.promoted(kind) for option in options])
    return Typed(emit.call(name, emit.SCOPE, emit.constant(number), choices), kind, node.node.lineno)


def _numeric(translator: Translator, node: nodes.Call, name: str) -> Typed:
    fewest, most = (1, 1) if name == "abs" else (2, OPTION_LIMIT)
    _check_count(translator, node, name, fewest, most)
    numbers = [translator.number(argument, name) for argument in node.args]
    kind = common(numbers)
    return Typed(emit.call(_NUMERIC[name], *[each.promoted(kind) for each in numbers]), kind, node.node.lineno)


def _check_count(translator: Translator, node: nodes.Call, name: str, fewest: int, most: int) -> None:
    if not fewest <= len(node.args) <= most:
        wanted = "one value" if most == 1 else f"{fewest} to {most} values"
        raise translator.wrong(node.node, f"`{name}` takes {wanted}; here it has {len(node.args) or 'none'}.")
