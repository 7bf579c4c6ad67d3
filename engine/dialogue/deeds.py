"""The English words by which a sentence tells what the player does, says, decides or feels.

Lists, not a grammar. Right behind a `you` that begins a sentence nearly any word is the verb of a deed, so there the
words are listed that are not; everywhere else the verbs are, and what is not listed passes.
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
    "believe love hate fear ponder consider understand recall imagine worry blush relax panic swear nod know want"
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
    "bite lick breathe exhale inhale crouch lie lay rise unlock lock knot tie fold unfold bend dry wash carry "
    "drag let keep stay bring interrupt gather"
)
_IRREGULAR = {
    "say": "said", "tell": "told", "choose": "chose", "feel": "felt", "think": "thought", "understand": "understood",
    "swear": "swore", "kneel": "knelt", "shake": "shook", "take": "took", "go": "went", "come": "came", "sit": "sat",
    "stand": "stood", "run": "ran", "put": "put", "set": "set", "hold": "held", "give": "gave", "draw": "drew",
    "throw": "threw", "hit": "hit", "strike": "struck", "leave": "left", "begin": "began", "eat": "ate",
    "drink": "drank", "light": "lit", "read": "read", "write": "wrote", "slide": "slid", "catch": "caught",
    "bite": "bit", "lay": "laid", "rise": "rose", "bend": "bent", "shut": "shut", "show": "showed", "pay": "paid",
    "weep": "wept", "know": "knew", "let": "let", "keep": "kept", "bring": "brought",
}  # fmt: skip

# What may stand behind `you` where nothing is told for the player: helpers, what is so or looks so, what is noticed and
# not done, and the words of closed classes (`you two`, `you in the door`, `you, of all people`).
_PASSING = _listed(
    "am are is was were be been being do does did don't didn't have has had having can could can't cannot "
    "couldn't may might must mustn't shall should shouldn't will won't would wouldn't need needn't ought dare "
    "used look looked seem seemed sound sounded smell smelled smelt taste appear appeared remain remained belong "
    "matter mean meant resemble own owe owed deserve fit cost weigh depend like liked get got become became make "
    "made find found see saw hear heard notice noticed meet met lose lost win won miss missed grow grew the a an "
    "this that these those my your his her its our their some any no every each all both one two three four five "
    "six many few more most other same such what which who whom whose when where why how than as if because since "
    "until while though although whether in on at by for from into of off onto out over through to under up with "
    "within without about above across after against along among around before behind below beneath beside "
    "between beyond down during inside near outside past toward towards upon here there him them me us it she he "
    "they we i you and or but nor so lot people folk fool fools child children man woman boy girl sir alone "
    "yourself yourselves too"
)
ADVERBS = _listed(
    "then just also both still now soon finally again almost even too quietly never always already only simply "
    "not once instead both all"
)
"""Words, beside those that end in -ly, that may stand between the player and the verb."""
NO_ADVERBS = _listed("reply apply rely comply supply fly bully ally sully tally")
"""Verbs that end in -ly."""
_SINGULAR = re.compile(
    r"[^s]s$|'"
)  # `lies` is no form that follows `you`, and nothing is known of what has an apostrophe
HELPERS = _listed("are were do don't did didn't is was has have had does doesn't")
"""Words that leave it to the next one what is told: `you are stepping`, `you don't move`."""
_FEELINGS = _listed("race pound quicken catch drop tighten burn widen shake tremble skip sink flush falter buckle feel")
_PARTS = _listed(
    "heart breath stomach pulse hand hands cheeks cheek eyes knees throat mind voice jaw legs fingers gaze face"
)
_LOOKING = _listed("at away down up around back into over toward towards through past")
_BEHIND = {
    "look": _LOOKING, "looked": _LOOKING,
    "find": frozenset({"yourself"}), "found": frozenset({"yourself"}), "hear": frozenset({"yourself"}),
    "can't": frozenset({"help", "bear"}), "cannot": frozenset({"help", "bear"}),
    "make": frozenset({"your"}), "made": frozenset({"your"}), "get": frozenset({"up", "to"}), "got": frozenset({"up"}),
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


def tells(verb: str, *, bare: bool, helped: bool, mind_only: bool) -> bool | None:
    """Tell whether `verb` behind `you` tells for the player; None when the next word decides (`behind`).

    With `bare` only what no speech would say of the one it speaks to counts; with `mind_only` deeds do not. `helped`
    says that a helper stood before it, or that nothing is sure: then only the verbs that are listed count.
    """
    if verb in (_MINDS if mind_only else _GESTURES if bare else _ALL):
        return True
    if mind_only or bare:
        return False
    if verb in _BEHIND:
        return None
    return not helped and verb not in _PASSING and not _SINGULAR.search(verb)


def behind(verb: str, word: str) -> bool:
    """Tell whether `verb` tells for the player with `word` behind it: `look` with `away`, not with `cold`."""
    return word in _BEHIND.get(verb, ())


def is_part(word: str) -> bool:
    """Tell whether `your` before this word may begin a sentence on what the player feels."""
    return word in _PARTS


def stirs(verb: str) -> bool:
    """Tell whether that verb of a part of the body tells what the player feels."""
    return verb in _STIRRED
