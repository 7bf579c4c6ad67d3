"""Measures what choosing the turns that stay in a prompt costs at each turn: ours, langchain-core's and litellm's.

    .venv/bin/python bench/trim.py [--peers FOLDER] [--check]

A talk of so many messages (lines of 40 tokens, replies of 80, a persona of 800; budget 4,096) goes on for some more
turns, and each is timed. `turn` is what the engine does with a turn that is over: the two new messages are kept and
counted with the table o200k_base, and the history is cut; `prompt` is all of a prompt, with persona, rules and lore
counted anew. Of langchain-core and litellm `trim_messages` is timed over the whole list, which is how they are called:
langchain-core with a counter that has every message's count at hand, litellm with its own, which counts all anew and
takes seconds where the oldest message has to be shortened to fit. The peers are no dependencies: they go into a virtual
environment in the temporary folder, made at the first run; one that cannot be installed is left out, and said so.
`--check` fails where a turn of ours takes more than 0.05 ms or more at 20,000 messages than twice that at 200.

Two cores, Python 3.11, langchain-core 1.7.2, litellm 1.83.0, November 2026:

                            200 messages     2,000 messages    20,000 messages
    palaver, turn               0.031 ms           0.031 ms           0.031 ms
    palaver, prompt             0.169 ms           0.167 ms           0.169 ms
    langchain-core              0.062 ms           0.301 ms           6.259 ms
    litellm                    47.070 ms       2,929.005 ms         231.999 ms
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from peers import environment, installed

LENGTHS = (200, 2_000, 20_000)
BUDGET = 4_096
TURNS = 200
"""Turns timed of ours at each length."""
PEERS_TURNS = 7
"""Turns timed of the others."""
SIZES = {"system": 800, "human": 40, "ai": 80}
"""Tokens of the messages, at hand for langchain-core."""
MOST_MS = 0.05
MOST_GROWTH = 2.0
COMMON = ("the", "lamp", "and", "a", "storm", "on", "that", "coast", "was", "out", "for", "one", "more", "night", "by")


def _words(count: int, seed: int) -> str:
    """Text of about `count` tokens, unlike any other."""
    return " ".join([str(seed), *(COMMON[(seed + at) % len(COMMON)] for at in range(count - 2))])


def _clocked(action: Callable[[], object]) -> float:
    """Milliseconds that `action` takes."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1000


# Ours


def _ours(length: int, *, whole: bool) -> Iterator[float]:
    """Milliseconds of each further turn of a talk of `length` messages."""
    from engine.dialogue.prompt import assemble
    from engine.dialogue.recall import Recall
    from engine.dialogue.tokens import Exact
    from engine.llm.ranks import load_encoding
    from engine.play import events as e
    from engine.play.state import State, fold
    from engine.story.graph import Character, Scene, StoryGraph

    person = Character("maren", "Maren", _words(800, 0))
    scene = Scene("door", "talk", "The door", "", talk=("maren",))
    graph = StoryGraph("s", "S", "door", "", {}, {"maren": person}, {"door": scene}, {})
    counter = Exact(load_encoding())

    def said(number: int) -> tuple[e.Event, ...]:
        return (
            e.PlayerSpoke(_words(36, number)), e.CharacterSpoke("maren", _words(80, number)), e.TalkTurnEnded(),
        )  # fmt: skip

    entered = e.SceneEntered("door")
    recall = Recall(graph, "maren", counter, context=BUDGET + 300, reply=300)
    recall.extend((entered, *(event for number in range(length // 2) for event in said(number))))
    state = fold((entered,), State())
    line = fold((e.PlayerSpoke(_words(36, -1)),), state)
    under_way = recall.history.under_way(line.exchange)
    assemble(graph, line, recall)
    for number in range(length // 2, length // 2 + TURNS):
        happened = said(number)

        def turn(happened: tuple[e.Event, ...] = happened) -> None:
            recall.extend(happened)
            recall.kept(1_200, under_way)

        def prompt(happened: tuple[e.Event, ...] = happened) -> None:
            recall.extend(happened)
            assemble(graph, line, recall)

        yield _clocked(prompt if whole else turn)


# The others


def _langchain(length: int) -> Iterator[float]:
    from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, trim_messages

    def count(messages: Iterable[BaseMessage]) -> int:
        return sum(SIZES[message.type] for message in messages)

    talk: list[BaseMessage] = [SystemMessage(_words(800, 0))]
    for number in range(length // 2 + PEERS_TURNS):
        talk.append(HumanMessage(_words(40, number)))
        if number >= length // 2:
            yield _clocked(
                lambda: trim_messages(
                    talk, max_tokens=BUDGET, token_counter=count, strategy="last", include_system=True, start_on="human"
                )
            )
        talk.append(AIMessage(_words(80, number)))


def _litellm(length: int) -> Iterator[float]:
    import litellm
    from litellm.utils import trim_messages

    litellm.telemetry = False
    talk: list[dict[str, Any]] = [{"role": "system", "content": _words(800, 0)}]
    for number in range(length // 2 + PEERS_TURNS):
        talk.append({"role": "user", "content": _words(40, number)})
        if number == length // 2:
            trim_messages(talk[:50], model="gpt-4o", max_tokens=1_000)  # loads its table
        if number >= length // 2:
            yield _clocked(lambda: trim_messages(talk, model="gpt-4o", max_tokens=BUDGET))
        talk.append({"role": "assistant", "content": _words(80, number)})


WAYS: dict[str, Callable[[int], Iterator[float]]] = {
    "palaver, turn": lambda length: _ours(length, whole=False),
    "palaver, prompt": lambda length: _ours(length, whole=True),
    "langchain-core": _langchain,
    "litellm": _litellm,
}
PEERS = ("langchain-core", "litellm")


def _report(had: list[str]) -> bool:
    """Print the table; return whether ours reaches its targets."""
    print(f"{'':17}" + "".join(f"{length:>10,} messages" for length in LENGTHS))
    middles: dict[str, list[float]] = {}
    for name, way in WAYS.items():
        if name in PEERS and name not in had:
            continue
        middles[name] = []
        print(f"{name:17}", end="", flush=True)
        for length in LENGTHS:
            gc.collect()
            gc.freeze()  # or the longer talk pays for the collector's walk through it
            middles[name].append(statistics.median(way(length)))
            gc.unfreeze()
            print(f"{middles[name][-1]:16,.3f} ms", end="", flush=True)
        print()
    ours = middles["palaver, turn"]
    growth = ours[-1] / ours[0]
    print(f"\nours: at most {max(ours):.3f} ms a turn (target: at most {MOST_MS})")
    print(f"at 20,000 messages {growth:.2f} times that at 200 (target: at most {MOST_GROWTH:g})")
    return max(ours) <= MOST_MS and growth <= MOST_GROWTH


def main() -> int:
    parser = argparse.ArgumentParser(description="What choosing the turns of a prompt costs.")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="where the peers' environment is kept")
    parser.add_argument("--check", action="store_true", help="fail where a target is missed")
    parser.add_argument("--measure", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure is not None:
        return 0 if _report(given.measure) or not given.check else 1
    python, had = installed(given.peers, ("tiktoken", *PEERS))
    if "tiktoken" not in had:
        return 2
    command = [str(python), __file__, *(["--check"] if given.check else []), "--measure", *had]
    return subprocess.run(command, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
