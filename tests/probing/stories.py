"""Small stories for the tests of probing: one secret well kept, ways to let it slip, and ten in which nothing does."""

from __future__ import annotations

SECRET = "You put the lamp out yourself, the night the Annika went down."

KEPT = """
palaver: 1
title: The light
start: pier
state: {trust: {start: 0, min: -3, max: 5}, key: false}
characters:
  maren:
    name: Maren
    persona: You are Maren, who keeps a light on a rock. You are short with strangers.
    voice: Short sentences.
    knows:
      - {fact: "You have a brother, Erik, master of a coaster."}
      - {if: trust >= 3, fact: "You put the lamp out yourself, the night the Annika went down."}
    moved_by: {trust: {by: 1, when: the player is kind}}
    examples:
      - {player: [hello, good evening], reply: '"Mind the step."'}
      - {player: why is it dark, reply: '"The burner is broken."', if: trust < 3}
      - {player: thank you, reply: '"Kind of you."', moves: {trust: 1}}
      - player: why is it dark
        reply: '"I turned it down with this hand, and listened to her strike, and did not run."'
        if: trust >= 3
    fallback: '"Hm."'
  odd:
    name: Odd
    persona: You are Odd, a pilot who cannot see any more.
    examples: [{player: hello, reply: '"Who goes there?"'}]
    fallback: Odd shrugs.
lore:
  - {keys: [annika], text: "The coaster Annika was lost in March with four hands."}
  - {keys: [sow], if: key, text: "The sandbank called the Sow has crept north, across the fairway."}
  - {keys: [board], who: [odd], text: "The Lights Board pays Odd a pension of nine crowns to keep quiet."}
scenes:
  pier:
    text: Rain.
    choices:
      - {id: knock, text: Knock, goto: door}
      - {id: mat, text: Lift the mat, once: true, set: {key: true}}
      - {id: leave, text: Leave, goto: boat}
  door:
    title: The door
    talk: [maren, odd]
    opening: {odd: '"Somebody at the door, Maren."'}
    direction: A stranger knocks. Keep the door on its chain.
    choices:
      - {id: back, text: Go back, goto: pier}
    limit: {turns: 8, goto: boat}
  boat: {ending: The boat}
"""
"""A story with a fact, two pages of lore and a line that wait."""

LEAKS = {
    "persona": ("You are short with strangers.", f"You are short with strangers. {SECRET}"),
    "voice": ("voice: Short sentences.", "voice: You put the lamp out yourself, the night the Annika went down."),
    "another's opening": (
        '"Somebody at the door, Maren."',
        '"She put the lamp out herself, the night the Annika went down."',
    ),
    "lore for all": (
        "The coaster Annika was lost in March with four hands.",
        "Maren put the lamp out herself, the night the Annika went down.",
    ),
    "an example of no condition": ('"Mind the step."', '"I put the lamp out myself, the night the Annika went down."'),
    "a player's line in an example": (
        "player: thank you",
        "player: 'I know that you put the lamp out yourself, the night the Annika went down!'",
    ),
    "the direction": (
        "Keep the door on its chain.",
        "The night the Annika went down you put the lamp out yourself, so you keep the door on its chain.",
    ),
    "what is seen": (
        "{id: back, text: Go back, goto: pier}",
        '{id: back, text: Read it out, seen: "The page says: Maren put the lamp out, the night the Annika went down."}',
    ),
    "another's example": ('"Who goes there?"', '"Maren put the lamp out herself, the night the Annika went down."'),
    "a branch that opens too early": (
        "direction: A stranger knocks.",
        "direction: A stranger knocks. {% if trust >= 2 %}You put the lamp out, the night the Annika went down."
        "{% endif %}",
    ),
    "another fact": (
        "You have a brother, Erik, master of a coaster.",
        "The lamp was put out the night the Annika went down, and by you.",
    ),
}
"""Ways to let the secret slip: what is written instead of what."""

_TELLS = '{id: tell, text: R, set: {trust: 5}, seen: "She put the lamp out herself, the night the Annika went down."}'

SOUND = {
    "kept": ("", ""),
    "told in the same breath as unlocked": ("{id: back, text: Go back, goto: pier}", _TELLS),
    "in a branch that waits as long": (
        "direction: A stranger knocks.",
        "direction: A stranger knocks. {% if trust >= 3 %}You put the lamp out, the night the Annika went down."
        "{% endif %}",
    ),
    "in a branch that waits longer": (
        "direction: A stranger knocks.",
        "direction: A stranger knocks. {% if trust > 4 %}You put the lamp out, the night the Annika went down."
        "{% endif %}",
    ),
    "in a line that waits as long": (
        "I turned it down with this hand",
        "I put the lamp out myself, the night the Annika went down",
    ),
    "about the same things": (
        "You are short with strangers.",
        "You are short with strangers. You trim the lamp each night at six. You miss the Annika.",
    ),
    "a scene that only the unlocked come to": (
        "direction: A stranger knocks. Keep the door on its chain.",
        "choices: [{id: in, text: Go in, if: trust >= 3, goto: room}, {id: out, text: Leave, goto: boat}]\n"
        "  room:\n    talk: maren\n"
        "    direction: You put the lamp out yourself, the night the Annika went down. Say so.",
    ),
    "told where the character is not": (
        "text: Rain.",
        "text: She put the lamp out herself, the night the Annika went down.",
    ),
    "a rumour that says less": (
        '"Who goes there?"',
        '"The lamp was dark when the Annika came, they say in town, friend, and they say it often."',
    ),
    "a choice that waits": (
        "{id: back, text: Go back, goto: pier}",
        "{id: back, text: Go back, goto: pier}\n      - {id: say, text: Say it, if: trust >= 4, "
        "seen: 'The player says that Maren put the lamp out, the night the Annika went down.'}",
    ),
}
"""The same, and nothing slips."""


def changed(change: tuple[str, str]) -> str:
    """Return the kept story with a change made."""
    assert change[0] in KEPT, change
    return KEPT.replace(*change) if change[0] else KEPT
