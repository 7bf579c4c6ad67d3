"""A small story with all that tests can speak of, and a way to run tests against it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from engine.storytest.cases import Suite
from engine.storytest.checking import Failure
from engine.storytest.playing import Result, play
from engine.storytest.suites import load_suites

STORY = """\
palaver: 1
title: The inn
start: bar
state:
  coins: {start: 2, min: 0, max: 5}
  mood: {start: cold, one_of: [cold, warm]}
  name: ""
  paid: false
let: {rich: coins >= 3}
characters:
  ana:
    name: Ana
    persona: You are Ana, who keeps the inn.
    knows:
      - {if: paid, fact: Room four has a ghost.}
    moved_by:
      coins: {by: -1, when: the player pays}
      mood: {to: warm, when: the player is kind}
    examples:
      - {player: [hello, good evening], reply: ['"Evening."', '"You are late."']}
      - {player: [a room, is there a bed], reply: '"Number four." She puts a key down.', outcome: gives_key}
    fallback: ['"Mm."', She wipes the bar.]
  bo:
    name: Bo
    persona: You are Bo, who drinks here.
    examples:
      - {player: [what are you drinking], reply: '"Cider."'}
    fallback: Bo drinks.
scenes:
  bar:
    title: The bar
    text: Nobody but the landlady, and the rain.
    talk: [ana, bo]
    opening: {ana: '"Shut the door."'}
    replies: 2
    crosstalk: true
    outcomes:
      gives_key:
        when: Ana gives the player a key
        if: coins > 0
        ask: Did she give you a key?
        set: {paid: true}
        goto: hall
      begs: {when: the player begs, shown_by: player, once: true, set: {coins: coins + 1}}
    choices:
      - {id: sign, text: Sign the book, ask: name, once: true, then: "It says {{ name }}."}
      - {id: steal, text: Steal a spoon, enabled_if: rich, reason: You are not rich enough to dare., goto: END}
      - {id: out, text: Go back out, goto: road}
    limit: {turns: 8, then: She puts out the lamp., goto: road}
  hall:
    title: The hall
    set: {coins: coins - 1}
    text: It creaks. {% if visits > 1 %}Again.{% endif %}
    choices:
      - {id: up, text: Go up, goto: room}
      - {id: back, text: Go back, goto: bar}
  room: {ending: A bed, text: The sheets are dry.}
  road: {ending: The road, text: It is still raining.}
"""


def folder(path: Path, tests: str = "", *, story: str = STORY) -> Path:
    """Write the inn, and tests beside it."""
    inn = path / "inn"
    (inn / "tests").mkdir(parents=True)
    (inn / "story.yaml").write_text(story, "utf-8")
    if tests:
        (inn / "tests" / "bar.yaml").write_text(tests, "utf-8")
    return inn


def suite(path: Path, tests: str, *, story: str = STORY) -> Suite:
    inn = folder(path, tests, story=story)
    (read,) = load_suites(inn, [inn / "tests" / "bar.yaml"], base=path)
    return read


def results(path: Path, tests: str, *, story: str = STORY) -> dict[str, Result]:
    """Run tests that are written without a mistake."""
    read = suite(path, tests, story=story)
    assert read.diagnostics == ()
    return {case.name: asyncio.run(play(read.graph, case)) for case in read.cases}


def failures(path: Path, test: str, *, story: str = STORY) -> tuple[Failure, ...]:
    """Run one test, given without its name; returns what was not as expected."""
    indented = "".join(f"    {line}\n" for line in test.strip("\n").split("\n"))
    return results(path, f"tests:\n  it:\n{indented}", story=story)["it"].failures


def one(path: Path, test: str, *, story: str = STORY) -> tuple[str, str]:
    """Return what the only failure expected and found."""
    (failure,) = failures(path, test, story=story)
    return failure.expected, failure.found
