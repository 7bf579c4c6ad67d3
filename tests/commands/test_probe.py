"""An author asks whether a story's secrets keep, with no model and with one, and reads what was found where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.library import bundled_stories
from llm.houses import House, open_house
from probing.stories import KEPT, LEAKS, SECRET, changed


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path))
    for name in ("PALAVER_CONFIG", "PALAVER_BASE_URL", "PALAVER_MODEL", "PALAVER_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "config.yaml"


def written(folder: Path, text: str) -> str:
    path = folder / "tale.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def answers(says: str = "") -> House:
    """A server whose model answers with what it was told, or with `says`."""

    def reply(body: dict[str, Any]) -> tuple[int, Any]:
        words = says or "\n".join(message["content"] for message in body["messages"])
        message = {"message": {"role": "assistant", "content": words}, "finish_reason": "stop"}
        return 200, {"choices": [message], "usage": {"prompt_tokens": 500, "completion_tokens": 50}}

    return House(takes=reply)


@pytest.fixture
def leaking() -> Iterator[str]:
    with open_house(answers()) as url:
        yield url


@pytest.fixture
def guessing() -> Iterator[str]:
    with open_house(answers('"I put the lamp out myself, the night the Annika went down."')) as url:
        yield url


@pytest.fixture
def discreet() -> Iterator[str]:
    with open_house(answers('"Mind the step, and ask me no more."')) as url:
        yield url


def probed(*typed: str, plays: int = 10) -> int:
    return main(["probe", *typed, "--plays", str(plays)])


def test_a_story_that_keeps_its_secrets_says_so_in_its_first_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probed(written(tmp_path, KEPT)) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The light: no secret is told word for word."
    assert "answers: no secret came out." in lines[-1]
    assert all(len(line) <= 80 for line in lines)


def test_the_bundled_story_tells_none_word_for_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", str(bundled_stories() / "lamp"), "--plays", "20", "--questions", "4"]) == 0

    assert capsys.readouterr().out.startswith("The Lamp at Skerry Point: no secret is told word for word")


def test_both_places_of_a_leak_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = written(tmp_path, changed(LEAKS["persona"]))
    lines = Path(story).read_text("utf-8").splitlines()
    tells = next(number for number, line in enumerate(lines, 1) if "persona: You are Maren" in line)
    keeps = next(number for number, line in enumerate(lines, 1) if "trust >= 3, fact" in line)

    assert probed(story) == 1

    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("The light: 1 secret told too early.")
    assert f"{story}:{tells}:" in out
    assert f"{story}:{keeps}:" in out
    assert "until `trust >= 3`" in out


def test_a_warning_alone_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert probed(written(tmp_path, changed(LEAKS["another fact"]))) == 0

    assert capsys.readouterr().out.startswith("The light: no secret is told word for word; 1 warning.")


def test_a_model_that_tells_all_it_is_told_keeps_a_sound_story(
    tmp_path: Path, leaking: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probed(written(tmp_path, KEPT), "--base-url", leaking, "--model", "m-1") == 0

    out = " ".join(capsys.readouterr().out.split())
    assert "Asking m-1 56 questions: at most about" in out
    assert out.endswith("56 answers: no secret came out.")


def test_a_model_that_tells_all_it_is_told_shows_what_the_author_let_slip(
    tmp_path: Path, leaking: str, capsys: pytest.CaptureFixture[str]
) -> None:
    story = written(tmp_path, changed(LEAKS["persona"]))

    assert probed(story, "--base-url", leaking, "--model", "m-1", "--only", "maren") == 1

    out = " ".join(capsys.readouterr().out.split())
    assert "28 answers: 1 secret came out." in out
    assert "asked (plain):" in out
    assert "It is in what the author wrote." in out


def test_what_is_in_nothing_that_was_sent_is_a_guess(
    tmp_path: Path, guessing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probed(written(tmp_path, KEPT), "--base-url", guessing, "--model", "m-1", "--only", "maren") == 0

    out = " ".join(capsys.readouterr().out.split())
    assert "no secret came out; 1 secret may have been guessed." in out
    assert "guessed?: a fact kept from Maren until `trust >= 3`" in out


def test_a_model_that_tells_nothing_is_not_accused(
    tmp_path: Path, discreet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    story = written(tmp_path, changed(LEAKS["persona"]))

    assert probed(story, "--base-url", discreet, "--model", "m-1") == 1  # the text itself is still wrong

    assert capsys.readouterr().out.splitlines()[-1] == "56 answers: no secret came out."


def test_the_budget_is_kept_and_what_was_found_until_then_is_told(
    tmp_path: Path, file: Path, guessing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("budget: {session: {tokens: 6000}}\n", "utf-8")

    assert probed(written(tmp_path, KEPT), "--base-url", guessing, "--model", "m-1", "--only", "maren") == 1

    printed = capsys.readouterr()
    assert "answers: no secret came out; 1 secret may have been guessed." in " ".join(printed.out.split())
    assert "28 answers" not in printed.out
    assert "tokens" in printed.err


def test_ctrl_c_tells_what_was_found_until_then(
    tmp_path: Path, guessing: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.probing import interrogate

    answer, asked = interrogate._answer, []

    async def stopped(*given: Any) -> str:
        asked.append(given)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return await answer(*given)

    monkeypatch.setattr(interrogate, "_answer", stopped)

    assert probed(written(tmp_path, KEPT), "--base-url", guessing, "--model", "m-1", "--only", "maren") == 130

    assert "3 answers: no secret came out; 1 secret may have been guessed." in " ".join(capsys.readouterr().out.split())


def test_all_of_it_can_be_had_as_data(tmp_path: Path, leaking: str, capsys: pytest.CaptureFixture[str]) -> None:
    story = written(tmp_path, changed(LEAKS["persona"]))

    assert probed(story, "--base-url", leaking, "--model", "m-1", "--questions", "3", "--json") == 1

    printed = capsys.readouterr()
    data = json.loads(printed.out)
    (finding,) = data["findings"]
    assert (finding["severity"], finding["text"], finding["kept_from"], finding["if"]) == (
        "error", SECRET, "maren", "trust >= 3",
    )  # fmt: skip
    assert data["answers"] == 6
    assert {hit["source"] for hit in data["hits"]} == {"prompt"}
    assert "at most about" in printed.err


def test_a_character_that_there_is_not_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert probed(written(tmp_path, KEPT), "--only", "mare") == 1

    assert "There is: maren, odd." in capsys.readouterr().err


def test_a_wrong_number_is_a_wrong_command(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        main(["probe", written(tmp_path, KEPT), "--plays", "0"])
    assert left.value.code == 2
