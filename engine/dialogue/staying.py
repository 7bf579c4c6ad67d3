"""Keeps a reply to its character: lets it through as it streams, and ends it where it would speak for somebody else.

It cuts and never rewrites; the character's own label is all it takes out. What stands in quotes is the character's to
say and is never read for its meaning. It holds back no more than what may be the beginning of a label or of a sentence
about the player, so the player sees words as they come. A quote that was shown stays, even if `you say` follows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from engine.dialogue import deeds
from engine.dialogue.labels import Labels
from engine.dialogue.marks import mark

SPEAKS = "it went on with somebody else's line"
TELLS = "it told what the player does, says or feels"

_State = Literal["run", "gap", "lead", "the", "you", "helped", "behind", "your", "part", "doomed"]
"""Where in a sentence it is: past deciding; behind a space; where `you` would be its subject; behind `the`, behind
`you`, behind a helper or an unsure `you`, behind a verb that its next word decides, behind `your`, behind a part of the
body; or in what will be cut unless it asks something."""

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*['\u2019]?")
_LINKS = frozenset({"and", "then", "so", "but", "now", "yet"})
_CONDITIONS = frozenset({"if", "unless", "should", "whenever", "suppose", "whatever"})
_YOU = frozenset({"you", "you're", "you've"})
_PAUSES = frozenset(",;\u2014\u2013")
_ENDS = frozenset(".!?\u2026(")
_QUOTES = {
    '"': '"', "\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "\u00bb": "\u00ab",
    "\u2039": "\u203a", "\u203a": "\u2039", "\u300c": "\u300d", "\u300e": "\u300f", "\uff02": "\uff02",
}  # fmt: skip
_SINGLE = "'\u2018\u2019"
_LONGEST_WORD, _LONGEST_LABEL, _LONGEST_SENTENCE = 24, 200, 300


class Staying:
    """One reply on its way to the player."""

    __slots__ = (
        "_at", "_buffer", "_closing", "_first", "_fresh", "_labels", "_last", "_line", "_mind_only", "_previous",
        "_quoted", "_reads", "_starred", "_starry", "_stars", "_state", "_sure", "_verb", "_whether", "_within",
        "broken",
    )  # fmt: skip

    def __init__(self, own: str, others: Sequence[str], *, narrator: bool = False, language: str = "en") -> None:
        self.broken = ""
        """Why the reply ends where it was cut; empty while it goes on."""
        self._labels = Labels(own, others)
        self._mind_only = narrator
        self._reads = language.replace("_", "-").partition("-")[0].casefold() in ("", "en")
        self._buffer = ""
        """What was not shown yet; up to `_at` it was read and is held back."""
        self._at = 0
        self._state: _State = "lead"
        self._sure = True
        """A `you` here can be nothing but the subject; behind a bare `and` it may be what the verb before is about."""
        self._line = self._fresh = self._first = True
        """Nothing but space stands on this line; a label may stand here; the sentence has no word yet."""
        self._whether = False
        """The sentence begins with a condition."""
        self._closing = ""
        """Marks that end the quote that is open; empty outside of quotes."""
        self._quoted = self._starred = self._starry = False
        """A quote mark came; it is between asterisks; asterisks came before any quote mark, so what is bare is said."""
        self._within = False
        """In the middle of a word whose beginning was shown."""
        self._verb = self._previous = self._last = ""
        """What `behind` waits for; the character read last; the last one shown that is no space."""
        self._stars = 0

    def add(self, text: str) -> str:
        """Return what may be shown now that `text` has come; nothing more once `broken` is set."""
        self._buffer += text
        return self._read(final=False)

    def end(self) -> str:
        """Return what was still held back: the reply is whole."""
        return self._read(final=True)

    def _read(self, *, final: bool) -> str:
        shown: list[str] = []
        was_broken = bool(self.broken)
        while not self.broken and self._at < len(self._buffer) and self._go_on(shown, final=final):
            pass
        if final and not self.broken:
            if self._state == "doomed":
                self.broken = TELLS
            else:
                self._show(shown, len(self._buffer))
        if self.broken:
            self._buffer, self._at = "", 0
            if not was_broken:
                shown.append("." if self.broken == TELLS and self._last.isalnum() else "")
                shown.append("*" if self._stars % 2 else "")
        return "".join(shown)

    def _show(self, shown: list[str], upto: int) -> None:
        piece = self._buffer[:upto]
        shown.append(piece)
        self._last = piece.rstrip()[-1:] or self._last
        self._stars += piece.count("*")
        self._buffer, self._at = self._buffer[upto:], 0

    def _go_on(self, shown: list[str], *, final: bool) -> bool:
        """Read the next word or character; returns False when more text must come first."""
        at = self._at
        letter = self._buffer[at]
        if self._fresh and not letter.isspace():
            beginning = self._buffer[at : at + _LONGEST_LABEL]
            found = self._labels.find(beginning, final=final or len(beginning) == _LONGEST_LABEL)
            if found is None:
                return False
            owner, end = found
            if owner in ("other", "player"):
                self.broken = SPEAKS
                return True
            if owner == "own":
                self._show(shown, at)
                self._buffer = self._buffer[end:]
                return True
            self._fresh = False
        if letter in "<[(":
            why = mark(self._buffer[at : at + _LONGEST_LABEL], final=final)
            if why is None:
                return False
            if why:
                self.broken = TELLS if self._state == "doomed" else why
                if self._state != "doomed":
                    self._show(shown, at)
                return True
        if self._closing or not self._reads:
            return self._quote(shown, letter, final=final)
        found_word = _WORD.match(self._buffer, at)
        if found_word is not None:
            return self._word(shown, found_word, final=final)
        return self._mark(shown, letter, final=final)

    # Words

    def _word(self, shown: list[str], found: re.Match[str], *, final: bool) -> bool:
        end, word = found.end(), found[0].casefold().replace("\u2019", "'").rstrip("'")
        whole = final or end < len(self._buffer)
        self._line = False
        if self._within or self._state == "run":
            self._show(shown, end)
            self._within, self._first, self._previous = not whole, False, "a"
            return True
        if not whole and len(word) <= _LONGEST_WORD and (self._state != "gap" or _may_link(word)):
            return False
        self._previous = "a"
        if self._first:
            self._first, self._whether = False, word in _CONDITIONS
        state = self._after(word)
        if state == "run":
            self._show(shown, end)
            self._within = not whole
        else:
            self._at = end
        self._state = state
        return True

    def _after(self, word: str) -> _State:
        """Return where in the sentence it is behind `word`."""
        match self._state:
            case "doomed":
                return "doomed"
            case "gap" | "lead" if word in _LINKS:
                self._sure = self._sure and self._state == "lead"
                return "lead"
            case "lead" if word in _YOU and not self._whether:
                return "you" if word == "you" and self._sure else "helped"
            case "lead" if word == "your" or (word == "the" and not self._whether):
                return "your" if word == "your" else "the"
            case "lead" if _is_adverb(word):
                return "lead"
            case "the" if word == "player":
                return "helped"
            case "you" | "helped":
                return self._told(word)
            case "behind" if deeds.behind(self._verb, word):
                return "doomed"
            case "your" if deeds.is_part(word) and (self._quoted or self._starred):
                return "part"
            case "part" if deeds.stirs(word) or _is_adverb(word):
                return "doomed" if deeds.stirs(word) else "part"
        return "run"

    def _told(self, verb: str) -> _State:
        bare = not self._quoted and not self._starred
        if bare and self._starry:
            return "run"
        helped = self._state == "helped"
        told = deeds.tells(verb, bare=bare, helped=helped, mind_only=self._mind_only)
        if _is_adverb(verb):
            return self._state
        if verb in deeds.HELPERS:
            return "helped"
        if told is None:
            self._verb = verb
            return "behind"
        return "doomed" if told else "run"

    # Marks

    def _mark(self, shown: list[str], letter: str, *, final: bool) -> bool:
        """Read a character outside of quotes that is no letter."""
        at, self._within = self._at, False
        opens = letter in _QUOTES
        if letter in _SINGLE + "\u2014\u2013-" and not self._previous.isalnum():
            following = self._buffer[at + 1 : at + 2]
            if not following and not final:
                return False
            if letter in _SINGLE:
                opens = following.isalnum()
            elif self._line and following.isspace():  # a line of speech that begins with a dash
                opens = True
        if self._state == "doomed" and not self._asks(letter, opens=opens):
            return True
        before, self._previous = self._previous, letter
        self._sure = self._sure or not letter.isspace()
        if opens:
            self._quoted = self._quoted or letter not in _SINGLE
            self._closing = _QUOTES.get(letter) or ("'\u2019" if letter in _SINGLE else "\n")
            self._state, self._line = "run", False
            self._show(shown, at + 1)
        elif letter == "\n":
            self._break(shown, again=before == "\n")
        elif letter.isspace():
            if self._state == "run":
                self._state = "gap"
            self._at += 1
        elif letter in "*_":
            self._star(shown, letter)
        elif letter in _PAUSES or (letter == "-" and self._state == "gap"):
            self._hold(shown)
        else:
            self._show(shown, at + 1)
            self._state = "lead" if letter in _ENDS or letter in ")]" else "run"
            if letter in _ENDS:
                self._fresh = self._first = True
                self._whether = False
        self._line = self._line and letter.isspace()
        return True

    def _asks(self, letter: str, *, opens: bool) -> bool:
        """Tell whether a sentence about the player ends here with a question; cut it where it ends otherwise."""
        if letter == "?":
            self._state = "lead"
            return True
        if opens or letter in ".!\n*" or self._at > _LONGEST_SENTENCE:
            self.broken = TELLS
        else:
            self._at += 1
            self._previous = letter
        return False

    def _hold(self, shown: list[str]) -> None:
        """Hold the character back, with the space or the pause before it; something may begin behind it."""
        if self._state not in ("gap", "lead"):
            self._show(shown, self._at)
        self._at += 1
        self._state = "lead"

    def _break(self, shown: list[str], *, again: bool) -> None:
        """Begin a line; an empty one ends whatever was left open."""
        self._hold(shown)
        self._line = self._fresh = self._first = True
        self._whether = False
        self._starred = self._starred and not again

    def _star(self, shown: list[str], letter: str) -> None:
        if letter == "_" and self._previous.isalnum():
            self._show(shown, self._at + 1)
            return
        self._starry = self._starry or not self._quoted
        self._starred = not self._starred
        self._hold(shown)
        self._fresh = self._first = True
        self._whether = False

    def _quote(self, shown: list[str], letter: str, *, final: bool) -> bool:
        """Read a character in a quote, or in a language whose sentences are not read."""
        single, before = self._closing == "'\u2019", self._previous
        closes = letter in self._closing if self._closing else False
        if single:
            closes = letter == "\n" or (closes and before in (".", ",", "!", "?", "\u2026", "\u2014", "-"))
        if letter == "\n":
            self._line = self._fresh = True
            closes = closes or before == "\n"
        self._previous = letter
        if letter.isspace() and not final:
            self._at += 1  # shown with what follows, so that nothing is left hanging before a cut
        else:
            self._show(shown, self._at + 1)
        if closes or (not self._closing and letter in _ENDS):
            self._closing, self._state = "", "lead" if self._reads else "run"
            self._fresh = self._first = self._sure = True
            self._whether = False
        return True


def _is_adverb(word: str) -> bool:
    return word in deeds.ADVERBS or (word.endswith("ly") and word not in deeds.NO_ADVERBS)


def _may_link(beginning: str) -> bool:
    return any(link.startswith(beginning) for link in _LINKS)
