"""Writes down how judges did on a story's cases, for a person at 80 columns or for a program. It measures nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.dialogue.cases import Case, Verdict
from engine.judging import Trial
from engine.plaintext import clean_line
from engine.scores import Tally
from engine.story.graph import StoryGraph

WIDTH = 80
MOST_CASES = 10
"""Cases that went wrong of which a person is told."""
_NONE = "(none)"
Places = Mapping[tuple[str, str, int], str]
"""Where examples stand, as `file:line`."""


@dataclass(slots=True)
class Measured:
    """What was measured of one model."""

    model: str
    runs: int
    trials: list[Trial] = field(default_factory=list)
    stopped: str = ""
    """Why it was not measured to the end; empty when it was."""


def sheet(cases: Sequence[Case], results: Sequence[Measured], *, places: Places) -> str:
    """Return the results as lines of at most 80 columns: figures, confusion, and the cases that went wrong."""
    tallies = [Tally(cases, result.trials) for result in results]
    lines = list(_figures(results, tallies))
    for result, tally in zip(results, tallies, strict=True):
        if result.stopped:
            lines += ["", *_wrapped(f"{result.model} was not asked to the end: {result.stopped}")]
        if tally.answered:
            lines += ["", _cut(f"What {result.model} found, where what was so:"), *_confusion(tally), *_moves(tally)]
    if len(results) > 1:
        lines += _differing(cases, results, tallies, places)
    else:
        lines += _wrong(cases, tallies[0], places)
    return "\n".join(lines)


def as_json(graph: StoryGraph, cases: Sequence[Case], results: Sequence[Measured], *, host: str, places: Places) -> str:
    """Return everything that was measured as one JSON object; shares go from 0 to 1, times are in seconds."""
    told = {
        "story": graph.id,
        "title": graph.title,
        "hash": graph.hash,
        "host": host,
        "models": [_model(result, Tally(cases, result.trials)) for result in results],
        "cases": [
            {
                "scene": case.scene,
                "who": case.who,
                "player": case.player,
                "reply": case.reply,
                "outcome": case.outcome or None,
                "moves": sorted(case.moves),
                "place": places.get(case.at),
                "answers": [[_answer(trial) for trial in result.trials if trial.case == number] for result in results],
            }
            for number, case in enumerate(cases)
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


# For a person


def _figures(results: Sequence[Measured], tallies: Sequence[Tally]) -> Iterator[str]:
    """Yield a table with a column for each model."""
    rows: list[tuple[str, ...]] = [("", *(_cut(result.model, 24) for result in results))]
    rows.append(("answers", *(f"{len(tally.answered):,}" for tally in tallies)))
    rows.append(("right", *(_percent(tally.accuracy, tally.answered) for tally in tallies)))
    rows.append(("  where something came true", *(_of(*t.where(something=True)) for t in tallies)))
    rows.append(("  where nothing did", *(_of(*t.where(something=False)) for t in tallies)))
    counted: tuple[tuple[str, Verdict], ...] = (
        ("false branches", "false"),
        ("missed", "missed"),
        ("wrong outcome", "wrong"),
        ("could not be read", "unreadable"),
    )
    for name, verdict in counted:
        rows.append((name, *(f"{tally.count(verdict):,}" for tally in tallies)))
    if any(result.runs > 1 for result in results):
        passes = (_percent(t.passed(r.runs), t.answered) for r, t in zip(results, tallies, strict=True))
        rows.append((f"pass^{results[0].runs}, right each time", *passes))
    rows.append(("moves right, false, missed", *(_moved(t) for t in tallies)))
    rows.append(("named, but not shown", *(f"{tally.void:,}" for tally in tallies)))
    rows.append(("named, but not sure", *(f"{tally.unsure:,}" for tally in tallies)))
    rows.append(("no answer", *(f"{tally.unanswered:,}" for tally in tallies)))
    rows.append(("tokens asked, answered", *(", ".join(f"{n:,}" for n in t.tokens) for t in tallies)))
    rows.append(("seconds, median, p95", *(f"{t.seconds(0.5):.2f}, {t.seconds(0.95):.2f}" for t in tallies)))
    left, *widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, *cells in rows:
        right = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"{name.ljust(left)}  {right}".rstrip()


def _confusion(tally: Tally) -> Iterator[str]:
    """Yield a line for each pair of outcomes that came up, the wrong ones marked."""
    scene = ""
    for cell in tally.confusion:
        if cell.scene != scene:
            scene = cell.scene
            yield _cut(f"  {scene}")
        mark = " " if cell.expected == cell.given else "*"
        names = f"{_cut(cell.expected or _NONE, 30):<30} -> {_cut(cell.given or _NONE, 30):<30}"
        yield f"  {mark} {names} {cell.times:>7,}"


def _moves(tally: Tally) -> Iterator[str]:
    """Yield a line for each move rule that was not always found as it should be."""
    for each in tally.moves:
        if each.false or each.missed:
            name = _cut(f"{each.who}: {each.rule}", 40)
            yield f"  * {name:<40} {each.right:,} right, {each.false:,} false, {each.missed:,} missed"


def _moved(tally: Tally) -> str:
    found = tally.moves
    sums = (sum(each.right for each in found), sum(each.false for each in found), sum(each.missed for each in found))
    return ", ".join(f"{number:,}" for number in sums)


def _wrong(cases: Sequence[Case], tally: Tally, places: Places) -> Iterator[str]:
    worst = tally.worst
    if worst:
        yield ""
        yield f"Went wrong{_first(worst)}:"
    for number in worst[:MOST_CASES]:
        right, asked = tally.rights(number)
        yield from _told(cases[number], f"{right} of {asked} right", places)
        failures = tally.failures(number)
        seen = dict.fromkeys(_said(failure) for failure in failures)
        for said in seen:
            yield _cut(f"    found: {said}")


def _differing(
    cases: Sequence[Case], results: Sequence[Measured], tallies: Sequence[Tally], places: Places
) -> Iterator[str]:
    """Yield the cases that one model got right more often than the other, the greatest difference first."""

    def shares(number: int) -> list[float]:
        return [right / asked if asked else 0.0 for right, asked in (tally.rights(number) for tally in tallies)]

    both = [number for number in range(len(cases)) if all(tally.rights(number)[1] for tally in tallies)]
    apart = [number for number in both if len(set(shares(number))) > 1]
    apart.sort(key=lambda number: min(shares(number)) - max(shares(number)))
    yield ""
    if not both or not apart:
        yield "There is no case on which they differ."
        return
    yield f"They differ{_first(apart)}:"
    for number in apart[:MOST_CASES]:
        yield from _told(cases[number], "", places)
        for result, tally in zip(results, tallies, strict=True):
            right, asked = tally.rights(number)
            said = "; ".join(dict.fromkeys(_said(failure) for failure in tally.failures(number)))
            yield _cut(f"    {result.model[:30]}: {right} of {asked} right{f', found {said}' if said else ''}")


def _told(case: Case, how: str, places: Places) -> Iterator[str]:
    yield _cut(f"  {case.scene}: {case.outcome or _NONE}{f', {how}' if how else ''}")
    if case.at in places:
        yield f"    {places[case.at]}"  # never cut: it is there to be gone to
    yield _cut(f"    > {clean_line(case.player)}")
    yield _cut(f"    {case.who}: {clean_line(case.reply)}")


def _said(trial: Trial) -> str:
    """Return what an answer came to, in a few words."""
    score = trial.score
    if score is None:
        return "no answer"
    if score.fault:
        return score.fault
    if score.void:
        return f"{score.void}, which its words do not show: {_quoted(score.evidence)}"
    if score.unsure:
        return f"{score.unsure}, but not sure"
    return f"{score.given}: {_quoted(score.evidence)}" if score.given else _NONE


def _quoted(words: str) -> str:
    return f'"{words.replace(chr(34), "")}"'


def _first(numbers: Sequence[int]) -> str:
    shown = min(len(numbers), MOST_CASES)
    return f" ({shown} of {len(numbers):,} cases)" if shown < len(numbers) else f" ({_counted(len(numbers), 'case')})"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _percent(share: float, of: Sequence[object]) -> str:
    # Rounded down: only a judge that never errs is told to be right in 100 %.
    return f"{int(share * 1000 + 1e-9) / 10:.1f} %" if of else "-"


def _of(number: int, whole: int) -> str:
    return f"{number:,} of {whole:,}"


def _cut(text: str, width: int = WIDTH) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(clean_line(text), WIDTH)


# For a program


def _model(result: Measured, tally: Tally) -> dict[str, Any]:
    asked, answered = tally.tokens
    return {
        "model": result.model,
        "runs": result.runs,
        "stopped": result.stopped or None,
        "answers": len(tally.answered),
        "accuracy": tally.accuracy if tally.answered else None,
        "pass_all_runs": tally.passed(result.runs) if tally.answered else None,
        "right": tally.count("right"),
        "false_branches": tally.count("false"),
        "missed": tally.count("missed"),
        "wrong_outcome": tally.count("wrong"),
        "moves": [asdict(each) for each in tally.moves],
        "void_evidence": tally.void,
        "unsure": tally.unsure,
        "unreadable": tally.count("unreadable"),
        "unanswered": tally.unanswered,
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "seconds_median": tally.seconds(0.5),
        "seconds_p95": tally.seconds(0.95),
        "confusion": [
            {
                "scene": cell.scene,
                "expected": cell.expected or None,
                "given": cell.given or None,
                "times": cell.times,
            }
            for cell in tally.confusion
        ],
    }


def _answer(trial: Trial) -> dict[str, Any]:
    score = trial.score
    told: dict[str, Any] = {"run": trial.run, "seconds": trial.seconds}
    if score is None:
        return told | {"problem": trial.problem}
    return told | {
        "verdict": score.verdict,
        "outcome": score.given or None,
        "evidence": score.evidence,
        "void": score.void or None,
        "unsure": score.unsure or None,
        "false_moves": list(score.false_moves),
        "missed_moves": list(score.missed_moves),
        "fault": score.fault or None,
    }
