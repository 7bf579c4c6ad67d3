"""Tells of each expectation whether it is true of a moment, and where not, what was found instead. It plays nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.llm.protocol import Request
from engine.plaintext import clean_line
from engine.play import events as e
from engine.play.evidence import folded
from engine.play.offer import holds
from engine.play.state import State
from engine.play.transcript import Line
from engine.story.expressions import Value
from engine.story.graph import PLAYER, StoryGraph
from engine.story.places import Place
from engine.storytest.cases import Expectation, Kind
from engine.storytest.expecting import NONE
from engine.view import View

AROUND = 60
"""Characters shown on either side of what should not be there."""
_UNREAD = ("branch", "doubt", "vetoed")
"""Lines that are marks rather than anything to read."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that is not met."""

    place: Place
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What an expectation is about: one move, or the whole of a test."""

    graph: StoryGraph
    state: State
    view: View
    told: tuple[Line, ...] = ()
    events: tuple[e.Event, ...] = ()
    requests: tuple[Request, ...] = ()
    refused: str = ""
    """Why the move was not made; empty when it was."""


def check(wanted: Expectation, moment: Moment) -> Failure | None:
    """Return what is wrong, or None where it is as expected."""
    told = _CHECKS[wanted.kind](wanted, moment)
    return None if told is None else Failure(wanted.place, *told)


_Found = tuple[str, str] | None
"""What was expected and what was found, or None where they agree."""


def _scene(wanted: Expectation, moment: Moment) -> _Found:
    if moment.state.scene == wanted.wanted:
        return None
    return f'scene "{wanted.wanted}"', _standing(moment)


def _ending(wanted: Expectation, moment: Moment) -> _Found:
    if moment.state.over and moment.state.ending == wanted.wanted:
        return None
    found = f'it ended in "{_called(moment, moment.state.ending)}"' if moment.state.ending else _standing(moment)
    return f'the ending "{_called(moment, wanted.wanted)}"', found


def _called(moment: Moment, scene: str) -> str:
    """Return the name of an ending by its scene."""
    return clean_line(moment.graph.scenes[scene].ending) if scene in moment.graph.scenes else scene


def _over(wanted: Expectation, moment: Moment) -> _Found:
    if moment.state.over is bool(wanted.value):
        return None
    return "the story to be over" if wanted.value else "the story to go on", _standing(moment)


def _state(wanted: Expectation, moment: Moment) -> _Found:
    value = moment.state.values.get(wanted.name)
    return None if value == wanted.value else (_is(wanted.name, wanted.value), _is(wanted.name, value))


def _condition(wanted: Expectation, moment: Moment) -> _Found:
    if wanted.condition is None or holds(wanted.condition, moment.state):
        return None
    reads = sorted(wanted.condition.reads)
    values = [_is(name, moment.state.values.get(name)) for name in reads if not name.startswith("@")]
    values += [f"turns is {moment.state.turns}"] * ("@turns" in reads)
    values += [f"visits is {moment.state.visits.get(moment.state.scene, 0)}"] * ("@visits" in reads)
    values += [
        f"{scene} was visited {moment.state.visits.get(scene, 0)} times"
        for scene in (name.removeprefix("@visited:") for name in reads if name.startswith("@visited:"))
    ]
    return f"{clean_line(wanted.wanted)} to hold", "; ".join(values)


def _text(wanted: Expectation, moment: Moment) -> _Found:
    if folded(wanted.wanted) in _told(moment):
        return None
    return f"the text {_quoted(wanted.wanted)}", "it was not told" if moment.told else "nothing was told"


def _not_text(wanted: Expectation, moment: Moment) -> _Found:
    told, unwanted = _told(moment), folded(wanted.wanted)
    return None if unwanted not in told else (f"never {_quoted(wanted.wanted)}", _excerpt(told, unwanted))


def _choices(wanted: Expectation, moment: Moment) -> _Found:
    can = _takeable(moment)
    if wanted.wanted in can or folded(wanted.wanted) in map(folded, can.values()):
        return None
    return f"{_quoted(wanted.wanted)} to be open", f"open: {', '.join(can)}" if can else "nothing is open"


def _not_choices(wanted: Expectation, moment: Moment) -> _Found:
    can = _takeable(moment)
    if wanted.wanted not in can and folded(wanted.wanted) not in map(folded, can.values()):
        return None
    return f"{_quoted(wanted.wanted)} not to be open", f"open: {', '.join(can)}"


def _outcome(wanted: Expectation, moment: Moment) -> _Found:
    reached = _reached(moment)
    if (not reached) if wanted.wanted == NONE else _is_among(wanted.wanted, reached):
        return None
    refused = "; ".join(_refusals(moment))
    found = f"came true: {', '.join(reached)}" if reached else "nothing came true"
    expected = "no outcome" if wanted.wanted == NONE else f'outcome "{wanted.wanted}"'
    return expected, f"{found}; refused: {refused}" if refused else found


def _not_outcome(wanted: Expectation, moment: Moment) -> _Found:
    reached = _reached(moment)
    if not (reached if wanted.wanted == NONE else _is_among(wanted.wanted, reached)):
        return None
    return f'outcome "{wanted.wanted}" not to come true', f"came true: {', '.join(reached) or 'nothing'}"


def _who(wanted: Expectation, moment: Moment) -> _Found:
    spoke = tuple(event.who for event in moment.events if isinstance(event, e.CharacterSpoke) and not event.opening)
    if spoke == wanted.several:
        return None
    return (
        f"an answer of {', then '.join(wanted.several)}",
        f"of {', then '.join(spoke)}" if spoke else "nobody answered",
    )


def _question(wanted: Expectation, moment: Moment) -> _Found:
    asked = moment.view.doubt
    if folded(wanted.wanted) in folded(asked):
        return None
    return f"the question {_quoted(wanted.wanted)}", _quoted(asked) if asked else "no question waits"


def _refused(wanted: Expectation, moment: Moment) -> _Found:
    reasons = [*filter(None, [moment.refused]), *_refusals(moment)]
    if reasons and (wanted.wanted == "true" or any(folded(wanted.wanted) in folded(reason) for reason in reasons)):
        return None
    expected = "a refusal" if wanted.wanted == "true" else f"a refusal: {_quoted(wanted.wanted)}"
    return expected, "; ".join(reasons) if reasons else "nothing was refused"


def _contains(wanted: Expectation, moment: Moment) -> _Found:
    prompts = _prompts(wanted, moment)
    if any(folded(wanted.wanted) in prompt for prompt in prompts):
        return None
    where = f"it stands in none of {len(prompts)} prompts" if len(prompts) != 1 else "it does not stand there"
    return f"{_whose(wanted)} with {_quoted(wanted.wanted)}", where if prompts else _unasked(wanted)


def _never(wanted: Expectation, moment: Moment) -> _Found:
    prompts, unwanted = _prompts(wanted, moment), folded(wanted.wanted)
    expected = f"{_whose(wanted)} without {_quoted(wanted.wanted)}"
    if not prompts:  # what is said of no prompt at all proves nothing
        return expected, _unasked(wanted)
    found = next((prompt for prompt in prompts if unwanted in prompt), None)
    return None if found is None else (expected, _excerpt(found, unwanted))


_CHECKS: Mapping[Kind, Callable[[Expectation, Moment], _Found]] = {
    "scene": _scene,
    "ending": _ending,
    "over": _over,
    "state": _state,
    "if": _condition,
    "text": _text,
    "not_text": _not_text,
    "choices": _choices,
    "not_choices": _not_choices,
    "outcome": _outcome,
    "not_outcome": _not_outcome,
    "who": _who,
    "question": _question,
    "refused": _refused,
    "contains": _contains,
    "never": _never,
}


def _standing(moment: Moment) -> str:
    if not moment.state.over:
        return f'the story is at "{moment.state.scene}"'
    return f'it ended in "{moment.state.ending}"' if moment.state.ending else "it ended without a named ending"


def _is(name: str, value: Value | None) -> str:
    shown = (
        str(value).lower() if isinstance(value, bool) else f'"{clean_line(value)}"' if isinstance(value, str) else value
    )
    return f"{name} is {shown}"


def _told(moment: Moment) -> str:
    """Return what the player read, folded; what they said themselves is not among it."""
    return folded(" ".join(line.text for line in moment.told if line.kind not in _UNREAD and line.who != PLAYER))


def _takeable(moment: Moment) -> dict[str, str]:
    """Return id and text of the choices that can be taken."""
    options = moment.view.options
    return {option.choice.choice.id: option.text for option in options if option.choice and option.enabled}


def _reached(moment: Moment) -> list[str]:
    return [event.key.replace("/outcomes/", "/") for event in moment.events if isinstance(event, e.OutcomeReached)]


def _is_among(outcome: str, reached: list[str]) -> bool:
    return any(outcome in (name, name.rpartition("/")[2]) for name in reached)


def _refusals(moment: Moment) -> list[str]:
    """Return why what was read into the talk was not taken."""
    refused = (event for event in moment.events if isinstance(event, e.ReadingRefused))
    return [f"{event.proposed}: {event.reason}".removeprefix(": ") for event in refused]


def _prompts(wanted: Expectation, moment: Moment) -> list[str]:
    return [
        folded("\n".join(message.content for message in request.messages))
        for request in moment.requests
        if request.purpose == "act" and wanted.name in ("", request.who)
    ]


def _whose(wanted: Expectation) -> str:
    return f"a prompt of {wanted.name}" if wanted.name else "a prompt"


def _unasked(wanted: Expectation) -> str:
    return f"{wanted.name or 'nobody'} was {'not ' if wanted.name else ''}asked anything"


def _quoted(text: str) -> str:
    line = clean_line(text)
    return f'"{line}"' if len(line) <= 2 * AROUND else f'"{line[: 2 * AROUND - 1]}…"'


def _excerpt(text: str, part: str) -> str:
    at = text.index(part)
    start, end = max(0, at - AROUND), at + len(part) + AROUND
    return f'"{"…" if start else ""}{text[start:end]}{"…" if end < len(text) else ""}"'
