"""The English words by which a sentence tells what the player does, says, decides or feels.

A list, not a grammar: it knows the verbs that models reach for, and lets pass what it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What only the player can tell: words, decisions, feelings, thoughts.
_MIND = _listed(
    "say ask reply answer tell whisper shout mutter murmur mumble stammer call cry exclaim protest insist explain "
    "admit confess apologise apologize promise introduce greet thank beg plead argue demand decide agree obey "
    "refuse choose resolve consent accept decline hesitate feel think wonder realise realize remember hope regret "
    "believe love hate fear ponder consider understand recall imagine worry blush relax panic swear nod"
)
# Gestures that no speech would state of the one it speaks to: enough by themselves, even before a quote mark was seen.
_BODY = _listed(
    "smile shrug step sigh blink frown grin laugh chuckle gasp swallow shiver tremble flinch wince glance gaze "
    "stare stumble kneel bow wave lean reach clench stiffen pause gulp sob weep grimace stagger straighten"
)
_ACTS = _listed(
    "take go walk come enter follow sit stand open close shut turn move run climb grab pick pull push put place "
    "set hold hand give pocket draw drop lift raise lower throw kick hit strike touch kiss embrace hug point "
    "knock return leave approach cross back retreat rush hurry head start begin try eat drink sip pour light read "
    "write wait listen watch search examine inspect study clear shake wipe rub scratch press squeeze slip slide "
    "settle tighten offer show pay accompany help join continue attempt manage lunge stab fire duck dodge catch "
    "bite lick breathe exhale inhale crouch lie lay rise unlock lock knot tie fold unfold bend dry wash carry drag"
)
_IRREGULAR = {
    "say": "said", "tell": "told", "choose": "chose", "feel": "felt", "think": "thought", "understand": "understood",
    "swear": "swore", "kneel": "knelt", "shake": "shook", "take": "took", "go": "went", "come": "came", "sit": "sat",
    "stand": "stood", "run": "ran", "put": "put", "set": "set", "hold": "held", "give": "gave", "draw": "drew",
    "throw": "threw", "hit": "hit", "strike": "struck", "leave": "left", "begin": "began", "eat": "ate",
    "drink": "drank", "light": "lit", "read": "read", "write": "wrote", "slide": "slid", "catch": "caught",
    "bite": "bit", "lay": "laid", "rise": "rose", "bend": "bent", "shut": "shut", "show": "showed", "pay": "paid",
    "weep": "wept",
}  # fmt: skip

ADVERBS = _listed(
    "then just also both still now soon finally again almost even too quietly never always already only simply "
    "not once instead both all"
)
"""Words, beside those that end in -ly, that may stand between the player and the verb."""
HELPERS = _listed("are were do don't did didn't is was has have had does doesn't")
"""Words that leave it to the next one what is told: `you are stepping`, `you don't move`."""
_FEELINGS = _listed("race pound quicken catch drop tighten burn widen shake tremble skip sink flush falter buckle")
_PARTS = _listed(
    "heart breath stomach pulse hand hands cheeks cheek eyes knees throat mind voice jaw legs fingers gaze face"
)
_LOOKING = _listed("at away down up around back into over toward towards through past")
_BEHIND = {
    "look": _LOOKING, "looked": _LOOKING,
    "find": frozenset({"yourself"}), "found": frozenset({"yourself"}), "can't": frozenset({"help"}),
    "cannot": frozenset({"help"}), "make": frozenset({"your"}), "made": frozenset({"your"}),
    "let": frozenset({"out", "yourself"}), "get": frozenset({"up", "to"}), "got": frozenset({"up"}),
}  # fmt: skip


def _forms(verbs: Iterable[str]) -> frozenset[str]:
    """Return the forms in which a verb follows `you` or `the player`: now, then, and the participle."""
    found = set[str]()
    for verb in verbs:
        stem = verb[:-1] if verb.endswith("e") else verb
        short = re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", verb) is not None
        doubled = f"{verb}{verb[-1]}" if short else stem
        ied = f"{verb[:-1]}ied" if re.search(r"[^aeiou]y$", verb) else f"{doubled}ed"
        third = f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}es"
        found |= {verb, f"{verb}s", third, _IRREGULAR.get(verb, ied), f"{doubled}ing"}
    return frozenset(found)


_MINDS, _GESTURES, _ALL = _forms(_MIND), _forms(_MIND | _BODY), _forms(_MIND | _BODY | _ACTS)
_STIRRED = _forms(_FEELINGS)


def tells(verb: str, *, strict: bool, mind_only: bool) -> bool | None:
    """Tell whether `verb` behind `you` tells for the player; None when the next word decides (`behind`).

    `strict` counts only what no speech would say of the one it speaks to; `mind_only` leaves deeds out.
    """
    if verb in (_MINDS if mind_only else _GESTURES if strict else _ALL):
        return True
    return None if verb in _BEHIND and not mind_only else False


def behind(verb: str, word: str) -> bool:
    """Tell whether `verb` tells for the player with `word` behind it: `look` with `away`, not with `cold`."""
    return word in _BEHIND.get(verb, ())


def is_part(word: str) -> bool:
    """Tell whether `your` before this word may begin a sentence on what the player feels."""
    return word in _PARTS


def stirs(verb: str) -> bool:
    """Tell whether that verb of a part of the body tells what the player feels."""
    return verb in _STIRRED
