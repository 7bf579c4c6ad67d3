"""What comes of a reading: which of its claims are taken, and why the others are not.

It believes no claim. What is moved or recognised is the author's, is open now, and is shown by words of the dialogue;
every other claim leaves an event that says what was wrong with it. It goes nowhere: that is for `step`.
"""

from __future__ import annotations

from engine.plaintext import clean_line
from engine.play import events as e
from engine.play.evidence import quoted
from engine.play.moves import Claim, Read
from engine.play.offer import open_rules, outcome_open
from engine.play.record import Record
from engine.play.says import said
from engine.play.values import moved
from engine.story.graph import PLAYER, MoveRule, Outcome, Scene, ShownBy

LONGEST_EVIDENCE = 20_000
"""Characters of a quote that are looked for: a whole reply."""
NOT_SURE = "the judge was not sure"
"""Why a reading was refused that nobody would answer for."""
MOST_CLAIMS = 100
"""Claims about moves that are looked at in one reading."""


def recognised(record: Record, scene: Scene, read: Read) -> Outcome | None:
    """Record what comes of `read` in the open turn; return the outcome that has come true, or None."""
    if read.fault:
        record.happen(e.ReadingRefused("", clean_line(read.fault)[:200]))
    if read.vetoed:
        _veto(record, scene, read)
        return None
    _move_state(record, read)
    return _recognise(record, scene, read)


def _veto(record: Record, scene: Scene, read: Read) -> None:
    """Keep what was claimed as what was not meant."""
    if read.outcome is not None:
        claimed = read.outcome.id
        key = next((outcome.key for outcome in scene.outcomes if outcome.id == claimed), claimed)
        record.happen(e.ReadingVetoed(*_kept(key, read.outcome.evidence)))
    for claim in read.moved[:MOST_CLAIMS]:
        record.happen(e.ReadingVetoed(*_kept(f"{claim.who or read.who}.{claim.id}", claim.evidence)))


def _move_state(record: Record, read: Read) -> None:
    """Carry out the move rules that were claimed: one step a variable, with evidence, within its bounds."""
    if not read.moved:
        return
    speakers = dict.fromkeys(who for who, _ in record.draft.exchange)
    rules: dict[tuple[str, str], MoveRule] = {
        (who, rule.id): rule for who in speakers for rule in open_rules(record.graph, record.draft, who)
    }
    done: set[str] = set()
    for claim in read.moved[:MOST_CLAIMS]:
        who = claim.who or read.who
        rule = rules.get((who, claim.id))
        if rule is None:
            _refuse(record, claim, "it is not a move this character can make now")
        elif rule.variable in done:
            _refuse(record, claim, "this turn has moved it already")
        elif not _evident(record, claim, "anyone"):
            _refuse(record, claim, "its evidence is not in the dialogue")
        else:
            done.add(rule.variable)
            record.happen(e.StateMoved(who, rule.id, _words(claim)))
            now = record.draft.values.get(rule.variable, record.graph.variables[rule.variable].start)
            record.put({rule.variable: moved(rule, now)})


def _recognise(record: Record, scene: Scene, read: Read) -> Outcome | None:
    """Find the outcome that has come true: by its own words first, else by the reading, else none."""
    draft = record.draft
    by = "example" if read.by == "example" else "judge"  # `says` and `player` are for the engine to say
    open_now = {o.id: o for o in scene.outcomes if outcome_open(o, draft, draft.spent)}
    for outcome in open_now.values():
        words = said(outcome.says, draft.exchange)
        if words:
            record.happen(e.OutcomeReached(outcome.key, "says", clean_line(words)))
            return outcome
    claim = read.outcome
    if claim is None:
        return None
    reached = open_now.get(claim.id)
    if reached is None:
        known = any(outcome.id == claim.id for outcome in scene.outcomes)
        _refuse(record, claim, "its condition does not hold" if known else "there is no such outcome here")
    elif not reached.when and by != "example":
        _refuse(record, claim, "only its own words decide it")
    elif not _evident(record, claim, "anyone" if by == "example" else reached.shown_by):
        _refuse(record, claim, "its evidence is not in the dialogue, or not in the words that count for it")
    elif read.unsure and not reached.ask:
        _refuse(record, claim, NOT_SURE)
    elif read.unsure:
        record.happen(e.OutcomeDoubted(reached.key, _words(claim)))
    else:
        record.happen(e.OutcomeReached(reached.key, by, _words(claim)))
        return reached
    return None


def _evident(record: Record, claim: Claim, shown_by: ShownBy) -> bool:
    """Tell whether the claim's words were said, by somebody whose words count for it."""
    counting = (text for who, text in record.draft.exchange if shown_by in ("anyone", _side(who)))
    return quoted(_words(claim), counting)


def _words(claim: Claim) -> str:
    return clean_line(claim.evidence[:LONGEST_EVIDENCE])


def _side(who: str) -> ShownBy:
    return "player" if who == PLAYER else "character"


def _refuse(record: Record, claim: Claim, reason: str) -> None:
    proposed, evidence = _kept(claim.id, claim.evidence)
    record.happen(e.ReadingRefused(proposed, reason, evidence))


def _kept(proposed: str, evidence: str) -> tuple[str, str]:
    """Return what is kept of a claim that changes nothing: a model may have written any of it."""
    return clean_line(proposed)[:100], clean_line(evidence)[:500]
