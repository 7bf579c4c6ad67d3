"""A story that its author edits while it is played."""

from __future__ import annotations

from pathlib import Path

TALE = """\
palaver: 1
title: The inn
start: yard
state:
  coins: {start: 3, min: 0, max: 9}
  mood: {start: wary, one_of: [wary, warm]}
  wet: false
  name: ""
characters:
  ana:
    name: Ana
    persona: You are Ana.
    moved_by:
      coins: {by: 1, when: Ana gives the player a coin}
    fallback: '"Hm."'
scenes:
  yard:
    title: The yard
    text: Rain. {{ coins }} coins.
    choices:
      - {id: name, text: Say your name, ask: name, then: 'You are {{ name }}.'}
      - {id: pay, text: Pay, set: {coins: coins - 1}, once: true, then: Paid.}
      - {id: enter, text: Go in, goto: bar}
  bar:
    title: The bar
    talk: ana
    text: A fire.
    outcomes:
      asked_in: {when: Ana offers a bed, says: {ana: [number four]}, goto: bed}
    choices:
      - {id: leave, text: Leave, goto: yard}
  bed: {ending: A bed, text: The sheets are dry.}
"""


def edit(path: Path, old: str, new: str) -> None:
    """Save the story as an editor does, by renaming, with `new` in place of `old`."""
    text = path.read_text("utf-8")
    assert old in text
    save(path, text.replace(old, new))


def save(path: Path, text: str) -> None:
    """Write the file beside itself and rename it."""
    beside = path.with_suffix(".swp")
    beside.write_text(text, "utf-8")
    beside.replace(path)
