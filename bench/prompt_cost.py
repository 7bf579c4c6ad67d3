"""Counts what a long talk costs in tokens, sent and not cached, with our trimming and with what others do.

    .venv/bin/python bench/prompt_cost.py [--peers FOLDER] [--check]

The reference dialogue: 200 turns, a persona of 800 tokens, lines of 40, replies of 80, a budget of 4,096. A server on
the loopback interface cuts every request into tokens (a word each, roles are free), finds the longest beginning that
any request before it had, and says in `usage` how much it was sent and how much of that it had cached. What is not
cached is dear: it is read anew, and billed in full. A break is a prompt that shares less than half of the one before.

    palaver            our trimming at a low mark of 60 %, of messages of exactly these sizes
    palaver, whole     the engine's own prompts: beside persona and history they hold rules, labels and a reminder, and
                       keep room for a summary and for four tokens of framing a message, so that less history fits
    sliding window     the oldest turns go as soon as a prompt would pass the budget
    langchain-core     its `trim_messages`: the last messages that fit, from a line of the player's on
    everything         nothing is ever dropped

Each with no judge; with a note of 60 tokens at the very end that is never stored; with a judge at every turn in a
prompt of its own (instructions 170, the six lines before, the turn, a question of 110); and with one that continues the
actor's prompt (reply, then instructions and question). A low mark of 60 % can do no better than 622,800 sent,
42,480 not cached and 12 breaks, and 53,040 not cached with the note: `--check` fails where ours is not exactly that.

langchain-core 1.7.2, November 2026; the same on every machine:

                                no judge           note at the end               fresh judge          continuing judge
                    sent uncached breaks      sent uncached breaks      sent uncached breaks      sent uncached breaks
palaver          622,800   42,480     12   613,200   53,040     12   774,080  159,210     12 1,317,600   99,520     12
palaver, whole   543,283   37,107     13         -        -      -   694,563  153,837     13 1,158,566  109,107     13
sliding window   770,640  568,240    172   761,880  562,640    173   921,920  684,970    172 1,613,280  638,080    172
langchain-core   770,640  568,240    172   761,880  562,640    173   921,920  684,970    172 1,613,280  638,080    172
everything     2,556,000   24,720      0 2,568,000   36,720      0 2,707,280  141,450      0 5,184,000   80,800      0
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from peers import environment, installed

from engine.dialogue.messages import Message
from engine.dialogue.prompt import assemble
from engine.dialogue.recall import Recall
from engine.dialogue.summary import due, extracted
from engine.dialogue.tokens import Exact
from engine.dialogue.window import Window
from engine.play import events as e
from engine.play.state import State, fold
from engine.story.graph import Character, Scene, StoryGraph

TURNS, PERSONA, LINE, REPLY, BUDGET = 200, 800, 40, 80, 4_096
NOTE = 60
INSTRUCTIONS, QUESTION, EARLIER = 170, 110, 6
KEPT_FREE = 300
BOUND = (622_800, 42_480, 12)
BOUND_WITH_NOTE = 53_040
PEERS = ("langchain-core",)

Judge = Literal["none", "fresh", "continuing"]
Way = Callable[["Talk"], Iterator[tuple[Message, ...]]]
"""Yields the prompt of each turn; the reply stands in the talk when the next is asked for."""


# The server


class _Server(asyncio.Protocol):
    """Answers with as many words as it is asked for, and counts what it is sent."""

    def __init__(self, caches: dict[str, set[int]], replies: Iterator[int]) -> None:
        self.caches = caches
        self.replies = replies

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.got = bytearray()

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, found, body = bytes(self.got).partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if not found or length is None or len(body) < int(length[1]):
            return
        self.got.clear()
        request = json.loads(body)
        words = " ".join(message["content"] for message in request["messages"]).split()
        cached = _shared(words, self.caches.setdefault(request["model"], set()))
        number, size = next(self.replies), request["max_tokens"]
        usage = {
            "prompt_tokens": len(words),
            "completion_tokens": size,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        reply = " ".join(f"r{number}.{at}" for at in range(size))
        choice = {"index": 0, "delta": {"role": "assistant", "content": reply}, "finish_reason": "stop"}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": request["model"]}
        event = json.dumps({**chunk, "choices": [choice], "usage": usage})
        answer = f"data: {event}\n\ndata: [DONE]\n\n".encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer
        )


def _shared(words: list[str], cache: set[int]) -> int:
    """Return how many of the words begin something that was sent before, and remember them all."""
    beginning, shared, known = 0, 0, True
    for word in words:
        beginning = hash((beginning, word))
        known = known and beginning in cache
        shared += known
        cache.add(beginning)
    return shared


async def _serve() -> None:
    caches: dict[str, set[int]] = {}
    replies = itertools.count()
    server = await asyncio.get_running_loop().create_server(lambda: _Server(caches, replies), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def _served() -> Iterator[str]:
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        finally:
            server.terminate()


# The talk


def _words(count: int, kind: str, number: int = 0) -> str:
    return " ".join(f"{kind}{number}.{at}" for at in range(count))


class Talk:
    """What was said so far, and what is said next."""

    def __init__(self, note: int) -> None:
        self.note = note
        """Tokens of the note at the very end."""
        self.replies: list[str] = []

    @property
    def line(self) -> str:
        return _words(LINE, "line", len(self.replies))

    def turn(self, number: int) -> tuple[Message, Message]:
        return Message("user", _words(LINE, "line", number)), Message("assistant", self.replies[number])

    def prompt(self, first: int) -> tuple[Message, ...]:
        """Return the prompt that holds the turns from `first` on."""
        turns = (message for number in range(first, len(self.replies)) for message in self.turn(number))
        note = f" {_words(self.note, 'note', len(self.replies))}" if self.note else ""
        return (Message("system", _words(PERSONA, "persona")), *turns, Message("user", self.line + note))


def _palaver(talk: Talk) -> Iterator[tuple[Message, ...]]:
    window = Window(BUDGET)
    while True:
        yield talk.prompt(window.cut(PERSONA + talk.note, LINE).start)
        window.add(LINE, LINE + REPLY)


class _Counted:
    """A token for each word."""

    def encode_ordinary(self, text: str) -> list[str]:
        return text.split()


def _whole(talk: Talk) -> Iterator[tuple[Message, ...]]:
    person = Character("maren", "Maren", _words(PERSONA, "persona"))
    scene = Scene("door", "talk", "The door", "", talk=("maren",))
    graph = StoryGraph("s", "S", "door", "", {}, {"maren": person}, {"door": scene}, {})
    recall = Recall(graph, "maren", Exact(_Counted()), context=BUDGET + KEPT_FREE, reply=KEPT_FREE)
    state = State()

    def happen(*events: e.Event) -> None:
        nonlocal state
        state = fold(events, state)
        recall.extend(events)

    happen(e.SceneEntered("door"))
    while True:
        said = e.PlayerSpoke(talk.line)
        asked = fold((said,), state)
        if missing := due(graph, asked, recall):
            summary = extracted(graph, missing, missing.room, recall.counter)
            happen(e.Summarised("maren", missing.upto, summary, "authored"))
        yield assemble(graph, asked, recall).messages
        happen(said, e.CharacterSpoke("maren", talk.replies[-1]), e.TalkTurnEnded())


def _sliding(talk: Talk) -> Iterator[tuple[Message, ...]]:
    room = BUDGET - PERSONA - LINE - talk.note
    while True:
        yield talk.prompt(max(0, len(talk.replies) - room // (LINE + REPLY)))


def _langchain(talk: Talk) -> Iterator[tuple[Message, ...]]:
    from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, trim_messages

    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    roles: dict[str, Literal["system", "user", "assistant"]] = {
        "system": "system", "human": "user", "ai": "assistant",
    }  # fmt: skip

    def count(messages: list[BaseMessage]) -> int:
        return sum(len(str(message.content).split()) for message in messages)

    while True:
        kept = trim_messages(
            [kinds[message.role](message.content) for message in talk.prompt(0)],
            max_tokens=BUDGET, token_counter=count, strategy="last", include_system=True, start_on="human",
        )  # fmt: skip
        yield tuple(Message(roles[message.type], str(message.content)) for message in kept)


def _everything(talk: Talk) -> Iterator[tuple[Message, ...]]:
    while True:
        yield talk.prompt(0)


WAYS: dict[str, Way] = {
    "palaver": _palaver,
    "palaver, whole": _whole,
    "sliding window": _sliding,
    "langchain-core": _langchain,
    "everything": _everything,
}
COLUMNS: dict[str, tuple[Judge, int]] = {
    "no judge": ("none", 0), "note at the end": ("none", NOTE), "fresh judge": ("fresh", 0),
    "continuing judge": ("continuing", 0),
}  # fmt: skip


# Counting


@dataclass
class Cost:
    """What a talk cost, as the server counted it."""

    sent: int = 0
    uncached: int = 0
    breaks: int = 0
    last: int = 0
    """Tokens of the prompt before."""


def _judged(judge: Judge, asked: tuple[Message, ...], talk: Talk) -> tuple[Message, ...]:
    """Return what the judge of the turn just answered is asked."""
    number = len(talk.replies) - 1
    question = Message("user", _words(QUESTION, "question", number))
    if judge == "continuing":
        end = f"{_words(INSTRUCTIONS, 'judge')} {question.content}"
        return (*asked, Message("assistant", talk.replies[-1]), Message("user", end))
    lines = [message for before in range(max(0, number - EARLIER // 2), number + 1) for message in talk.turn(before)]
    return (Message("system", _words(INSTRUCTIONS, "judge")), *lines, question)


def _asking(url: str, name: str) -> Callable[[tuple[Message, ...], int, Cost], Awaitable[str]]:
    from engine.llm.client import HttpModel
    from engine.llm.endpoint import Endpoint
    from engine.llm.protocol import Finished, Request

    model = HttpModel(Endpoint(url, name))

    async def ask(messages: tuple[Message, ...], size: int, cost: Cost) -> str:
        async for piece in model.stream(Request("act", messages, {"max_tokens": size})):
            if isinstance(piece, Finished):
                usage = piece.usage
                assert usage.prompt is not None
                assert usage.cached is not None
                cost.sent += usage.prompt
                cost.uncached += usage.prompt - usage.cached
                cost.breaks += usage.cached < cost.last // 2
                cost.last = usage.prompt
                return piece.text
        raise AssertionError("the server gave no answer")

    return ask


async def _cost(url: str, name: str, column: str) -> Cost:
    judge, note = COLUMNS[column]
    talk, cost, judging = Talk(note), Cost(), Cost()
    prompts = WAYS[name](talk)
    ask = _asking(url, f"{name}/{column}")
    for _ in range(TURNS):
        asked = next(prompts)
        talk.replies.append(await ask(asked, REPLY, cost))
        if judge != "none":
            await ask(_judged(judge, asked, talk), 1, judging)
    return Cost(cost.sent + judging.sent, cost.uncached + judging.uncached, cost.breaks)


def _report(url: str, had: list[str]) -> bool:
    """Print the table; return whether ours is at the bound."""
    print(f"{'':14}" + "".join(f"{column:>26}" for column in COLUMNS))
    print(f"{'':14}" + f"{'sent':>10}{'uncached':>9}{'breaks':>7}" * len(COLUMNS))
    found: dict[tuple[str, str], Cost] = {}
    for name in WAYS:
        if name in PEERS and name not in had:
            continue
        print(f"{name:14}", end="", flush=True)
        for column in COLUMNS:
            if name == "palaver, whole" and column == "note at the end":  # it always has one: the reminder
                print(f"{'-':>10}{'-':>9}{'-':>7}", end="", flush=True)
                continue
            cost = found[name, column] = asyncio.run(_cost(url, name, column))
            print(f"{cost.sent:10,}{cost.uncached:9,}{cost.breaks:7}", end="", flush=True)
        print()
    plain, with_note = found["palaver", "no judge"], found["palaver", "note at the end"]
    reached = (plain.sent, plain.uncached, plain.breaks) == BOUND and with_note.uncached == BOUND_WITH_NOTE
    print(
        f"\nours is {'exactly' if reached else 'NOT'} at the bound: {BOUND[0]:,} sent, {BOUND[1]:,} not cached, ",
        end="",
    )
    print(f"{BOUND[2]} breaks; {BOUND_WITH_NOTE:,} not cached with the note")
    return reached


def main() -> int:
    parser = argparse.ArgumentParser(description="What a long talk costs in tokens.")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="where the peers' environment is kept")
    parser.add_argument("--check", action="store_true", help="fail where ours is not at the bound")
    for hidden in ("--measure", "--serve"):
        parser.add_argument(hidden, nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(_serve())
        return 0
    if given.measure is not None:
        with _served() as url:
            return 0 if _report(url, given.measure) or not given.check else 1
    python, had = installed(given.peers, ("httpx", *PEERS))
    if "httpx" not in had:
        return 2
    command = [str(python), __file__, *(["--check"] if given.check else []), "--measure", *had]
    return subprocess.run(command, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
