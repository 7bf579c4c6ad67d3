"""What was recorded is played back word for word, piece by piece; what was not is told; nothing secret is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.messages import Message
from engine.errors import Busy, CassetteDamaged, CassetteMiss, ModelError, OverBudget, PalaverError, Withheld
from engine.llm import tape
from engine.llm.cassette import Cassette, Recorder
from engine.llm.protocol import Delta, Finished, Model, Notice, Piece, Purpose, Request, Usage, Waiting, Withdrawn
from engine.play.moves import Claim, Read
from llm.asking import ACT, JUDGE, KEY, Told, ask, endpoint, listen, stream_of

READ = Read(Claim("lets_in", "Come in."), (Claim("trust_1", "in"),), "maren", "example")
WHOLE = [
    Waiting("queueing", 2.0),
    Delta("Go "),
    Withdrawn("m stepped out."),
    Delta("Come "),
    Notice("80 % of the budget is spent."),
    Delta("in. \u201cÆ\u2028\U0001f6a4"),
    Finished("Come in.", "stop", Usage(10, 3, None), "m-1-2026", READ),
]
FAILED = {"kind": "Busy", "what": "", "do": "", "status": 1, "request_id": ""}


class Fed:
    """Gives lists of pieces in turn; an error in one is raised."""

    name = "m-1"

    def __init__(self, *answers: list[Any]) -> None:
        self.answers = list(answers)

    async def stream(self, request: Request) -> Any:
        for piece in self.answers.pop(0):
            if isinstance(piece, ModelError):
                raise piece
            yield piece

    async def aclose(self) -> None:
        return None


def told(model: Model, *requests: Request) -> list[Told]:
    async def listened() -> list[Told]:
        return [await listen(model, request) for request in requests]

    return asyncio.run(listened())


def record(path: Path, *answers: list[Any], requests: tuple[Request, ...] = ()) -> None:
    recorder = Recorder(Fed(*answers), path)
    for request in requests or (ACT,) * len(answers):
        try:
            told(recorder, request)
        except ModelError:
            continue


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[1:] if line]


def test_an_answer_comes_back_as_it_came_but_for_the_waiting(tmp_path: Path) -> None:
    record(tmp_path / "a.jsonl", WHOLE)
    cassette = Cassette(tmp_path / "a.jsonl")
    assert cassette.name == "m-1"
    assert told(cassette, ACT)[0].pieces == WHOLE[1:]
    assert cassette.unplayed == 0


def test_what_a_reading_says_of_groups_and_doubts_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    read = Read(Claim("a", "b"), (Claim("c", "d", "odd"), Claim("e", "f")), "maren", unsure=True, vetoed=True)
    record(path, [Finished("Come in.", reading=read)], WHOLE)
    cassette = Cassette(path)
    assert [one.finished.reading for one in told(cassette, ACT, ACT)] == [read, READ]
    assert lines(path)[0]["finished"]["reading"]["moved"][0] == {"id": "c", "evidence": "d", "who": "odd"}


def test_a_recording_of_before_groups_and_doubts_is_written_and_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record(path, WHOLE)
    assert lines(path)[0]["finished"]["reading"] == {
        "outcome": {"id": "lets_in", "evidence": "Come in."},
        "moved": [{"id": "trust_1", "evidence": "in"}],
        "who": "maren",
        "by": "example",
        "fault": "",
    }
    assert told(Cassette(path), ACT)[0].finished.reading == READ


@pytest.mark.parametrize("purpose", ["choose", "summary"])
def test_who_answers_and_what_is_kept_in_mind_is_recorded_too(tmp_path: Path, purpose: Purpose) -> None:
    path = tmp_path / "a.jsonl"
    asked = replace(ACT, purpose=purpose)
    record(path, [Finished("One.")], [Finished("Two.")], requests=(ACT, asked))
    assert told(Cassette(path), asked)[0].finished.text == "Two."


@given(st.lists(st.text(max_size=20), max_size=6), st.text(max_size=30))
def test_any_words_come_back(tmp_path_factory: pytest.TempPathFactory, words: list[str], line: str) -> None:
    path = tmp_path_factory.mktemp("tapes") / "a.jsonl"
    request = replace(ACT, messages=(Message("user", line),))
    pieces: list[Piece] = [*map(Delta, words), Finished("".join(words))]
    record(path, pieces, requests=(request,))
    assert told(Cassette(path), request)[0].pieces == pieces


def test_the_same_request_gets_its_answers_in_order_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record(path, [Finished("One.")], [Finished("{}")], [Finished("Two.")], requests=(ACT, JUDGE, ACT))
    cassette = Cassette(path)
    assert [one.finished.text for one in told(cassette, JUDGE, ACT, ACT)] == ["{}", "One.", "Two."]
    with pytest.raises(CassetteMiss, match="not once more"):
        told(cassette, ACT)


def test_a_later_play_is_added_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.jsonl"
    record(path, [Finished("One.")])
    record(path, [Finished("Two.")])
    assert [one.finished.text for one in told(Cassette(path), ACT, ACT)] == ["One.", "Two."]


def test_an_error_is_raised_again_after_the_words_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    failed = Busy("h is overloaded.", do="Try again.", status=503, request_id="r-1")
    record(path, [Delta("Come "), failed], [OverBudget("Spent.")], [Withheld("No.")])
    cassette = Cassette(path)
    heard = Told()
    with pytest.raises(Busy, match="h is overloaded") as caught:
        asyncio.run(listen(cassette, ACT, heard))
    assert heard.words == "Come "
    assert (caught.value.status, caught.value.request_id) == (503, "r-1")
    with pytest.raises(ModelError, match="Spent"):
        told(cassette, ACT)
    with pytest.raises(Withheld):
        told(cassette, ACT)


def test_an_answer_that_was_stopped_stops_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"

    async def stop() -> None:
        stream = Recorder(Fed([Delta("Come "), Delta("in.")]), path).stream(ACT)
        await anext(stream)
        await stream.aclose()

    asyncio.run(stop())
    assert told(Cassette(path), ACT)[0].pieces == [Delta("Come ")]


def test_what_was_not_recorded_is_told_by_what_is_nearest(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    other = replace(ACT, messages=(Message("system", "You are Odd."), *ACT.messages[1:]))
    record(path, [Finished("One.")], [Finished("Two.")], requests=(other, ACT))
    cassette = Cassette(path)
    asked = replace(ACT, messages=(ACT.messages[0], Message("user", "Let me out!")))
    with pytest.raises(
        CassetteMiss, match=r'message 2 \(user\), character 8: recorded "Let me in!", asked "Let me out!"'
    ):
        told(cassette, asked)
    with pytest.raises(CassetteMiss, match=r'settings: recorded \{\}, asked \{"max_tokens":9\}'):
        told(cassette, replace(ACT, settings={"max_tokens": 9}))
    with pytest.raises(CassetteMiss, match="recorded 2, asked 1"):
        told(cassette, replace(ACT, messages=ACT.messages[:1]))
    with pytest.raises(CassetteMiss, match="holds no request to judge"):
        told(cassette, JUDGE)


def test_who_is_asked_is_not_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    to = endpoint(headers={"x-own-key": "own-key-of-some-length"}, query={"q": "secret-query"})
    asked = ask(
        stream_of("You sent ", KEY[:9], KEY[9:], ".", {"choices": [{"delta": {}, "finish_reason": "stop"}]}), to=to
    )
    line = replace(ACT, messages=(Message("user", f"My key is {KEY} and sk-other-0123456789abcdef."),))
    heard = told(Recorder(asked.model, path), line)[0]
    text = path.read_text("utf-8")
    for secret in (KEY, "own-key", "secret-query", "models.example", "0123456789abcdef"):
        assert secret not in text
    assert told(Cassette(path), line)[0].words == heard.words == "You sent [key]."


def test_a_key_said_in_pieces_is_masked_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record(path, [Delta("It is sk-0123456789"), Delta("abcdef99"), Finished("It is sk-0123456789abcdef99")])
    assert told(Cassette(path), ACT)[0].pieces == [Delta("It is [key]"), Finished("It is [key]")]


def test_a_person_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record(path, WHOLE)
    assert path.read_text("utf-8").startswith('{"palaver_cassette":1}\n')
    (line,) = lines(path)
    assert line["request"]["messages"][1] == {"role": "user", "content": "Let me in!"}
    assert line["pieces"][:2] == [{"delta": "Go "}, {"withdrawn": "m stepped out."}]
    assert line["finished"]["reading"]["outcome"] == {"id": "lets_in", "evidence": "Come in."}


def test_a_line_that_was_cut_by_the_power_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record(path, [Finished("One.")], [Finished("Two.")])
    path.write_bytes(path.read_bytes()[:-9])
    assert Cassette(path).unplayed == 1
    record(path, [Finished("Three.")])
    assert [one.finished.text for one in told(Cassette(path), ACT, ACT)] == ["One.", "Three."]


def test_a_full_disk_ends_the_recording_and_not_the_play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    recorder = Recorder(Fed(*[[Delta("Come in."), Finished("Come in.")]] * 2), path)
    monkeypatch.setattr(tape, "LARGEST", 30)
    first, second = told(recorder, ACT, ACT)
    assert first.pieces[1:] == [Notice("The recording a.jsonl ends here: it is full."), Finished("Come in.")]
    assert second.pieces == [Delta("Come in."), Finished("Come in.")]
    assert Cassette(path).unplayed == 0 if path.stat().st_size <= 30 else True


def test_what_else_the_play_follows_from_is_kept_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    setup = {"story": "lamp", "seed": 7, "context": 4096, "fixed": {"top_p": 0.5}, "note": "sk-0123456789abcdef99"}
    Recorder(Fed(), path, setup)
    Recorder(Fed(), path, setup)
    assert Cassette(path).setup == {**setup, "note": "[key]"}
    with pytest.raises(PalaverError, match="recording of another play"):
        Recorder(Fed(), path, {**setup, "seed": 8})


def test_no_other_file_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Mine.")
    with pytest.raises(PalaverError, match="is no recording"):
        Recorder(Fed(), tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "Mine."
    with pytest.raises(PalaverError, match="cannot be written"):
        Recorder(Fed(), tmp_path)


def altered(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def alter(text: str) -> str:
        header, line, *_ = text.split("\n")
        found = json.loads(line)
        change(found)
        return f"{header}\n{json.dumps(found)}\n"

    return alter


@pytest.mark.parametrize(
    ("alter", "what"),
    [
        (lambda text: "", "no recording"),
        (lambda text: "\x00" * 100, "no recording"),
        (lambda text: text.replace('cassette":1', 'cassette":2'), "another version"),
        (lambda text: text.replace('cassette":1', 'cassette":true'), "no recording"),
        (lambda text: text + "{}\n", ":3: key"),
        (lambda text: text + "[" * 100_000 + "\n", ":3: "),
        (lambda text: text.replace("Let me in!", "Let me go!"), ":2: the request was altered"),
        (altered(lambda line: line.update(more=1)), "more"),
        (altered(lambda line: line["pieces"].append({"delta": "a", "notice": "b"})), "not one thing"),
        (altered(lambda line: line["pieces"].append({})), "not one thing"),
        (altered(lambda line: line["pieces"].append({"delta": 1})), "pieces.5.delta"),
        (altered(lambda line: line["finished"]["usage"].update(prompt=-1)), "usage.prompt"),
        (altered(lambda line: line["finished"]["usage"].update(prompt=10**400)), "usage.prompt"),
        (altered(lambda line: line["finished"].update(text=None)), "finished.text"),
        (altered(lambda line: line["finished"].update(model="m" * 3000)), "finished.model"),
        (altered(lambda line: line.update(key="../x")), "key"),
        (altered(lambda line: line["request"].update(purpose="delete")), "request.purpose"),
        (altered(lambda line: line["finished"]["reading"].update(unsure="no")), "reading.unsure"),
        (altered(lambda line: line["finished"]["reading"]["moved"][0].update(who=1)), "moved.0.who"),
        (altered(lambda line: line.update(error=FAILED)), "both"),
    ],
)
def test_a_strangers_file_is_refused_with_its_line(tmp_path: Path, alter: Callable[[str], str], what: str) -> None:
    path = tmp_path / "a.jsonl"
    record(path, WHOLE)
    path.write_text(alter(path.read_text("utf-8")), "utf-8")
    with pytest.raises(CassetteDamaged, match=what) as caught:
        Cassette(path)
    assert "\x1b" not in str(caught.value)


def test_a_failure_of_an_unknown_kind_is_only_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record(path, [Busy("Busy.")])
    path.write_text(path.read_text("utf-8").replace('"Busy"', '"SystemExit"'), "utf-8")
    with pytest.raises(ModelError, match=r"Busy\."):
        told(Cassette(path), ACT)


@pytest.mark.parametrize("setup", [{"seed": "abc"}, {"seed": 1e300}, {"seed": 2**63}, {"fixed": {"max_tokens": "a"}}])
def test_a_strangers_setup_is_refused_before_it_is_played(tmp_path: Path, setup: dict[str, Any]) -> None:
    (tmp_path / "c").write_text(f"{json.dumps({'palaver_cassette': 1, 'setup': setup})}\n")
    with pytest.raises(CassetteDamaged, match="no recording of a play"):
        Cassette(tmp_path / "c")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CassetteDamaged, match="cannot be read"):
        Cassette(tmp_path / "none.jsonl")


@given(st.binary(max_size=200), st.integers(0, 900))
def test_no_bytes_do_anything_but_be_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int) -> None:
    path = tmp_path_factory.mktemp("tapes") / "a.jsonl"
    record(path, WHOLE)
    old = path.read_bytes()
    path.write_bytes(old[:at] + data + old[at + len(data) :])
    try:
        Cassette(path)
    except CassetteDamaged:
        return
