"""Tells whether a line begins with somebody's name and a colon, as the lines of a script do.

It reads the beginning of a line and nothing else: no meaning, no grammar, no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from engine.play.says import folded_words

Owner = Literal["", "own", "other", "player"]
LONGEST_ASIDE = 40
"""Characters of a direction between a name and its colon: `Odd (from the door):`."""

# What a model calls the player, in the languages that players of talk-driven games write most, and the roles of chat
# transcripts, whose label begins somebody else's turn whoever that is.
_PLAYER = (
    "you", "player", "the player", "user", "the user", "human", "me", "jugador", "jugadora", "el jugador", "tú",
    "usted", "usuario", "spieler", "der spieler", "spielerin", "du", "benutzer", "joueur", "le joueur", "joueuse",
    "toi", "vous", "utilisateur", "игрок", "ты", "вы", "пользователь", "玩家", "你", "用户", "プレイヤー",
    "あなた", "ユーザー", "اللاعب", "أنت", "المستخدم", "giocatore", "jogador", "gracz", "speler", "플레이어",
    "사용자",
)  # fmt: skip
_ROLES = ("system", "assistant", "narrator")
_HEADS = ("instruction", "response", "input", "output")
"""Headings of instruction templates, which count as labels only behind hash signs."""
_SPEAKING = ("", "say", "says", "said", "ask", "asks", "asked", "reply", "replies", "replied", "answers", "whispers")
_TITLES = frozenset({"the", "a", "an", "of", "mr", "mrs", "ms", "dr", "old", "young"})

_BEFORE = re.compile(r"[\s*_#>\-\u2022\[(<{]*")
_AFTER = re.compile(r"[\s*_\])>}]*")
_ASIDE = re.compile(rf"[(\[*][^)\]*\n]{{0,{LONGEST_ASIDE}}}(?:[)\]*]|\Z)")
_COLON = re.compile(r"[:\uff1a]")
_DASH = re.compile(r"[-\u2013\u2014]\s?[\s*_]*(?=[\"\u201c\u201e\u00ab\u300c]|\Z)")
_TAIL = re.compile(r"[*_]*[^\S\n]*")
_NAME = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0dff'\u2019. ]|-(?=[^\W_]))*")


class Labels:
    """The labels by which the lines of those present would begin."""

    __slots__ = ("_longest", "_owners")

    def __init__(self, own: str, others: Iterable[str]) -> None:
        mine = _parts(own)
        self._owners: dict[str, Owner] = {}
        for name in (*_PLAYER, *_ROLES):
            self._know(name, "player" if name in _PLAYER else "other")
        for other in others:
            for part in _parts(other) - mine:
                self._know(part, "other")
        for part in mine:
            self._know(part, "own")
        self._longest = max(map(len, self._owners)) + len(" whispers") + LONGEST_ASIDE

    def find(self, text: str, *, final: bool = False) -> tuple[Owner, int] | None:
        """Return whose label `text` begins with ("" for nobody's) and where it ends; None when more text decides.

        `final` says that there is no more.
        """
        nobody: tuple[Owner, int] = ("", 0)
        begin = _match(_BEFORE, text, 0)
        if begin == len(text):
            return nobody if final or begin > self._longest else None
        found = _NAME.match(text, begin)
        if found is None:
            return nobody
        end = found.end()
        spoken = " ".join(_folded(found[0]))
        owner = self._owners.get(spoken, "")
        if not owner and "#" in text[:begin] and spoken in _HEADS:
            owner = "other"
        if end == len(text):
            sure = " ".join(_folded(found[0][:-1]))  # an accent may still follow the last letter
            return None if not final and self._may_become(sure, hashed="#" in text[:begin]) else nobody
        if not owner:
            return nobody
        return self._separated(text, end, owner, final=final)

    def _separated(self, text: str, end: int, owner: Owner, *, final: bool) -> tuple[Owner, int] | None:
        """Return the label if a colon, or a dash and a quote mark, follows the name that ends at `end`."""
        undecided: tuple[Owner, int] | None = ("", 0) if final else None
        at = _match(_AFTER, text, end)
        aside = _ASIDE.match(text, at)
        if aside is not None:
            at = _match(_AFTER, text, aside.end())
        if at == len(text):
            return undecided if "\n" not in text[end:at] else ("", 0)
        if "\n" in text[end:at]:
            return ("", 0)
        if _COLON.match(text, at):
            at += 1
        else:
            dash = _DASH.match(text, at)
            if dash is None:
                return ("", 0)
            at = dash.end()
            if at == len(text):
                return undecided
        behind = _match(_TAIL, text, at)
        return undecided if behind == len(text) and owner == "own" and not final else (owner, behind)

    def _know(self, name: str, owner: Owner) -> None:
        for verb in _SPEAKING:
            self._owners[" ".join(_folded(f"{name} {verb}"))] = owner

    def _may_become(self, spoken: str, *, hashed: bool) -> bool:
        names = (*self._owners, *_HEADS) if hashed else tuple(self._owners)
        return any(name.startswith(spoken) for name in names)


def _folded(text: str) -> Sequence[str]:
    # Those of scripts without spaces stay as they were written together.
    return ["".join(folded_words(word)) for word in text.split()]


def _parts(name: str) -> set[str]:
    """Return the name and each word of it that could stand for the whole."""
    words = [word for word in name.split() if word.casefold().strip(".") not in _TITLES]
    return {part for part in (name.strip(), *words) if folded_words(part)}


def _match(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
