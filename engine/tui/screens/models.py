"""Who plays the characters: what is set and where it was set, and a list of others to pick from.

It asks servers which models they have and nothing else; a key is shown as its last four characters at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.errors import PalaverError, Refused
from engine.keys import end_of
from engine.plaintext import clean_line
from engine.session import Session
from engine.settings import Settings
from engine.table import Table
from engine.tui.widgets.banner import Banner
from engine.tui.widgets.status import Looking, Notice

if TYPE_CHECKING:
    from engine.llm.discover import Listed, Server
    from engine.picking import Picker

NOBODY = (
    "No server of models answers on this machine. Start one (Ollama, LM Studio, llama.cpp, vLLM, KoboldCpp) and look "
    "again, or name one elsewhere: palaver models --base-url URL"
)
_ALSO = ("temperature", "top_p", "max_tokens", "context", "mask")
"""Settings that are worth a row where somebody set them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row that can be picked: a model of a server, or the scripted actor where it has no name."""

    base_url: str = ""
    model: str = ""


class ModelScreen(Screen[str | None]):
    """Pick who plays; gives back what to tell of it, or None when nothing was picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+q", "back", "Back", id="models.back", key_display="esc"),
        Binding("slash", "find", "Find", id="models.find", key_display="/", tooltip="Narrow the list"),
        Binding("r", "look", "Look again", id="models.look", tooltip="Ask the servers of this machine once more"),
        Binding("question_mark,f1", "app.help", "Help", id="models.help", show=False),
    ]

    def __init__(self, table: Table, picker: Picker, session: Session | None = None) -> None:
        super().__init__()
        self._table = table
        self._picker = picker
        self._session = session
        self._servers: list[Server] = []
        self._costs: Mapping[tuple[str, str], str] = {}
        self._candidates: list[Candidate | None] = []

    @classmethod
    def at(cls, table: Table, session: Session | None = None) -> Self:
        """Return the screen for a table; raises `Refused` where who plays is fixed."""
        if table.picker is None:
            raise Refused("Who plays is fixed for this game.", do="Without --record or --replay it can be picked.")
        return cls(table, table.picker, session)

    def compose(self) -> ComposeResult:
        """What is set, then the list."""
        yield Banner("Model")
        with VerticalScroll(id="now", can_focus=False):
            yield Static(_set(self._picker), markup=False)
        models = OptionList(id="models", markup=False)
        models.border_title = "Who shall play"
        yield models
        yield Looking("looking for servers on this machine")
        yield Notice()
        find = Input(placeholder="a few letters of its name", id="find", compact=True, select_on_focus=False)
        find.display = False
        yield find
        yield Footer()

    def on_mount(self) -> None:
        """Begin to look."""
        self._list("")
        self.action_look()

    # Looking

    def action_look(self) -> None:
        """Ask the servers of this machine once more."""
        self.query_one(Notice).clear()
        self._look()

    @work(exclusive=True, group="looking")
    async def _look(self) -> None:
        looking = self.query_one(Looking)
        looking.begin()
        try:
            self._servers = await self._picker.servers()
        except PalaverError as error:
            self.query_one(Notice).tell(str(error), wrong=True)
        else:
            if not any(server.models for server in self._servers):
                self.query_one(Notice).tell(NOBODY)
            self._list(self._wanted)
            self._costs = await self._picker.costs(self._servers)
            self._list(self._wanted)
        finally:
            looking.end()

    def _list(self, wanted: str) -> None:
        models = self.query_one("#models", OptionList)
        before = self._candidates[models.highlighted] if models.highlighted is not None else None
        rows = list(_rows(self._servers, self._costs, self._playing, wanted.casefold().strip()))
        self._candidates = [candidate for candidate, _ in rows]
        models.clear_options()
        models.add_options([Option(text, disabled=candidate is None) for candidate, text in rows])
        kept = next((one for one in (before, self._playing) if one is not None and one in self._candidates), None)
        if kept is not None:
            models.highlighted = self._candidates.index(kept)
        elif wanted:  # without letters typed nothing is lit: Enter alone then changes nothing
            models.highlighted = next((i for i, one in enumerate(self._candidates) if one is not None), None)
        else:
            models.highlighted = None

    @property
    def _wanted(self) -> str:
        return self.query_one("#find", Input).value

    @property
    def _playing(self) -> Candidate:
        endpoint = self._picker.settings.endpoint
        return Candidate(endpoint.base_url, endpoint.model) if endpoint is not None else Candidate()

    # What the player does

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Let this one play, and go back."""
        candidate = self._candidates[event.option_index]
        if candidate is None:
            return
        if candidate == self._playing:
            self.dismiss(None)
            return
        meter = self._table.cast.meter
        try:
            if candidate.model:
                picked = self._picker.pick(candidate.base_url, candidate.model, meter)
            else:
                picked = self._picker.pick_scripted(meter)
            await self._table.recast(picked, self._session)
        except PalaverError as error:
            self.query_one(Notice).tell(str(error), wrong=True)
        else:
            self.dismiss(picked.told)

    def action_find(self) -> None:
        """Narrow the list by a few letters."""
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._list(event.value)

    def on_input_submitted(self) -> None:
        """Go to what was found."""
        self.query_one("#models").focus()

    def action_back(self) -> None:
        """Show every model again, or leave things as they are."""
        find = self.query_one("#find", Input)
        if find.display:
            find.value, find.display = "", False
            self.query_one("#models").focus()
        else:
            self.dismiss(None)


def _set(picker: Picker) -> Content:
    """What is set and where: a row each."""
    rows = [
        Content.assemble((f"{name}  ", "bold"), f"{value}  ", (where, "dim"))
        for name, value, where in _facts(picker.settings)
    ]
    return Content("\n").join([*rows, Content.styled(f"A pick is written to {clean_line(str(picker.path))}", "dim")])


def _facts(settings: Settings) -> Iterator[tuple[str, str, str]]:
    def where(name: str) -> str:
        return _place(settings.sources.get(name, ""), name)

    if settings.offline:
        yield "The scripted actor", "plays, whatever else is set.", where("offline")
    elif settings.endpoint is None:
        yield "The scripted actor", "plays: no model is set.", ""
    endpoint, judge = settings.reach(), settings.judge
    if endpoint is not None:
        yield "Model", clean_line(endpoint.model), where("model")
        yield "Server", clean_line(endpoint.base_url), where("base_url")
        key = settings.api_key
        yield "Key", end_of(key.reveal()) if key else "none", where("api_key")
        if judge is not None and judge.model != settings.model:
            yield "Judge", clean_line(judge.model), where("judge.model")
    for name in _ALSO:
        if name in settings.sources:
            value = getattr(settings, name)
            yield name.replace("_", " ").capitalize(), "yes" if value is True else f"{value}", where(name)


def _place(source: str, name: str) -> str:
    """Where a value came from, short: `config.yaml:3`, a variable or a flag."""
    return clean_line(source).replace(f": {name}", "").rpartition("/")[2]


def _rows(
    servers: Sequence[Server], costs: Mapping[tuple[str, str], str], playing: Candidate, wanted: str
) -> Iterator[tuple[Candidate | None, Content]]:
    """The rows of the list: those of a server under its name, which cannot be picked."""
    if wanted in "the scripted actor":
        about = "  the author's own lines: free"
        yield Candidate(), _row(Candidate(), playing, "The scripted actor", about)
    for server in servers:
        fitting = [listed for listed in server.models if wanted in listed.name.casefold()]
        if fitting or server.problem:
            title = Content.styled(f"{clean_line(server.title)} · {clean_line(server.base_url)}", "bold")
            yield None, Content.assemble(title, f"\n  {clean_line(server.problem)}" if server.problem else "")
        for listed in fitting:
            candidate = Candidate(server.base_url, listed.name)
            about = _about(listed, costs.get((server.base_url, listed.name), ""))
            yield candidate, _row(candidate, playing, listed.name, about)


def _row(candidate: Candidate, playing: Candidate, name: str, about: str) -> Content:
    return Content.assemble(f"{'●' if candidate == playing else ' '} {clean_line(name)}", (about, "dim"))


def _about(listed: Listed, cost: str) -> str:
    room = f"holds {listed.context:,} tokens" if listed.context else ""
    return "".join(f"  {fact}" for fact in (cost, room) if fact)
