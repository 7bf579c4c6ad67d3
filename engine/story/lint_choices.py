"""Finds choices that a player cannot tell apart, and reasons that nobody will read.

It evaluates no condition: two choices are alike only where they are shown together whenever one of them is.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.story import schema as form
from engine.story.desk import Desk
from engine.story.places import TreePath


def warn_of_choices(desk: Desk, story: form.Story) -> None:
    """Warn of choices in one scene that read alike, and of reasons without anything to give a reason for."""
    for name, scene in story.scenes.items():
        if isinstance(scene, form.TalkScene | form.ChoiceScene) and scene.choices:
            path: TreePath = ("scenes", name, "choices")
            _warn_of_twins(desk, path, scene.choices)
            for number, choice in enumerate(scene.choices):
                if choice.reason and not choice.enabled_if:
                    message = (
                        '"reason" says why a choice is greyed, and nothing greys this one: write "enabled_if" too.'
                    )
                    desk.warning((*path, number, "reason"), "idle-reason", message, key=True)


def _warn_of_twins(desk: Desk, path: TreePath, choices: Sequence[form.Choice]) -> None:
    seen: dict[str, dict[str, int]] = {}
    always: dict[str, int] = {}
    for number, choice in enumerate(choices):
        words = " ".join(choice.text.split())
        others = seen.setdefault(words, {})
        stays = not choice.condition and not choice.once
        other = others.get(choice.condition, next(iter(others.values()), None) if stays else always.get(words))
        if other is not None:
            first = desk.place((*path, other, "text"))
            message = f'Two choices here read "{words[:60]}", first at {first}: a player cannot tell them apart.'
            desk.warning((*path, number, "text"), "same-text", f"{message} Reword one of them.")
        others.setdefault(choice.condition, number)
        if stays:
            always.setdefault(words, number)
