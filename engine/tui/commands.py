"""Every command of the app, for the palette: what the keys do, in words, and what has no key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

LIBRARY = {
    "Continue": ("go_on", "Go on with the game played last"),
    "Begin anew": ("begin", "Begin the story in a new save"),
    "Saves": ("saves", "Saved games and named moments of the story"),
    "Find a story": ("find", "Narrow the list by a few letters"),
}
PLAY = {
    "Undo": ("undo", "Take the last turn back"),
    "Redo": ("redo", "Do again what was taken back"),
    "Ask again": ("retry", "Ask for another answer to what you said last"),
    "Name this moment": ("name", "Every turn is saved anyway; a name finds one again"),
    "Saves": ("saves", "Saved games and named moments"),
    "Hint": ("hint", "The author's hint for this scene"),
    "Look": ("look", "Go back to where this scene begins"),
    "Why did that happen?": ("why", "Show the words that decided where the story went last"),
    "Side panel": ("panel", "Show or hide it, whatever the width"),
    "Leave": ("leave", "Leave the game; it is kept"),
}
SAVES = {
    "Games of every story": ("all", "Show them all, or only those of this story"),
    "Back": ("back", "Go back to where you came from"),
}
ANYWHERE = {
    "Help": ("app.help", "What can be typed and pressed"),
    "Light or dark": ("app.light_or_dark", "Ink on paper, or lamplight"),
    "Theme": ("app.change_theme", "Pick among many themes"),
    "Quit Palaver": ("app.quit", "Every game is kept"),
}


class Commands(Provider):
    """The commands of the screen that is shown, and those that work anywhere."""

    async def discover(self) -> Hits:
        """List everything that can be done here."""
        for name, (action, meaning) in self._here().items():
            yield DiscoveryHit(name, self._runner(action), help=meaning)

    async def search(self, query: str) -> Hits:
        """Find commands by a few letters."""
        matcher = self.matcher(query)
        for name, (action, meaning) in self._here().items():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), self._runner(action), help=meaning)

    def _here(self) -> dict[str, tuple[str, str]]:
        own = {"LibraryScreen": LIBRARY, "PlayScreen": PLAY, "SavesScreen": SAVES}
        return {**own.get(type(self.screen).__name__, {}), **ANYWHERE}

    def _runner(self, action: str) -> Callable[[], Awaitable[None]]:
        return partial(self.screen.run_action, action)
