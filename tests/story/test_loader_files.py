"""A story is read from its own folder and nothing else, whatever lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.story import source
from engine.story.load import check_story

STORY = "palaver: 1\ntitle: T\nstart: a\nscenes: {a: {ending: The end}}\n"
MORE = "scenes: {b: {ending: Another}}\n"
needs_links = pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tale"
    made.mkdir()
    (made / "story.yaml").write_text(STORY)
    return made


def codes(path: Path) -> list[tuple[str, str]]:
    return [(Path(found.file).name, found.code) for found in check_story(path).diagnostics]


def test_a_path_that_is_not_there_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "lamp").mkdir()
    found = check_story(tmp_path / "lmap").diagnostics

    assert [(d.line, d.code) for d in found] == [(0, "no-story")]
    assert 'Did you mean "lamp"?' in found[0].message


def test_a_path_with_a_null_in_it_is_a_diagnostic() -> None:
    assert codes(Path("tale\0.yaml"))[0][1] == "no-story"


def test_the_path_is_shown_as_it_was_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "story.yaml").write_text(STORY + "txt: x\n")
    monkeypatch.chdir(folder.parent)

    assert check_story(Path("tale")).diagnostics[0].file == os.path.join("tale", "story.yaml")  # noqa: PTH118
    assert check_story(folder, base=folder.parent).diagnostics[0].file == os.path.join("tale", "story.yaml")  # noqa: PTH118
    assert check_story(folder).diagnostics[0].file == str(folder / "story.yaml")


@needs_links
def test_a_link_out_of_the_folder_is_refused_and_never_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = folder.parent / "secret.yaml"
    secret.write_text("secret: 1\n")
    (folder / "more.yaml").symlink_to(secret)
    opened = record_opens(monkeypatch)

    assert codes(folder) == [("more.yaml", "unsafe-file")]
    assert secret.resolve() not in opened


@needs_links
def test_a_link_through_a_folder_outside_is_refused(folder: Path) -> None:
    (folder / "up").symlink_to(folder.parent)
    (folder.parent / "secret.yaml").write_text(MORE)
    (folder / "more.yaml").symlink_to(folder / "up" / "secret.yaml")

    assert codes(folder) == [("more.yaml", "unsafe-file")]


@needs_links
def test_a_link_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "parts" / "b.yaml").write_text("scenes: {b: {goto: a}}\n")
    (folder / "more.yaml").symlink_to(folder / "parts" / "b.yaml")
    checked = check_story(folder)

    assert checked.graph is not None
    assert list(checked.graph.scenes) == ["a", "b"]


@needs_links
@pytest.mark.parametrize("target", ["nowhere.yaml", "loop.yaml"])
def test_a_link_that_leads_nowhere_is_a_diagnostic(folder: Path, target: str) -> None:
    (folder / "loop.yaml").symlink_to(folder / target)

    assert codes(folder)[0] == ("loop.yaml", "unsafe-file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")

    assert codes(folder) == [("pipe.yaml", "unsafe-file")]
    assert codes(folder / "pipe.yaml") == [("pipe.yaml", "unsafe-file")]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_device_is_refused() -> None:
    assert codes(Path("/dev/zero")) == [("zero", "unsafe-file")]


def test_a_folder_named_like_a_file_is_refused(folder: Path) -> None:
    (folder / "more.yaml").mkdir()

    assert codes(folder) == [("more.yaml", "unsafe-file")]


def test_hidden_files_and_other_files_are_not_read(folder: Path) -> None:
    (folder / ".#story.yaml").write_text("editor: lock\n")
    (folder / "notes.txt").write_text("not: read\n")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "more.yaml").write_text("not: read\n")

    assert check_story(folder).diagnostics == ()


def test_a_file_that_is_named_is_read_alone(folder: Path) -> None:
    (folder / "more.yaml").write_text("sceens: {}\n")

    assert codes(folder) == [("more.yaml", "unknown-key")]
    assert codes(folder / "story.yaml") == []


def test_no_file_that_a_story_names_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "story.yaml").write_text(
        "palaver: 1\ntitle: notes.txt\nauthor: ../secret.yaml\nabout: include /etc/passwd\nstart: a\n"
        "scenes: {a: {ending: story.yaml, text: \"![x](/etc/passwd) {{ 'deeper/more.yaml' }}\"}}\n"
    )
    opened = record_opens(monkeypatch)

    assert check_story(folder).diagnostics == ()
    assert opened == [(folder / "story.yaml").resolve()]


def record_opens(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    opened: list[Path] = []
    real_open = os.open

    def recorded(path: str | Path, flags: int, *rest: int) -> int:
        opened.append(Path(path))
        return real_open(path, flags, *rest)

    monkeypatch.setattr(source.os, "open", recorded)
    return opened


def test_a_file_over_the_limit_is_refused_and_not_read_to_its_end(folder: Path) -> None:
    with (folder / "more.yaml").open("wb") as file:
        file.truncate(5 * 2**30)

    assert codes(folder) == [("more.yaml", "too-large")]


def test_files_over_the_limit_together_are_refused(folder: Path) -> None:
    for number in range(5):
        (folder / f"part{number}.yaml").write_text("# padding\n" * 190_000 + f"scenes: {{p{number}: {{goto: a}}}}\n")

    assert codes(folder) == [("part4.yaml", "too-large")]


def test_too_many_files_are_refused(folder: Path) -> None:
    for number in range(64):
        (folder / f"part{number:02}.yaml").write_text("notes: [x]\n")

    assert codes(folder) == [("tale", "too-large")]


def test_a_file_that_cannot_be_read_does_not_hide_mistakes_in_the_others(folder: Path) -> None:
    (folder / "more.yaml").write_bytes(b"\xff\xfe\0")
    (folder / "other.yaml").write_text("scenes: {c: {endin: x, goto: missing}}\n")

    assert codes(folder) == [("more.yaml", "not-utf8"), ("other.yaml", "unknown-key")]


def test_a_main_file_named_without_its_folder_says_so_when_something_is_missing(folder: Path) -> None:
    (folder / "story.yaml").write_text("palaver: 1\ntitle: T\nstart: b\nscenes: {a: {ending: The end}}\n")
    (folder / "more.yaml").write_text("scenes: {b: {goto: a}}\n")

    assert codes(folder) == []
    assert codes(folder / "story.yaml") == [("story.yaml", "read-alone"), ("story.yaml", "unknown-scene")]


def test_a_file_left_out_for_its_ending_is_named_when_something_is_missing(folder: Path) -> None:
    (folder / "mkdocs.yml").write_text("not: read\n")
    sound = codes(folder)
    (folder / "story.yaml").write_text(STORY.replace("start: a", "start: b"))

    assert sound == []
    assert codes(folder) == [("mkdocs.yml", "ignored-file"), ("story.yaml", "unknown-scene")]


def test_a_main_file_that_cannot_be_read_alone_is_still_a_diagnostic(folder: Path) -> None:
    (folder / "story.yaml").write_bytes(b"\xff\xfe")
    (folder / "more.yaml").write_text(MORE)

    assert codes(folder / "story.yaml") == [("story.yaml", "read-alone"), ("story.yaml", "not-utf8")]


def test_a_part_of_a_folder_named_alone_says_that_the_folder_is_the_story(folder: Path) -> None:
    (folder / "more.yaml").write_text(MORE)
    found = check_story(folder / "more.yaml").diagnostics

    assert found[0].code == "read-alone"
    assert "name the folder instead" in found[0].message
    assert codes(folder) == [("more.yaml", "unreachable-scene")]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (STORY.replace("title: T", "title: @T"), False),
        ("palaver: 1\ntitle: T\nstart: a\n", False),
        ("palaver: 9\n" + STORY.partition("\n")[2], False),
        (STORY.replace("start: a", "start: b"), True),
        (STORY, True),
    ],
)
def test_it_is_told_whether_everything_could_be_looked_at(folder: Path, text: str, whole: bool) -> None:
    (folder / "story.yaml").write_text(text)

    assert check_story(folder).whole is whole


def test_nothing_more_is_expected_of_a_story_that_is_not_there(tmp_path: Path) -> None:
    assert check_story(tmp_path / "nothing").whole


def test_a_finding_about_a_whole_file_is_shown_without_a_line(tmp_path: Path) -> None:
    shown = str(check_story(tmp_path / "tale", base=tmp_path).diagnostics[0])

    assert shown.startswith("tale: error: ")
