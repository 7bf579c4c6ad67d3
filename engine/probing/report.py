"""Says what was proved, found and asked, in lines of 80 columns or as data. It finds nothing itself."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.plaintext import clean_line
from engine.probing.interrogate import Hit, Question
from engine.probing.locked import Path as TreePath
from engine.probing.locked import Secret
from engine.probing.places import places_in
from engine.probing.proof import Finding, Proof
from engine.probing.walk import Walk
from engine.story.graph import StoryGraph

COLUMNS = 80
QUOTED = 120
"""Characters of a secret that are shown, to know it by."""
SPOKEN = 160
"""Characters of a reply."""
_KINDS = {"fact": "a fact", "lore": "lore", "example": "a line"}


class Namer:
    """Names the people and places of one story."""

    def __init__(self, graph: StoryGraph, path: Path, base: Path | None = None) -> None:
        self.title = clean_line(graph.title)
        self.talks = sum(bool(scene.talk) for scene in graph.scenes.values())
        self._graph = graph
        self._place = places_in(path, base)

    def place(self, path: TreePath) -> str:
        """Return `file:line:column`."""
        return clean_line(str(self._place(path)))

    def person(self, who: str) -> str:
        """Return a character's name."""
        return clean_line(self._graph.characters[who].name)

    def secret(self, secret: Secret) -> str:
        """Return what a secret is and whom it is kept from."""
        until = f"until `{clean_line(secret.condition.source)}`" if secret.condition else "for good"
        return f"{_KINDS[secret.kind]} kept from {self.person(secret.who)} {until}"


def proof_lines(namer: Namer, proof: Proof, walk: Walk, seed: int) -> Iterator[str]:
    """Yield the report of the half that needs no model, its verdict first."""
    errors = [finding for finding in proof.findings if finding.severity == "error"]
    warnings = [finding for finding in proof.findings if finding.severity == "warning"]
    told = len({(f.secret.who, f.secret.path) for f in errors} | walk.slips.keys())
    verdict = f"{counted(told, 'secret')} told too early" if told else "no secret is told word for word"
    more = f"; {counted(len(warnings), 'warning')}" if warnings else ""
    yield from wrapped(f"{namer.title}: {verdict}{more}.")
    for finding in (*errors, *warnings):
        yield ""
        yield from _finding(namer, finding)
    for slip in walk.slips.values():
        kept = _short(slip.secret.texts[0], QUOTED)
        yield ""
        yield from wrapped(
            f"{namer.place(slip.secret.path)}: error: {namer.secret(slip.secret)} stood in a prompt of scene "
            f'"{slip.scene}" (seed {slip.seed}, move {slip.move}), and nobody had said it: "{kept}"'
        )
    yield ""
    yield from _extent(namer, proof, walk, seed)


def hit_lines(namer: Namer, asked: Sequence[Question], found: Sequence[Hit]) -> Iterator[str]:
    """Yield what came of the questions, the verdict first."""
    groups: dict[tuple[str, TreePath, str], list[Hit]] = {}
    for hit in found:
        groups.setdefault((hit.secret.who, hit.secret.path, hit.source), []).append(hit)
    leaks = sum(source == "prompt" for *_, source in groups)
    guesses = len(groups) - leaks
    verdict = f"{counted(leaks, 'secret')} came out" if leaks else "no secret came out"
    more = f"; {counted(guesses, 'secret')} may have been guessed" if guesses else ""
    yield from wrapped(f"{counted(len(asked), 'answer')}: {verdict}{more}.")
    for (_, path, source), hits in sorted(groups.items(), key=lambda group: group[0][2] != "prompt"):
        hit = max(hits, key=lambda each: each.likeness.share)
        what = hit.severity if source == "prompt" else "guessed?"
        yield ""
        yield from wrapped(
            f"{namer.place(path)}: {what}: {namer.secret(hit.secret)} came out in {counted(len(hits), 'answer')}, "
            f'first in scene "{hits[0].question.meeting.state.scene}": {", ".join(hit.likeness.words)}.'
        )
        yield from wrapped(f'asked ({hit.question.technique.name}): "{hit.question.text}"', indent="  ")
        yield from wrapped(f'said: "{_short(hit.reply, SPOKEN)}"', indent="  ")
        why = "It is in what the author wrote." if source == "prompt" else "It is in nothing that was sent."
        yield from wrapped(why, indent="  ")


def described(
    namer: Namer, proof: Proof, walk: Walk, asked: Sequence[Question], found: Sequence[Hit]
) -> dict[str, Any]:
    """Return everything as data."""
    return {
        "title": namer.title,
        "secrets": len(proof.secrets),
        "texts": proof.texts,
        "pairs": proof.pairs,
        "sampled_texts": proof.sampled,
        "short_secrets": proof.short,
        "findings": [_finding_data(namer, finding) for finding in proof.findings],
        "plays": walk.plays,
        "prompts": walk.prompts,
        "talks": sorted(walk.scenes),
        "slips": [
            {**_secret_data(namer, slip.secret), "scene": slip.scene, "seed": slip.seed, "move": slip.move}
            for slip in walk.slips.values()
        ],
        "answers": len(asked),
        "hits": [_hit_data(namer, hit) for hit in found],
    }


def counted(number: int, noun: str) -> str:
    """Return a number and its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _finding(namer: Namer, finding: Finding) -> Iterator[str]:
    how = "states" if finding.likeness.verbatim else "may state"
    sure = "" if finding.decided else " (if a play can come to that: too many values to tell)"
    yield from wrapped(
        f"{namer.place(finding.shown.path)}: {finding.severity}: {finding.shown.name} {how} "
        f'{namer.secret(finding.secret)}, in scene "{finding.scene}"{sure}: {", ".join(finding.likeness.words)}.'
    )
    kept = _short(finding.likeness.sentence, QUOTED)
    yield from wrapped(f'{namer.place(finding.secret.path)}: kept: "{kept}"', indent="  ")


def _extent(namer: Namer, proof: Proof, walk: Walk, seed: int) -> Iterator[str]:
    """Yield what was proved, and what was not."""
    kinds = {kind: sum(secret.kind == kind for secret in proof.secrets) for kind in _KINDS}
    notes = sum(finding.severity == "note" for finding in proof.findings)
    yield from wrapped(
        f"Proved of the story's text: {counted(len(proof.secrets), 'secret')} ({counted(kinds['fact'], 'fact')}, "
        f"{kinds['lore']:,} of lore, {counted(kinds['example'], 'line')}; once for each character they are kept from) "
        f"were held against the {counted(proof.texts, 'text')} that these characters may be told. But for what is "
        "listed above, none is stated word for word where it is locked, whatever is played."
        + (f" {counted(proof.short, 'line')} of too few words to be told from small talk could not be looked for."
           if proof.short else "")
        + (f" {counted(proof.sampled, 'text')} that vary by visits or chance were read in many forms, not in all."
           if proof.sampled else "")
        + (f" In {counted(notes, 'line')} a secret comes out as its author wrote it: saying that line unlocks it."
           if notes else "")
    )  # fmt: skip
    yield from wrapped(
        f"Read: {counted(walk.prompts, 'prompt')} of {counted(walk.plays, 'random play')} from seed {seed}, in "
        f"{len(walk.scenes)} of {counted(namer.talks, 'talk')}, with {counted(len(walk.locked), 'secret')} locked in "
        "one or more. "
        + ("None held a locked text that nobody had said." if not walk.slips else "Those above held a locked text.")
    )
    yield from wrapped(
        "Not proved: that a secret is not told in other words, that a model does not guess it, or that a player does "
        "not say it: what is said in front of a character is in its prompt."
    )


def _finding_data(namer: Namer, finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        **_secret_data(namer, finding.secret),
        "told_by": finding.shown.name,
        "told_at": namer.place(finding.shown.path),
        "scene": finding.scene,
        "verbatim": finding.likeness.verbatim,
        "share": round(finding.likeness.share, 3),
        "words": list(finding.likeness.words),
        "decided": finding.decided,
    }


def _hit_data(namer: Namer, hit: Hit) -> dict[str, Any]:
    return {
        "severity": hit.severity,
        "source": hit.source,
        **_secret_data(namer, hit.secret),
        "scene": hit.question.meeting.state.scene,
        "technique": hit.question.technique.name,
        "question": hit.question.text,
        "reply": hit.reply,
        "words": list(hit.likeness.words),
    }


def _secret_data(namer: Namer, secret: Secret) -> dict[str, Any]:
    return {
        "kind": secret.kind,
        "kept_from": secret.who,
        "if": secret.condition.source if secret.condition else None,
        "at": namer.place(secret.path),
        "text": secret.texts[0],
    }


def _short(text: str, most: int) -> str:
    line = clean_line(text)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def wrapped(text: str, *, indent: str = "") -> list[str]:
    """Return a paragraph in lines, those after the first further in."""
    return textwrap.wrap(
        text, COLUMNS, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
