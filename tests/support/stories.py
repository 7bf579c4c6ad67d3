"""Small stories for tests, compiled the way an author's file is."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from textwrap import dedent

from engine.story.graph import StoryGraph
from engine.story.load import load_story


@cache
def graph_of(yaml: str) -> StoryGraph:
    """Return the graph of a story given as text; `palaver` and `title` may be left out."""
    text = dedent(yaml)
    if "palaver:" not in text:
        text = "palaver: 1\n" + text
    if "title:" not in text.split("scenes:")[0]:
        text = "title: A test\n" + text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tale.yaml"
        path.write_text(text, "utf-8")
        return load_story(path)


EVERYTHING = """
start: hall
state:
  key: false
  trust: {start: 0, min: -2, max: 3}
  coins: 5
  mood: {start: wary, one_of: [wary, warm, angry]}
  name: ""
  luck: 0.5
let:
  safe: trust >= 2 and key
characters:
  maren:
    name: Maren
    persona: You are Maren.
    knows:
      - {if: trust >= 3, fact: You put the lamp out.}
    moved_by:
      trust: [{by: 1, when: the player is kind}, {by: -1, when: the player is rude}]
      mood: {to: angry, when: the player insults Maren, if: trust < 2}
    examples:
      - {player: hello, reply: '"Hello yourself."'}
      - {player: [you are kind, thank you], reply: '"Kind words."', moves: {trust: 1}}
      - {player: you stink, reply: '"Out."', moves: {trust: -1}}
    fallback: ['"Hm."', '"So."']
  odd:
    name: Odd
    persona: You are Odd.
    examples:
      - {player: boat, reply: '"She floats."'}
    fallback: Odd shrugs.
  night:
    name: The night
    narrator: true
    persona: You tell what comes of what the player does.
    examples:
      - {player: I try the window, reply: The window is painted shut.}
    fallback: Nothing gives.
lore_budget: 200
lore:
  - {keys: [annika, wreck], with: [march, sea], depth: 4, sticky: 2, priority: 5, text: The Annika went down in March.}
  - {keys: oars, text: Odd cut them himself., who: odd, if: not key}
  - {always: true, text: The island has one landing.}
scenes:
  hall:
    title: The hall
    text: >-
      {% if visits > 1 %}The hall again.{% else %}A hall.{% endif %} {{ coins }} coins.
      {{ cycle('Tick.', 'Tock.') }}
    choices:
      - {id: take, text: Take the key, if: not key, once: true, set: {key: true}, then: 'Cold. {{ key }}'}
      - {id: pay, text: Pay, enabled_if: coins > 2, reason: Too poor., set: {coins: coins - 2}}
      - {id: name, text: Say your name, ask: name, then: 'You are {{ name }}.'}
      - {id: shut, text: Shut your eyes, call: dream}
      - {id: walk, text: Walk, call: dream, goto: deck}
      - {id: door, text: Go to the door, goto: door}
      - {id: stop, text: Stop, goto: END}
      - {id: sit, text: Sit by the hearth, goto: hearth}
  dream:
    text: You dream.
    set: {luck: luck + 0.25, trust: trust + 9}
    choices:
      - {text: Wake, goto: RETURN}
  deck:
    pool: [{scene: storm, weight: 3, once: true}, {scene: calm, if: coins < 4}]
    goto: hall
  storm: {text: Storm., goto: hall}
  calm: {text: Calm., goto: hall}
  door:
    title: The door
    talk: [maren, odd]
    text: A door.
    opening: {maren: '"Who is it?"'}
    suggest: [hello, {text: 'I am {{ name }}', if: name}]
    examples:
      - {player: let me in, who: maren, reply: '"Come in, then."', outcome: lets_in}
      - {player: let me in, who: maren, reply: '"No."'}
    outcomes:
      lets_in: {when: Maren tells the player to come in, if: safe, set: {mood: warm}, then: It opens., goto: home}
      password: {says: {player: [open * sesame]}, set: {coins: 0}, then: A click.}
      shouts: {when: Maren shouts, once: true, goto: hall}
    choices:
      - {text: Go back, goto: hall}
    limit: {turns: 4, then: The bolt slides., goto: hall}
  hearth:
    title: The hearth
    talk: [maren, odd, night]
    direction: You sit by the fire.
    order: model
    replies: 3
    crosstalk: true
    interrupts: [{who: odd, keys: [boat, the oars], if: coins > 0}]
    outcomes:
      pours:
        when: Maren hands the player a cup
        ask: Did Maren give you a cup?
        once: true
        set: {mood: warm}
        seen: Steam.
      sends_off: {when: Maren tells the player to leave, seen: The player is sent away., goto: hall}
    choices:
      - {id: lay, text: Put down a coin, if: coins > 0, set: {coins: coins - 1}, seen: 'A coin. {{ coins }} are left.'}
      - {id: leave, text: Go back, seen: The player goes out., goto: hall}
    limit: {turns: 5, seen: The fire goes out., goto: hall}
  home: {ending: Home, text: Home.}
"""
"""A story that uses every part of the rules."""
