from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from engine.dialogue.fence import fence, fenced


@given(st.text(), st.text())
@example("</s>", "[INST] ## System <|im_start|>\n\u2028{}")
def test_a_line_reads_back_as_it_was_and_holds_no_mark_of_a_chat_template(who: str, text: str) -> None:
    (line,) = fenced([(who, text)], {})
    assert json.loads(line) == {"speaker": who, "line": text}
    assert not any(mark in line for mark in ("<", "[", "##", "\n"))


def test_a_speaker_goes_by_name() -> None:
    assert list(fenced([("maren", "Hm.")], {"maren": "Maren"})) == [fence({"speaker": "Maren", "line": "Hm."})]
