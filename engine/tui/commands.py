"""Every command of the app, for the palette: what the keys do, in words, and what has no key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from textual.binding import Binding, BindingType
from textual.command import DiscoveryHit, Hit, Hits, Provider

LIBRARY = {
    "Continue": ("go_on", "Go on with the game played last"),
    "Begin anew": ("begin", "Begin the story in a new save"),
    "Model: who plays the characters": ("model", "Pick another, or the scripted actor"),
    "Saves": ("saves", "Saved games and named moments of the story"),
    "Find": ("find", "Narrow the list by a few letters"),
}
PLAY_KEYS: list[BindingType] = [
    Binding("ctrl+z", "undo", "Undo", id="play.undo", tooltip="Take the last turn back"),
    Binding("ctrl+r", "retry", "Retry", id="play.retry", tooltip="Ask for another answer to what you said last"),
    Binding("ctrl+s", "name", "Save", id="play.name", tooltip="Name this moment; every turn is saved anyway"),
    Binding("f6", "notthat", "Not that", id="play.notthat", tooltip="Not what I meant: take back what was read"),
    Binding("f1", "app.help", "Help", id="play.help", tooltip="What can be typed and pressed"),
    Binding("ctrl+q", "leave", "Leave", id="play.leave", tooltip="Leave; the game is kept"),
    Binding("f4", "memory", "Memory", id="play.memory", tooltip="What each character remembers"),
    Binding("f2", "inspect", "Inspect", id="play.inspect", tooltip="How the last turn of talk was made"),
    Binding("ctrl+o", "saves", "Saves", id="play.saves", tooltip="Saved games and named moments"),
    Binding("ctrl+y", "redo", "Redo", id="play.redo", tooltip="Do again what was taken back"),
    Binding("f3", "panel", "Panel", id="play.panel", show=False, tooltip="Show or hide the side panel"),
    Binding("escape", "escape", "Stop", id="play.stop", show=False),
]
"""The keys of a game, in the order of the footer, which shows as many as fit."""
PLAY = {
    "Undo: take the last turn back": ("undo", "ctrl+z, or /undo"),
    "Redo: do it again": ("redo", "ctrl+y, or /redo"),
    "Retry: ask for another answer": ("retry", "ctrl+r, or /retry; to what you said last"),
    "Offline: let the scripted actor answer": ("offline", "/offline; the line that the model did not answer"),
    "Save: name this moment": ("name", "ctrl+s, or /save; every turn is saved anyway, a name finds one again"),
    "Saves: load a game or a named moment": ("saves", "ctrl+o, or /load"),
    "Not that: take back what was read into the last turn": ("notthat", "f6, or /notthat; what was said stands"),
    "Whisper to one who is here": ("write('/whisper ')", "/whisper NAME WORDS; nobody else hears it"),
    "Do something": ("write('/do ')", "/do WORDS; a narrator tells what comes of it, or whoever is here answers"),
    "Wait": ("typed('wait')", "/wait; let the others go on"),
    "Memory: what each character remembers": ("memory", "f4, or /memory NAME; and where it is cut"),
    "Inspect: how the last turn was made": ("inspect", "f2; the prompt, the answers, the reading"),
    "Cost: what was spent on models": ("typed('cost')", "/cost"),
    "Raise the budget": ("budget", "/budget AMOUNT; how much more models may cost, until you leave"),
    "Model: who plays the characters": ("model", "Pick another, or the scripted actor"),
    "Report: write the last exchange to a file": ("typed('report')", "/report; nothing is sent anywhere"),
    "Hint: what the author would tell you here": ("hint", "/hint"),
    "Look: go back to where this scene begins": ("look", "/look"),
    "Why did that happen?": ("why", "Show the words that decided where the story went last"),
    "Panel: show or hide it": ("panel", "f3, whatever the width"),
    "Leave: the game is kept": ("leave", "ctrl+q, or /quit"),
}
SAVES = {
    "All stories": ("all", "Show the games of every story, or only those of this one"),
    "Back": ("back", "Go back to where you came from"),
}
MODELS = {
    "Find": ("find", "Narrow the list by a few letters"),
    "Look again": ("look", "Ask the servers of this machine once more"),
    "Back": ("back", "Leave things as they are"),
}
ANYWHERE = {
    "Help": ("app.help", "What can be typed and pressed"),
    "Light or dark": ("app.light_or_dark", "Ink on paper, or lamplight"),
    "Theme": ("app.change_theme", "Pick among many themes"),
    "Quit": ("app.quit", "Leave Palaver; every game is kept"),
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
        own = {"LibraryScreen": LIBRARY, "PlayScreen": PLAY, "SavesScreen": SAVES, "ModelScreen": MODELS}
        return {**own.get(type(self.screen).__name__, {}), **ANYWHERE}

    def _runner(self, action: str) -> Callable[[], Awaitable[None]]:
        return partial(self.screen.run_action, action)
