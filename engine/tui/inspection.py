"""Takes the last turn of talk apart for whoever wants to see how it was made: what was sent, answered, read, changed.

It lays out and judges nothing, and knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.dialogue.prompt import Prompt
from engine.llm.protocol import Purpose
from engine.plaintext import clean, clean_line
from engine.play import events as e
from engine.play.moves import Claim, Read
from engine.play.state import State
from engine.report import Asked, Exchange
from engine.story.graph import StoryGraph

LONGEST_BLOCK = 8_000
"""Characters of a block that are shown: its beginning and its end. A report holds all of it."""
GONE = "What came of it was taken back since, and counts no more."
"""Stands over what changed where the player has undone it."""
_AUTHORS = frozenset({"persona", "direction", "knows", "lore", "examples"})
"""Parts of a prompt that the author wrote: a player who reads them knows the story."""
_ASKED: Mapping[Purpose, str] = {
    "act": "reply",
    "judge": "judge",
    "choose": "who answers",
    "summary": "summary",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A titled piece of text."""

    title: str
    text: str
    tokens: int | None = None
    spoils: bool = False
    """It gives the story away."""
    gone: bool = False
    """It was left out of what was sent."""
    cached: bool = False
    """The server had it already."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """One turn of talk, taken apart."""

    sent: tuple[Block, ...]
    """What the character was told, part by part."""
    came: tuple[Block, ...]
    """What was answered, how it was read, what the rules made of that."""
    changes: tuple[str, ...]
    """What is other than before, and what it cost; a line each."""


def inspect(
    graph: StoryGraph,
    exchange: Exchange,
    *,
    prompt: Prompt | None = None,
    dropped: Sequence[str] = (),
    before: State | None = None,
    note: Mapping[str, object] | None = None,
    gone: bool = False,
) -> Inspection:
    """Return what is to be seen of `exchange`.

    `dropped` are the turns that the prompt had no room for; `before` is the state that the turn began with, None where
    that is not known; `note` is what the save keeps of how the turn was made; `gone`: the game is elsewhere since.
    """
    return Inspection(
        tuple(_sent(exchange, prompt, dropped)),
        tuple(_came(graph, exchange)),
        (*((GONE,) if gone else ()), *_changes(graph, exchange, before), *_costs(exchange, note or {})),
    )


def _sent(exchange: Exchange, prompt: Prompt | None, dropped: Sequence[str]) -> Iterator[Block]:
    for asked in (asked for asked in exchange.asked if asked.request.purpose == "act"):
        if prompt is None or prompt.messages != asked.request.messages:
            for message in asked.request.messages:
                yield _block(f"sent as {message.role}", message.content, spoils=message.role == "system")
            continue
        if dropped:
            yield _block(f"left out: {_turns(len(dropped))}", "\n".join(dropped), gone=True)
        cached = asked.finished.usage.cached or 0 if asked.finished else 0
        passed = 0
        for part in prompt.parts:
            passed += part.tokens
            yield _block(part.name, part.text, part.tokens, spoils=part.name in _AUTHORS, cached=passed <= cached)


def _came(graph: StoryGraph, exchange: Exchange) -> Iterator[Block]:
    for asked in exchange.asked:
        request = asked.request
        who = graph.characters.get(request.who)
        name = f"{clean_line(who.name)}: " if who is not None and request.purpose != "choose" else ""
        title = f"{name}{_ASKED[request.purpose]}"
        if request.purpose != "act" and request.messages:
            yield _block(f"{title}, asked", request.messages[-1].content, spoils=True)
        said = asked.finished.text if asked.finished else asked.problem or "nothing: it was stopped"
        title = f"{title}, answered by {clean_line(asked.asked_of)}{_measures(asked)}"
        yield _block(title, said, spoils=request.purpose == "judge")
    if exchange.reading is not None:
        yield _block("read as", "\n".join(_read(exchange.reading)), spoils=True)
    verdict = list(_verdict(exchange.events))
    if verdict:
        yield _block("verdict", "\n".join(verdict), spoils=True)


def _measures(asked: Asked) -> str:
    """What a request took, as far as the server said."""
    facts = []
    if asked.finished is not None:
        usage = asked.finished.usage
        for count, what in ((usage.prompt, "sent"), (usage.cached, "cached"), (usage.completion, "written")):
            facts += [f"{count:,} {what}"] if count is not None else []
    facts += [f"{asked.seconds:.1f} s"] if asked.seconds >= 0.05 else []
    return f" ({', '.join(facts)})" if facts else ""


def _read(read: Read) -> Iterator[str]:
    if read.fault:
        yield f"it could not be read: {clean_line(read.fault)}"
    for kind, claim in _claims(read):
        yield f"{kind} {clean_line(claim.id)}, shown by “{clean_line(claim.evidence)}”"
    if read.unsure:
        yield "the judge was not sure"
    if read.outcome is None and not read.moved:
        yield "nothing has come true"


def _claims(read: Read) -> Iterator[tuple[str, Claim]]:
    if read.outcome is not None:
        yield "outcome", read.outcome
    for claim in read.moved:
        yield "moved", claim


def _verdict(events: Sequence[e.Event]) -> Iterator[str]:
    for event in events:
        match event:
            case e.OutcomeReached(key, by, evidence):
                yield f"✓ {key} by {by}, in “{clean_line(evidence)}”"
            case e.StateMoved(who, rule, evidence):
                yield f"✓ {who}: {rule}, in “{clean_line(evidence)}”"
            case e.OutcomeDoubted(key, evidence):
                yield f"? {key}: the player is asked, for “{clean_line(evidence)}”"
            case e.DoubtAnswered(key, yes):
                yield f"? {key}: the player said {'yes' if yes else 'no'}"
            case e.ReadingRefused(proposed, reason, evidence):
                shown = f", in “{clean_line(evidence)}”" if evidence else ""
                yield f"✗ {clean_line(proposed) or 'the reading'} refused: {clean_line(reason)}{shown}"
            case e.ReadingVetoed(proposed):
                yield f"✗ {clean_line(proposed)} taken back by the player"
            case _:
                pass


def _changes(graph: StoryGraph, exchange: Exchange, before: State | None) -> Iterator[str]:
    if not exchange.events:
        yield "Nothing came of it: the turn failed."
        return
    last: dict[str, object] = {}
    quiet = True
    for event in exchange.events:
        match event:
            case e.VariablesSet(values):
                last |= dict(values)
            case e.SceneEntered(scene) | e.SceneResumed(scene):
                came = f"{before.scene} → " if before is not None else "→ "
                quiet = False
                yield f"scene: {came}{scene}"
            case e.Witnessed(text):
                yield f"seen: {clean_line(text)}"
            case _:
                pass
    for name, value in last.items():
        was = f"{before.values[name]} → " if before is not None and name in before.values else "→ "
        yield f"{name}: {was}{clean_line(str(value))}"
    if quiet and not last:
        yield "Nothing is other than before."


def _costs(exchange: Exchange, note: Mapping[str, object]) -> Iterator[str]:
    facts = []
    seconds = sum(asked.seconds for asked in exchange.asked)
    if seconds >= 0.05:
        facts.append(f"{seconds:.1f} s")
    tokens, micro = note.get("tokens"), note.get("micro_dollars")
    if isinstance(tokens, int) and tokens:
        facts.append(f"{tokens:,} tokens")
    if isinstance(micro, int) and micro:
        from engine.llm.prices import shown

        facts.append(shown(micro))
    if facts:
        yield f"took {', '.join(facts)}"


def _block(
    title: str,
    text: str,
    tokens: int | None = None,
    *,
    spoils: bool = False,
    gone: bool = False,
    cached: bool = False,
) -> Block:
    text = clean(text).strip() or "(nothing)"
    if len(text) > LONGEST_BLOCK:
        half = LONGEST_BLOCK // 2
        left = len(text) - 2 * half
        text = f"{text[:half]}\n… {left:,} characters more; /report writes all of it …\n{text[-half:]}"
    return Block(title, text, tokens, spoils, gone, cached)


def _turns(number: int) -> str:
    return "1 turn" if number == 1 else f"{number:,} turns"
