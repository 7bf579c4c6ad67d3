"""The story format as a JSON Schema, so that editors complete keys, explain them and underline mistakes.

It is made from `schema` and its docstrings, so there is nothing to keep in step; it is never needed to play.
`described` does the same for any other form that authors write.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from engine.story import schema, schema_people, schema_scene
from engine.story.fields import Part


def story_schema() -> dict[str, Any]:
    """Return the JSON Schema of a story file, each key with its description.

    A story of several files needs its required keys once, in any of them, so the schema asks for none at the top.
    """
    made = described(schema.Story, "A Palaver story", (schema, schema_people, schema_scene))
    made.pop("required", None)
    return made


def described(form: type[Part], title: str, modules: Sequence[ModuleType]) -> dict[str, Any]:
    """Return the JSON Schema of a form, each key with the docstring it has in one of `modules`."""
    made = form.model_json_schema()
    help_of = _docstrings(modules)
    for name, part in ((form.__name__, made), *made["$defs"].items()):
        for key, entry in part.get("properties", {}).items():
            entry.pop("title", None)
            if text := _described(_part(name, modules), key, help_of):
                entry["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_fitted(made), "title": title}


def as_file(made: dict[str, Any]) -> str:
    """Return a schema as the text of a file."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
"""What pydantic calls the bounds of a value that a function reads first, and what JSON Schema calls them."""
_NOTHING = {"type": "null"}


def _fitted(part: Any) -> Any:
    """Return a part of a schema as the loader takes it.

    A text may be written as a number or as true and false (`title: 1984`), numbers have their bounds, and a key has a
    value or is left out. What is left out is left out: no editor should offer to write an empty text.
    """
    if isinstance(part, list):
        return [_fitted(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {_BOUNDS.get(key, key): _fitted(value) for key, value in part.items()}
    if made.get("type") == "string" and "pattern" not in made:
        made["type"] = ["string", "number", "boolean"]
    if "default" in made and made["default"] in ("", [], None):
        del made["default"]
    if _NOTHING in (ways := made.get("anyOf", ())):
        kept = [way for way in ways if way != _NOTHING]
        del made["anyOf"]
        made = {**kept[0], **made} if len(kept) == 1 else {"anyOf": kept, **made}
    return made


def _part(name: str, modules: Sequence[ModuleType]) -> type[Part]:
    return next(part for module in modules if isinstance(part := getattr(module, name, None), type))


def _described(part: type[Part], key: str, help_of: dict[tuple[str, str], str]) -> str:
    field = next(name for name, info in part.model_fields.items() if (info.alias or name) == key)
    return next((help_of[each.__name__, field] for each in part.__mro__ if (each.__name__, field) in help_of), "")


def _docstrings(modules: Sequence[ModuleType]) -> dict[tuple[str, str], str]:
    """Return the text under each field, by class and field: reading them here keeps 20 ms out of every start."""
    found = {}
    for part in [part for module in modules for part in ast.parse(inspect.getsource(module)).body]:
        if not isinstance(part, ast.ClassDef):
            continue
        for field, below in zip(part.body, part.body[1:], strict=False):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[part.name, name] = text.strip()
    return found
