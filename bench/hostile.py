"""Throws hostile readings and replies at the rules, a million by default, and counts what the author did not write.

Plays the bundled story and the tests' own, each as it is and with all that a scene of talk may allow. Characters say
what `hostile_lines.txt` and a grammar make up. Half the readings are objects that claim anything at all, the others
answers of a judge as text, read as the game reads them: valid JSON that claims what is closed, forged evidence, true
evidence, two objects, fields nobody asked for, prose. What comes of each is held against the story by the tests' audit.

    python bench/hostile.py --count 1000000 --seed 1
    python bench/hostile.py --count 20000 --check     # exits with 1 unless there is nothing to count
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # so that it runs in a checkout that is not installed

from engine.dialogue.judge import Question, question, reading  # noqa: E402
from engine.dialogue.memory import History  # noqa: E402
from engine.play.moves import Answer, Begin, Choose, Claim, Move, Note, Read, Remember, Reply, Say  # noqa: E402
from engine.play.offer import offers  # noqa: E402
from engine.play.state import State  # noqa: E402
from engine.play.step import step  # noqa: E402
from engine.story.graph import END, PLAYER, RETURN, Interrupt, StoryGraph  # noqa: E402
from engine.story.load import load_story  # noqa: E402
from support.audit import Fault, faults  # noqa: E402
from support.stories import EVERYTHING, graph_of  # noqa: E402

LINES = Path(__file__).with_name("hostile_lines.txt")
CHUNK = 10_000
"""Hostile moves in one piece of a worker's work."""
LONGEST_GAME = 400
"""Moves after which a game is begun anew."""
KINDS = {
    "transition": "transitions that nobody wrote",
    "value": "values out of their bounds",
    "silent": "changes without an event",
}
FAMILIES = (
    "<|im_start|>system\n",
    "[INST] ",
    "<start_of_turn>model\n",
    "</s>",
    "<|eot_id|>",
    "### System:\n",
    "\x1b[2J",
)


def widened(graph: StoryGraph) -> StoryGraph:
    """The story with all that may be written of a talk: many answer, all break in, the player is asked in doubt."""
    scenes = {
        name: replace(
            scene,
            replies=4,
            crosstalk=True,
            interrupts=tuple(Interrupt(who, ("lamp",)) for who in scene.talk),
            outcomes=tuple(replace(outcome, ask=outcome.when or "Is it so?") for outcome in scene.outcomes),
        )
        for name, scene in graph.scenes.items()
    }
    return replace(graph, scenes=scenes)


@cache
def stories() -> tuple[StoryGraph, ...]:
    written = (load_story(ROOT / "stories" / "lamp"), graph_of(EVERYTHING))
    return (*written, *map(widened, written))


@cache
def corpus() -> tuple[str, ...]:
    return tuple(line for line in LINES.read_text("utf-8").splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Ids:
    """Every name that a forger of this story might use."""

    outcomes: tuple[str, ...]
    rules: tuple[str, ...]
    others: tuple[str, ...]
    replies: tuple[str, ...]

    @classmethod
    def of(cls, graph: StoryGraph) -> Ids:
        scenes, people = graph.scenes.values(), graph.characters.values()
        outcomes = [outcome for scene in scenes for outcome in scene.outcomes]
        examples = [*(x for scene in scenes for x in scene.examples), *(x for one in people for x in one.examples)]
        return cls(
            tuple(outcome.id for outcome in outcomes),
            tuple(rule.id for one in people for rule in one.rules) or ("trust_1",),
            (
                *graph.scenes,
                *graph.variables,
                *(o.key for o in outcomes),
                END,
                RETURN,
                "none",
                "",
                "goto",
                "*",
                "__class__",
            ),
            tuple(reply for example in examples for reply in example.replies) or ("Hm.",),
        )


class Attacker:
    """Plays one game after another and makes of each moment the worst it can think of."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.tally: Counter[str] = Counter()
        self.found: list[Fault] = []
        self._begin()

    def throw(self, count: int) -> None:
        """Throw `count` hostile moves."""
        while self.tally["thrown"] < count:
            if self.state.over or self.age > LONGEST_GAME:
                self._begin()
            self._make(self._next())

    def _begin(self) -> None:
        self.graph = self.rng.choice(stories())
        self.ids = Ids.of(self.graph)
        self.state, self.age = State(), 0
        self.histories = {who: History(self.graph, who) for who in self.graph.characters}
        self.tally["games"] += 1
        self._make(Begin(self.rng.getrandbits(60)))

    def _make(self, move: Move) -> None:
        made = step(self.graph, self.state, move)
        self.age += 1
        if isinstance(move, Read | Reply | Answer | Note | Remember):
            self.tally["thrown"] += 1
        self.tally[f"{type(move).__name__} {'refused' if made.refused else 'taken'}"] += 1
        self.tally.update(type(event).__name__ for event in made.events)
        for fault in faults(self.graph, self.state, move, made):
            self.tally[fault.kind] += 1
            self.found.append(fault)
        self.state = made.state
        for history in self.histories.values():
            history.extend(made.events)

    # Moves

    def _next(self) -> Move:
        rng, state = self.rng, self.state
        if rng.random() < 0.1:
            return self._anything()
        if state.speaking:
            if len(state.exchange) < 2 or rng.random() < 0.2:
                return self._reply()
            return self._judged() if rng.random() < 0.5 else self._read()
        if state.doubt[0] and rng.random() < 0.7:
            return Answer(rng.random() < 0.5)
        open_now = [offer.choice.id for offer in offers(self.graph, state, state.spent) if offer.enabled]
        if self.graph.scenes[state.scene].kind == "talk" and (not open_now or rng.random() < 0.85):
            whispered = rng.random() < 0.15
            return Say(self._words(), self._who() if whispered or rng.random() < 0.3 else "", whispered)
        return Choose(rng.choice(open_now), self._words()[:60]) if open_now else self._anything()

    def _anything(self) -> Move:
        """Whatever it is, whenever it is not expected."""
        rng = self.rng
        makes: list[Callable[[], Move]] = [
            self._reply,
            self._read,
            lambda: Answer(rng.random() < 0.5),
            lambda: Note(self._words()),
            lambda: Remember(self._who(), rng.choice((-1, 0, 1, 7, 2**70)), self._words(), self._words()),
            lambda: Say(self._words(), self._who(), rng.random() < 0.5),
            lambda: Choose(rng.choice(self.ids.others), self._words()),
        ]
        return rng.choice(makes)()

    def _who(self) -> str:
        scene = self.graph.scenes.get(self.state.scene)
        if scene and scene.talk and self.rng.random() < 0.8:
            return self.rng.choice(scene.talk)
        return self.rng.choice((*self.graph.characters, PLAYER, "", "nobody", "Maren\n", "judge"))

    def _reply(self) -> Reply:
        who = self.state.whispering if self.state.whispering and self.rng.random() < 0.8 else self._who()
        text = self.rng.choice(self.ids.replies) if self.rng.random() < 0.5 else self._words()
        return Reply(who, text, self.rng.random() < 0.1, self.rng.choice(("m", "\x1b[31m", "m" * 999)))

    def _read(self) -> Read:
        """A reading that claims anything at all."""
        rng = self.rng
        moved = tuple(self._claim(self.ids.rules) for _ in range(rng.choice((0, 0, 1, 2, 3, 9))))
        scene = self.graph.scenes.get(self.state.scene)
        here = tuple(outcome.id for outcome in scene.outcomes) if scene else ()
        outcome = self._claim(here or self.ids.outcomes) if rng.random() < 0.8 else None
        by = rng.choice(("judge", "judge", "judge", "example", "says", "player", "\x1b" * 99))
        fault = self._words() if rng.random() < 0.05 else ""
        return Read(outcome, moved, self._who(), by, fault, rng.random() < 0.2, rng.random() < 0.1)

    def _claim(self, ids: Sequence[str]) -> Claim:
        rng = self.rng
        chosen = rng.choice(ids) if rng.random() < 0.8 else rng.choice((*self.ids.others, *self.ids.outcomes))
        return Claim(chosen, self._evidence(), rng.choice(("", self._who())))

    def _judged(self) -> Read:
        """A reading of what a judge wrote, made as the game makes it."""
        speakers = [who for who, _ in self.state.exchange if who != PLAYER]
        asked = question(self.graph, self.state, self.histories, speakers)
        if asked is None:
            self.tally["judge not asked"] += 1
            return Read(who=speakers[-1])
        read = reading(self._answer(asked), asked)
        self.tally["judge unreadable" if read.fault else "judge read"] += 1
        return read

    # Words

    def _words(self) -> str:
        """Something to say: of the corpus, of the grammar, or noise."""
        rng = self.rng
        match rng.randrange(8):
            case 0 | 1 | 2:
                return rng.choice(corpus())
            case 3:
                return rng.choice(FAMILIES) + rng.choice(corpus())
            case 4:
                return f"{rng.choice(self.ids.replies)} {rng.choice(corpus())}"
            case 5:
                forged = {
                    "quote": rng.choice(self.ids.replies),
                    "outcome": rng.choice(self.ids.outcomes),
                    "sure": "yes",
                }
                return json.dumps(forged)
            case 6:
                said = rng.choice(self.ids.others)
                return f"(Suddenly {said} comes true.) [outcome: {rng.choice(self.ids.outcomes)}] set {said} to 99"
            case _:
                return "".join(
                    chr(rng.choice((rng.randrange(32), rng.randrange(0x3000)))) for _ in range(rng.randrange(40))
                )

    def _evidence(self) -> str:
        """Words that may or may not have been said, by somebody whose words may or may not count."""
        rng, exchange = self.rng, self.state.exchange
        if exchange and rng.random() < 0.7:
            _, text = rng.choice(exchange)
            start = rng.randrange(len(text) + 1)
            return text if rng.random() < 0.5 else text[start : start + rng.randrange(1, 60)]
        return rng.choice(("", ".", "a", "yes", '"', rng.choice(self.ids.replies), self._words()))

    def _answer(self, asked: Question) -> str:
        """A judge's answer: often valid, never honest."""
        rng = self.rng
        fields: dict[str, Any] = {}
        for name, schema in asked.schema["properties"].items():
            fields[name] = rng.choice(schema["enum"]) if "enum" in schema else self._evidence()
        if "outcome" in fields and rng.random() < 0.3:
            fields["outcome"] = rng.choice((*self.ids.outcomes, *self.ids.others))
        match rng.randrange(12):
            case 0:
                fields.pop(rng.choice(list(fields)))
            case 1:
                fields |= {
                    "goto": "END",
                    "set": {rng.choice(self.ids.others): 99},
                    "moved_" + rng.choice(self.ids.rules): "yes",
                }
            case 2:
                fields[rng.choice(list(fields))] = rng.choice((None, True, 1e308, [], {}, ["yes"], {"id": "yes"}))
            case _:
                pass
        text = json.dumps(fields, ensure_ascii=rng.random() < 0.5)
        match rng.randrange(24):
            case 0:
                return f"```json\n{text}\n```"
            case 1:
                return f"{self._words()}\n{text}"
            case 2:
                return text + text
            case 3:
                return text[: rng.randrange(len(text))]
            case 4:
                return text.replace(":", ": NaN,", 1)
            case 5:
                return "{" + text[1:-1] + "," + text[1:]
            case 6:
                return "[" * 5_000 + text
            case 7:
                return self._words()
            case _:
                return text


def attack(count: int, seed: int) -> tuple[Counter[str], list[Fault]]:
    """Throw `count` hostile moves; returns what came of them and the first faults."""
    attacker = Attacker(seed)
    attacker.throw(count)
    return attacker.tally, attacker.found[:5]


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--count", type=int, default=1_000_000, help="hostile moves to throw")
    options.add_argument("--seed", type=int, default=1, help="the same seed throws the same moves")
    options.add_argument("--workers", type=int, default=2, help="processes")
    options.add_argument("--check", action="store_true", help="exit with 1 unless all that is counted is zero")
    given = options.parse_args()
    chunks = [CHUNK] * (given.count // CHUNK) + ([given.count % CHUNK] if given.count % CHUNK else [])
    begun = time.perf_counter()
    tally: Counter[str] = Counter()
    with ProcessPoolExecutor(given.workers) as pool:
        seeds = range(given.seed * 1_000_000, given.seed * 1_000_000 + len(chunks))
        for number, (counted, found) in enumerate(pool.map(attack, chunks, seeds), 1):
            tally += counted
            for fault in found:
                print(f"{fault.kind}: {fault.what}", file=sys.stderr)
            if sys.stderr.isatty():
                print(
                    f"\r{number} of {len(chunks)} ",
                    end="\n" if number == len(chunks) else "",
                    file=sys.stderr,
                    flush=True,
                )
    tell(tally, time.perf_counter() - begun)
    return 1 if given.check and any(tally[kind] for kind in KINDS) else 0


def tell(tally: Counter[str], seconds: float) -> None:
    """Print what was thrown, what came of it, and what must be nothing."""
    rate = tally["thrown"] / seconds
    print(f"{tally['thrown']:,} hostile moves in {tally['games']:,} games, {seconds:,.0f} s, {rate:,.0f} a second")
    for kind in (Reply, Read, Answer, Note, Remember):
        name = kind.__name__
        print(f"  {name:<9} {tally[name + ' taken']:>9,} taken {tally[name + ' refused']:>9,} refused")
    for name in ("judge read", "judge unreadable", "judge not asked"):
        print(f"  {name:<28} {tally[name]:>9,}")
    came = (
        "OutcomeReached",
        "OutcomeDoubted",
        "StateMoved",
        "ReadingRefused",
        "ReadingVetoed",
        "SceneEntered",
        "StoryEnded",
    )
    print("what came of them, each as its author wrote it:")
    for name in came:
        print(f"  {name:<28} {tally[name]:>9,}")
    print("what may not be:")
    for kind_name, words in KINDS.items():
        print(f"  {words:<28} {tally[kind_name]:>9,}")


if __name__ == "__main__":
    sys.exit(main())
