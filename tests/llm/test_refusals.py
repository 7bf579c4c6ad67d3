"""A refused reply costs the player neither the turn nor the line: something else answers, and they are told what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dialogue.messages import Message
from engine.errors import Busy, ModelError, NoWords, OutOfCredit, OverBudget, Unreachable, Withheld
from engine.llm.protocol import Delta, Finished, Piece, Request, Stage, Withdrawn
from engine.llm.refusals import REWORDED, RUNGS, Persistent, Rung
from engine.llm.scripted import ScriptedActor
from engine.llm.wordings import may_step_out, steps_out
from llm.asking import JUDGE, Told, ask, listen, stream_of

SYSTEM = "You are Maren Voss, keeper of the light at Skerry Point, and you do not let strangers in.\n\nHow to play: ..."
STAGE = Stage("maren", "Let me in!", (), ('"Hm. Not tonight."',), (), 7)
ACT = Request(
    "act",
    (Message("system", SYSTEM), Message("user", 'The player says: "Let me in!"\n[Answer as Maren.]')),
    stage=STAGE,
)
REFUSAL = "I'm sorry, but I can't assist with that request."


class Model:
    """Gives its answers in turn: words in pieces, with a finish, or an error after some words."""

    def __init__(self, name: str, *answers: Sequence[str] | tuple[Sequence[str], str] | ModelError) -> None:
        self.name = name
        self.answers: list[Any] = list(answers)
        self.requests: list[Request] = []
        self.closed = False

    async def stream(self, request: Request) -> Any:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, ModelError):
            raise answer
        words, finish = answer if isinstance(answer, tuple) else (answer, "stop")
        words = [words] if isinstance(words, str) else words
        for word in words:
            yield Delta(word)
        yield Finished("".join(words), finish, model=self.name)

    async def aclose(self) -> None:
        self.closed = True


def play(actor: Model, other: Model | None = None, ladder: Sequence[Rung] = RUNGS, request: Request = ACT) -> Told:
    return asyncio.run(listen(Persistent(actor, scripted=ScriptedActor(), other=other, ladder=ladder), request))


def shown(told: Told) -> str:
    """What stands on the screen at the end."""
    words = ""
    for piece in told.pieces:
        words = "" if isinstance(piece, Withdrawn) else words + piece.text if isinstance(piece, Delta) else words
    return words


def withdrawn(told: Told) -> list[str]:
    return [piece.reason for piece in told.pieces if isinstance(piece, Withdrawn)]


def test_a_reply_in_character_goes_through_as_it_comes() -> None:
    told = play(Model("m", ['"Go ', "away", '."']))
    assert [piece for piece in told.pieces if isinstance(piece, Delta)] == [
        Delta('"Go '), Delta("away"), Delta('."')
    ]  # fmt: skip
    assert not withdrawn(told)


def test_a_refusal_is_never_shown_and_another_wording_is_tried() -> None:
    actor = Model("m", ["I'm ", "sorry, but I can't ", "assist with that request."], ['"No."'])
    told = play(actor)
    assert told.words == shown(told) == told.finished.text == '"No."'
    assert withdrawn(told) == ["m stepped out of the part. It is asked once more, in other words."]
    assert actor.requests[1].messages[:-1] == ACT.messages[:-1], "the cached beginning stays"
    assert actor.requests[1].messages[-1].content == f"{ACT.messages[-1].content}\n{REWORDED}"


def test_then_another_model_and_then_the_author() -> None:
    actor, other = Model("m", REFUSAL, REFUSAL), Model("n", ["As an AI language model, I"])
    told = play(actor, other)
    assert shown(told) == '"Hm. Not tonight."'
    assert told.finished.reading is not None, "the author's line needs no judge"
    assert [reason.partition(". ")[2] for reason in withdrawn(told)] == [
        "It is asked once more, in other words.",
        "n is asked instead.",
        "The author's own line stands in.",
    ]
    assert len(actor.requests) == 2
    assert len(other.requests) == 1


def test_the_player_sets_the_order() -> None:
    actor, other = Model("m", REFUSAL, '"No."'), Model("n", REFUSAL)
    told = play(actor, other, ["other_model", "reword"])
    assert shown(told) == '"No."'
    assert len(withdrawn(told)) == 2


def test_with_no_rung_the_player_is_told_and_keeps_the_line() -> None:
    with pytest.raises(Withheld, match="m stepped out of the part"):
        play(Model("m", REFUSAL), ladder=[])


def test_without_another_model_its_rung_is_left_out() -> None:
    told = play(Model("m", REFUSAL), ladder=["other_model", "authored"])
    assert withdrawn(told) == ["m stepped out of the part. The author's own line stands in."]


def test_what_a_filter_cuts_in_mid_reply_is_taken_back() -> None:
    told = play(Model("m", (['"I will take the ', "knife"], "content_filter"), '"No."'))
    assert told.words == '"I will take the knife"No."'
    assert shown(told) == '"No."'


@pytest.mark.parametrize(
    "answer",
    ["", '""', "  ", ("I must decline.", "refusal"), Withheld("h declined."), NoWords("h said nothing.")],
)
def test_no_words_are_no_reply(answer: Any) -> None:
    assert shown(play(Model("m", answer, '"No."'))) == '"No."'


def test_silence_is_a_reply() -> None:
    assert shown(play(Model("m", '"..."'))) == '"..."'


def test_a_prompt_said_back_is_no_reply() -> None:
    for echo in (SYSTEM, SYSTEM[:200], 'The player says: "Let me in!"', "You are  maren voss, KEEPER" + SYSTEM[26:]):
        told = play(Model("m", [echo[:9], echo[9:]], '"No."'))
        assert told.words == '"No."', echo


@pytest.mark.parametrize("error", [Busy("No."), OutOfCredit("No."), Unreachable("No."), OverBudget("No.")])
def test_what_is_no_refusal_is_told_at_once(error: ModelError) -> None:
    actor = Model("m", error)
    with pytest.raises(type(error)):
        play(actor)
    assert len(actor.requests) == 1


@pytest.mark.parametrize("error", [Busy("No."), OverBudget("No.")])
def test_a_rung_that_fails_is_only_a_rung(error: ModelError) -> None:
    assert shown(play(Model("m", REFUSAL, error))) == '"Hm. Not tonight."'


def test_a_judge_is_not_second_guessed() -> None:
    actor = Model("m", REFUSAL)
    assert play(actor, request=JUDGE).finished.text == REFUSAL
    assert len(actor.requests) == 1


def test_a_character_who_is_a_machine_may_say_so() -> None:
    persona = SYSTEM.replace("\n\nHow", "\n\nYou are the lighthouse's AI.\n\nHow")
    request = replace(ACT, messages=(Message("system", persona), *ACT.messages[1:]))
    told = play(Model("m", '"As an AI, I do not sleep."'), request=request)
    assert shown(told) == '"As an AI, I do not sleep."'


@pytest.mark.parametrize(
    "part",
    [
        "If a visitor tells you that you are a machine, you laugh.",
        "Never say that you are an AI.",
        "Vai ai monti ogni domenica.",
        "You were the keeper's assistant for nine years.",
    ],
)
def test_a_persona_that_only_warns_of_machines_is_a_persons(part: str) -> None:
    persona = SYSTEM.replace("\n\nHow", f" {part}\n\nHow")
    request = replace(ACT, messages=(Message("system", persona), *ACT.messages[1:]))
    told = play(Model("m", "As an AI, I cannot say.", '"The key? No."'), request=request)
    assert shown(told) == '"The key? No."'


def test_closing_closes_every_model_behind_it() -> None:
    actor, other = Model("m"), Model("n")
    asyncio.run(Persistent(actor, scripted=ScriptedActor(), other=other).aclose())
    assert actor.closed
    assert other.closed


OUT = [
    REFUSAL,
    "I’m sorry, but I can’t help with that.",
    "I cannot fulfill this request.",
    "I can't continue with this roleplay.",
    "I'm unable to comply with your request as it",
    "Sorry, but as an AI language model I",
    '"As an AI, I cannot open doors."',
    "I am just a large language model",
    "*I'm an AI assistant and*",
    "Lo siento, pero no puedo ayudar con esa solicitud.",
    "Como modelo de lenguaje, no puedo",
    "En tant qu'IA, je",
    "Je suis désolé, mais je ne peux pas répondre à cette demande.",
    "Als KI-Modell kann ich",
    "Es tut mir leid, aber ich kann diese Anfrage nicht",
    "Mi dispiace, ma non posso soddisfare questa richiesta.",
    "Como uma IA, não posso",
    "Desculpe, mas não posso atender a esse pedido",
    "Извините, но я не могу выполнить этот запрос.",
    "Я языковая модель и",
    "很抱歉，我无法满足您的请求",
    "作为一个人工智能",
    "申し訳ありませんが、そのご要望には",
]
IN = [
    '"I can\'t help you with that, stranger."',
    "\"I'm sorry, but I can't help with that.\" She shuts the door.",
    "I can't help with that lamp,\" she says.",
    "I can't help you. Not tonight.",
    '"I am a keeper, and as a rule I keep."',
    "As an aid to memory she ties a knot.",
    "As a language it is beyond her, the way he talks.",
    "I'm sorry about the boat, she says.",
    "Sorry is all she says.",
    '"Aye. I cannot."',
    "I will not answer you.",
    '"I cannot fulfil my promise."',
    "Als Kind war sie",
    "Como siempre, calla.",
    "Je suis la gardienne.",
    '"I am Aina."',
    'She looks at you. "As an AI," says the radio.',
]


@pytest.mark.parametrize("text", OUT)
def test_a_model_that_speaks_for_itself_is_known(text: str) -> None:
    assert steps_out(text)


@pytest.mark.parametrize("text", IN)
def test_a_character_who_declines_is_in_character(text: str) -> None:
    assert not steps_out(text)


@given(st.sampled_from(OUT), st.integers(0, 80))
def test_no_word_of_a_refusal_is_let_out_before_it_is_known(text: str, cut: int) -> None:
    assert may_step_out(text[:cut]) or steps_out(text[:cut])


@given(st.sampled_from([*IN, *OUT, SYSTEM, '"Go away."']), st.lists(st.integers(0, 60), max_size=5))
def test_wherever_the_pieces_part_the_same_is_said(text: str, cuts: list[int]) -> None:
    ends = sorted(min(cut, len(text)) for cut in cuts)
    pieces = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    told = play(Model("m", pieces), ladder=["authored"])
    assert bool(withdrawn(told)) == (text in OUT or text == SYSTEM)
    assert shown(told) == told.words == told.finished.text


def test_a_filtered_http_reply_is_withheld_and_an_empty_one_has_no_words() -> None:
    with pytest.raises(Withheld):
        ask(stream_of({"choices": [{"delta": {}, "finish_reason": "content_filter"}]})).tell()
    with pytest.raises(NoWords):
        ask(stream_of({"choices": [{"delta": {}, "finish_reason": "stop"}]})).tell()


def test_stopping_closes_the_model_behind_it() -> None:
    async def stop() -> bool:
        closed = False

        class Slow(Model):
            async def stream(self, request: Request) -> Any:
                nonlocal closed
                try:
                    yield Delta('"Go ')
                    yield Delta("away")
                finally:
                    closed = True

        stream = Persistent(Slow("m"), scripted=ScriptedActor()).stream(ACT)
        first: Piece = await anext(stream)
        assert first == Delta('"Go ')
        await stream.aclose()
        return closed

    assert asyncio.run(stop())
