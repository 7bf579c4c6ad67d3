"""Proves that nothing a story tells a character states what it keeps from them, or says where it does.

A secret and a text are a finding when the text states the secret (see `wording`) and some moment of the story may show
the text while the secret is locked (see `reach`). It reads what the author wrote and plays nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.probing.locked import Secret, Shown, secrets, shown_to, talks_of
from engine.probing.reach import UNKNOWN, Moment, Reach, after, may_fail, may_hold
from engine.probing.wording import SHARE, Likeness, Sentence, Wording, sentences, stems, told, whole
from engine.story.graph import StoryGraph

Severity = Literal["error", "warning", "note"]
SHARE_OF_A_LINE = 0.8
"""Of an example's telling words what another text must hold: lines of one character are alike in much."""
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}
FEWEST_OF_A_LINE = 6
"""Telling words that an example's reply needs to be told from small talk."""
VISITS, DRAWS = 8, 4
"""A text that varies by visits is read as on so many of them, one that draws by chance with so many seeds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A text that states a secret where it is locked."""

    severity: Severity
    """An error states it word for word, a warning shares its telling words. A note is a character's own line in which
    the secret comes out: saying it is what unlocks it."""
    secret: Secret
    shown: Shown
    likeness: Likeness
    scene: str
    """A scene in which it may be told."""
    decided: bool
    """A moment that shows it was found; else there were too many to look at, and it is taken to be possible."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found, and how much was looked at."""

    findings: tuple[Finding, ...]
    """Errors first, then by how much is shared."""
    secrets: tuple[Secret, ...]
    texts: int
    pairs: int
    """Secrets and texts that were held against each other."""
    sampled: int
    """Texts of these that vary by visits or chance: read in many of their forms, not in all."""
    short: int
    """Secrets of too few telling words to be recognised."""


def prove(graph: StoryGraph) -> Proof:
    """Hold every text against every secret of the character it is told."""
    found, texts, pairs, sampled = list[Finding](), 0, 0, 0
    locked, prover = secrets(graph), _Prover(graph)
    for who in dict.fromkeys(secret.who for secret in locked):
        shown = shown_to(graph, who)
        own = [secret for secret in locked if secret.who == who]
        texts += len(shown)
        pairs += len(shown) * len(own)
        sampled += sum(_varies(each) for each in shown)
        index = _Index(graph, shown)
        found += (finding for secret in own for finding in prover.findings(secret, index))
    found.sort(key=lambda finding: (_ORDER[finding.severity], -finding.likeness.share))
    short = sum(not statements(secret) for secret in locked)
    return Proof(tuple(found), locked, texts, pairs, sampled, short)


def wording_of(graph: StoryGraph) -> Wording:
    """Return what the words of a story are worth: counted over all that anybody is told."""
    texts = {
        shown.path: shown.source for who in graph.characters if talks_of(graph, who) for shown in shown_to(graph, who)
    }
    hidden = {secret.path: " ".join(secret.texts) for secret in secrets(graph)}
    return Wording((*texts.values(), *(text for path, text in hidden.items() if path not in texts)))


def statements(secret: Secret) -> tuple[Sentence, ...]:
    """Return the sentences by which a secret is recognised: of a fact each by itself, of a line only the whole of it.

    A line's single sentences keep nothing: its sisters for other moments share them.
    """
    if secret.kind == "example":
        return tuple(line for line in map(whole, secret.texts) if len(line.words) >= FEWEST_OF_A_LINE)
    found = (sentence for text in secret.texts for sentence in sentences(text))
    return tuple(sentence for sentence in found if len(sentence.words) >= 2)


class _Index:
    """Texts by their words: each secret meets only those that share some with it, in the bundled story 7 in 100."""

    def __init__(self, graph: StoryGraph, texts: Sequence[Shown]) -> None:
        self._texts = texts
        self._places: dict[str, list[int]] = {}
        for number, text in enumerate(texts):
            for stem in _words_of(graph, text):
                self._places.setdefault(stem, []).append(number)

    def sharing(self, wanted: Iterable[Sentence]) -> Iterator[Shown]:
        """Yield the texts that share two words or more with one of these sentences, in their order."""
        found: set[int] = set()
        for sentence in wanted:
            shared = Counter(number for stem in sentence.words for number in self._places.get(stem, ()))
            found |= {number for number, count in shared.items() if count > 1}
        return (self._texts[number] for number in sorted(found))


class _Prover:
    """Holds texts of one story against secrets."""

    def __init__(self, graph: StoryGraph) -> None:
        self._graph = graph
        self._reach, self._wording = Reach(graph), wording_of(graph)

    def findings(self, secret: Secret, index: _Index) -> Iterator[Finding]:
        """Yield the clearest statement of the secret in each text, if it may be shown while the secret is locked."""
        wanted = statements(secret)
        for text in index.sharing(wanted):
            if text.path[: len(secret.path)] == secret.path or _opens_with(secret, text):
                continue
            if secret.kind == "example" and text.line:
                continue  # a line that stands in two examples is unlocked by either
            if any(self._may_state(secret, sentence, text) for sentence in wanted):
                found = [*self._told_while_locked(secret, text, wanted)]
                if found:
                    yield max(found, key=lambda each: (each.likeness.verbatim, each.likeness.share))

    def _may_state(self, secret: Secret, sentence: Sentence, text: Shown) -> bool:
        """Tell whether some form of the text may state the sentence: a quick look at all of its words."""
        if isinstance(text.text, str) or text.text.constant:
            return self._likeness(secret, sentence, text.source) is not None
        words = _words_of(self._graph, text)
        weigh = self._wording.weight
        total = sum(map(weigh, sentence.words))
        return sum(weigh(stem) for stem in sentence.words if stem in words) >= SHARE * total

    def _told_while_locked(self, secret: Secret, text: Shown, wanted: Sequence[Sentence]) -> Iterator[Finding]:
        """Yield the statements of the secret that may be shown while it is locked, each form of the text once."""
        scenes = {text.scene} if text.scene else {scene.id for scene in talks_of(self._graph, secret.who)}
        moments = self._reach.moments(_reads(secret, text))
        if moments is None:
            for likeness in self._likenesses(secret, wanted, text.source):
                yield Finding("warning", secret, text, likeness, min(scenes), decided=False)
            return
        seen: set[tuple[str, bool]] = set()
        for moment in moments:
            if moment.scene not in scenes or not all(may_hold(condition, moment) for condition in text.conditions):
                continue
            then = after(self._graph, moment, text.effects) if text.effects else moment
            if not may_fail(secret.condition, then):
                continue
            comes_out = bool(text.outcome) and not may_fail(secret.condition, after(self._graph, then, text.outcome))
            for words in _forms(text, then):
                if (words, comes_out) not in seen:
                    seen.add((words, comes_out))
                    for likeness in self._likenesses(secret, wanted, words):
                        severity: Severity = "error" if likeness.verbatim else "warning"
                        severity = "note" if comes_out else severity
                        yield Finding(severity, secret, text, likeness, moment.scene, decided=True)

    def _likenesses(self, secret: Secret, wanted: Sequence[Sentence], text: str) -> Iterator[Likeness]:
        for sentence in wanted:
            found = self._likeness(secret, sentence, text)
            if found is not None:
                yield found

    def _likeness(self, secret: Secret, sentence: Sentence, text: str) -> Likeness | None:
        share = SHARE_OF_A_LINE if secret.kind == "example" else SHARE
        return self._wording.likeness(sentence, told(text), share=share)


def _words_of(graph: StoryGraph, text: Shown) -> frozenset[str]:
    """Return the words that a text may show: its own, and the options of what it shows the value of."""
    words = stems(text.source)
    for name in () if isinstance(text.text, str) else text.text.reads & graph.variables.keys():
        for option in graph.variables[name].options:
            words |= stems(option)
    return words


def _opens_with(secret: Secret, text: Shown) -> bool:
    """Tell whether the text waits for the very condition of the secret."""
    return secret.condition is not None and any(
        condition.source == secret.condition.source and not _counts(condition.reads) for condition in text.conditions
    )


def _reads(secret: Secret, text: Shown) -> frozenset[str]:
    """Return what decides whether the text is shown, how it reads, and whether the secret is locked."""
    reads = set(secret.condition.reads if secret.condition else ())
    for condition in text.conditions:
        reads |= condition.reads
    return frozenset(reads if isinstance(text.text, str) else reads | text.text.reads)


def _forms(text: Shown, moment: Moment) -> set[str]:
    """Return how a text reads at a moment, in each of the forms that its visits and draws may give it."""
    if isinstance(text.text, str):
        return {text.text}
    visits = range(1, VISITS + 1) if "@visits" in text.text.reads else (1,)
    draws = range(DRAWS) if _counts(text.text.reads) else (0,)
    forms = {
        text.text.render(replace(moment, visits={**moment.visits, moment.scene: visit}, turns=draw, seed=draw))
        for visit in visits
        for draw in draws
    }
    if text.text.reads - UNKNOWN <= moment.known:
        return forms
    return {*forms, text.source}  # it shows a value that is not known


def _varies(text: Shown) -> bool:
    return not isinstance(text.text, str) and _counts(text.text.reads)


def _counts(reads: frozenset[str]) -> bool:
    return "@visits" in reads or "@turns" in reads
