"""A small story built by hand, so that what a character is told can be tested without a loader."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.story.expressions import Expression, Scope, Text, Value
from engine.story.graph import (
    Character,
    Example,
    Fact,
    Lore,
    MoveRule,
    Outcome,
    Pattern,
    Scene,
    StoryGraph,
    Variable,
    Way,
)


def when(test: Callable[[Scope], Value]) -> Expression:
    return Expression("", "bool", test, frozenset())


def text(words: str) -> Text:
    return Text(words, lambda scope: words.format(**scope.values), frozenset(), "{" not in words)


def trust(least: int) -> Expression:
    return when(lambda scope: int(scope.values["trust"]) >= least)


MAREN = Character(
    "maren",
    "Maren Voss",
    "You are Maren Voss, keeper of the light.\n",
    voice="Short sentences.",
    knows=(Fact("You have a brother."), Fact("You put the lamp out yourself.", trust(3))),
    rules=(
        MoveRule("trust_1", "trust", "the player is kind", by=1),
        MoveRule("trust_2", "trust", "the player is rude", by=-1),
    ),
    examples=(
        Example(("I knew your brother.",), ('"Erik. Come in."',), "maren", outcome="lets_in"),
        Example(("Hello!", "Good evening!"), ('"Hm."', '"Go away."'), "maren"),
        Example(("Friend!",), ('"Friend."',), "maren", condition=trust(3)),
        Example(("The boat?",), ('"At six."',), "maren", outcome="elsewhere"),
    ),
)
ODD = Character("odd", "Odd", "You are Odd.")


def house(**changes: object) -> StoryGraph:
    fields: dict[str, object] = {
        "id": "house",
        "title": "The house",
        "start": "pier",
        "hash": "",
        "variables": {"trust": Variable("trust", "int", 0, low=-3, high=5)},
        "characters": {"maren": MAREN, "odd": ODD},
        "passages": {},
        "scenes": {
            "pier": Scene("pier", "choices", "The pier", ""),
            "door": Scene(
                "door",
                "talk",
                "The door",
                "",
                talk=("maren",),
                direction=text("Keep the door on its chain. Trust is {trust}."),
                outcomes=(
                    outcome("lets_in", "Maren tells the player to come in", condition=trust(1)),
                    outcome("sends_away", "Maren tells the player to leave"),
                    outcome("password", "", says=(Pattern("player", ("sesame",)),)),
                ),
                examples=(Example(("Knock knock.",), ('"Who is it?"',), "maren"),),
            ),
            "kitchen": Scene("kitchen", "talk", "The kitchen", "", talk=("maren", "odd")),
            "cellar": Scene("cellar", "talk", "The cellar", "", talk=("odd",)),
        },
        "lore": (
            Lore(("annika", "the wreck"), "The Annika sank in March."),
            Lore(("lamp",), "The lamp burns whale oil.", condition=trust(1)),
            Lore(("boat",), "The boat is Odd's.", who=("odd",)),
        ),
    }
    return StoryGraph(**{**fields, **changes})  # type: ignore[arg-type]


def outcome(
    name: str, sentence: str, condition: Expression | None = None, says: Sequence[Pattern] = (), *, once: bool = False
) -> Outcome:
    return Outcome(name, f"door/outcomes/{name}", sentence, Way(), tuple(says), condition, once)
