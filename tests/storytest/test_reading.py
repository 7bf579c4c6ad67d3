"""Every mistake in a file of tests is reported at its place; a hostile file does nothing worse than that."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.story.load import load_story
from engine.storytest import schema
from engine.storytest.files import files_of, folder_of, stories_here, story_of
from engine.storytest.suites import load_suite, load_suites
from storytest.inn import STORY, folder, suite

SCHEMA = Path(__file__).parent.parent.parent / "stories" / "tests.schema.json"


def said(path: Path, tests: str) -> list[str]:
    return [str(found).replace(os.sep, "/") for found in suite(path, tests).diagnostics]


MISTAKES = {
    "moves: [{chose: out}]": 'error: A move has no key "chose". Did you mean "choose"? [unknown-key]',
    "moves: [undoo]": 'error: "undoo" is no move. Did you mean "undo"? A move is one of these words or a table '
    'with one of "choose", "say", "do", "note", "answer" or "command". [wrong-value]',
    "moves: [{say: hi, choose: out}]": "error: A move is one thing, and this is choose and say: make two of it. "
    "[several-moves]",
    "moves: [{to: ana}]": 'error: This does nothing: write one of "choose", "say", "do", "note", "answer" or '
    '"command". [no-move]',
    "moves: [{say: [a, b]}]": 'error: "say" wants a text, and this is a list. [wrong-kind]',
    "moves: [{say: x, whisper: true}]": 'error: A whisper has somebody it is for: name them under "to". [missing-key]',
    "moves: [{choose: out, reply: x}]": 'error: "reply" means nothing here: it belongs to "say" and "do". [idle-key]',
    "moves: [{choose: outt}]": 'error: There is no choice "outt". Did you mean "out"? [unknown-choice]',
    "moves: [{say: hi, to: anna}]": 'error: There is no character "anna". Did you mean "ana"? [unknown-character]',
    "moves: [{say: hi, reads: gives_kee}]": 'error: There is no outcome "gives_kee". Did you mean "gives_key"? '
    "[unknown-outcome]",
    "moves: [{answer: maybe}]": 'error: "answer" wants yes or no. [wrong-kind]',
    "moves: {say: hi}": 'error: "moves" wants a list, and this is a table of keys: begin with "- ". [wrong-kind]',
    "from: {scene: baar}": 'error: There is no scene "baar". Did you mean "bar"? [unknown-scene]',
    "from: {seed: -4}": 'error: "seed" must be at least 0, and no longer than 18 digits. [out-of-range]',
    "from: {done: [bar/steel]}": 'error: There is no choice or outcome "bar/steel". Did you mean "bar/steal"? '
    "[unknown-choice]",
    "from: {state: {coins: 9}}": 'error: "coins" is at most 5, and this is 9: change one of them. [out-of-bounds]',
    "from: {state: {rich: true}}": 'error: "rich" is worked out by "let", so nothing can set it. Set what it is '
    "worked out from. [unknown-variable]",
    "cassette: ../../etc/passwd": "error: A recording must be in the story's own folder: copy it there. [unsafe-file]",
    "cassette: tests/gone.jsonl": 'error: There is no recording "tests/gone.jsonl" in the story\'s folder. '
    "[no-cassette]",
    "expect: {state: {mood: hot}}": 'error: "mood" can never be "hot". It can be "cold" or "warm". [not-an-option]',
    "expect: {if: coins >}": "error: The expression ends too soon: something is missing here. [expression]",
    "expect: {ending: A bad}": 'error: There is no ending "A bad". Did you mean "A bed"? [unknown-ending]',
    "expect: {ending: rooom}": 'error: There is no ending "rooom". Did you mean "room"? [unknown-ending]',
    "expect: {not_choices: [stele]}": 'error: There is no choice "stele". Did you mean "steal"? [unknown-choice]',
    "expect: {prompt: {who: ana}}": 'error: Write what stands in the prompt under "contains", or what never does '
    'under "never". [missing-key]',
    "expect: {prompt: {never: the moon}}": "warning: These words stand nowhere in what this story tells a "
    "character, so their absence proves nothing: look at how they are written there. [idle-never]",
    "expect: {}": 'error: "expect" has nothing in it: write what must be true. [no-expect]',
    """expect: {text: '"', scene: bar}""": "error: Quote marks and emphasis are not compared, and nothing else stands "
    "here: write words. [empty]",
    'expect: {refused: "**"}': "error: Quote marks and emphasis are not compared, and nothing else stands here: write "
    "words. [empty]",
    "expect: {prompt: {contains: '_'}}": "error: Quote marks and emphasis are not compared, and nothing else stands "
    "here: write words. [empty]",
    "expect:": 'error: "expect" is empty: write what belongs there, or take it out. [empty]',
    'expect: {text: "{{ coins }}"}': 'error: "text" is told as it stands, and "{{" means nothing '
    "here: put it in words. [template-here]",
}


@pytest.mark.parametrize("written", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_to_write(written: str, tmp_path: Path) -> None:
    rest = "" if written.startswith("expect") else "\n   expect: {scene: bar}"
    found = said(tmp_path, f"tests:\n  it:\n   {written}{rest}\n")
    assert any(line.startswith("inn/tests/bar.yaml:3:") and line.endswith(MISTAKES[written]) for line in found), found


HOSTILE = {
    "nothing": "",
    "a list": "- tests",
    "a text": "tests",
    "no tests": "tests: {}",
    "empty tests": "tests:",
    "tests that are a list": "tests: [a]",
    "two documents": "tests: {a: {expect: {scene: bar}}}\n---\ntests: {}",
    "a tag": "tests: !!python/object/apply:os.system ['true']",
    "a bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{c}: &{c} [{','.join([f'*{p}'] * 9)}]\n" for p, c in zip("abcdef", "bcdefg", strict=True))
    + "tests: *g",
    "itself": "tests: &t {a: *t}",
    "depth": "tests: " + "{a: " * 100 + "b" + "}" * 100,
    "control characters": 'tests: {"\\e[2J": {expect: {scene: bar}}}',
    "a merge": "tests: {a: {<<: {b: c}}}",
    "the same name twice": "tests:\n  a: {expect: {scene: bar}}\n  a: {expect: {scene: bar}}",
    "too many moves": "tests: {a: {moves: [" + "undo, " * 1_001 + "], expect: {scene: bar}}}",
    "keys that are tables": "tests: {? {a: b} : c}",
    "a long key": f"tests: {{{'x' * 5_000}: 1}}",
    "unended": 'tests: {a: {expect: {scene: "bar',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_nothing_of_it_is_run(name: str, tmp_path: Path) -> None:
    read = suite(tmp_path, HOSTILE[name])
    assert read.mistakes
    assert read.cases == ()
    assert all(str(found).isprintable() and len(str(found)) < 600 for found in read.diagnostics)


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from(["bar", "ana", "undo"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["from", "moves", "expect", "say", "reply", "reads", "state", "prompt", "if", "scene", "x"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_whatever_stands_in_a_test_it_is_read_or_refused(anything: object) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        read = suite(Path(name), "tests: {it: " + json.dumps(anything) + "}")
        assert read.mistakes or len(read.cases) == 1


def test_all_is_reported_at_once_and_each_thing_once(tmp_path: Path) -> None:
    tests = "tests:\n  a: {moves: [{chose: x, to: anna}], expect: {scene: baar, outcom: x}}\n  b: nothing\nextra: 1\n"
    found = [line.partition("error: ")[2] for line in said(tmp_path, tests)]
    assert found == [
        'A move has no key "chose". Did you mean "choose"? [unknown-key]',
        '"to" means nothing here: it belongs to "say" and "do". [idle-key]',
        'There is no character "anna". Did you mean "ana"? [unknown-character]',
        'There is no scene "baar". Did you mean "bar"? [unknown-scene]',
        '"expect" has no key "outcom". Did you mean "outcome"? [unknown-key]',
        '"b" wants a table with keys such as "from", "cassette" or "moves", and this is a single value. [wrong-kind]',
        'A file of tests has no key "extra". It has "tests". [unknown-key]',
    ]


def test_a_test_that_expects_nothing_is_none(tmp_path: Path) -> None:
    assert "no-expect" in said(tmp_path, "tests: {it: {moves: [{choose: out}]}}")[0]


# Where tests are


def test_tests_change_nothing_of_their_story(tmp_path: Path) -> None:
    inn = folder(tmp_path)
    before = load_story(inn)
    (inn / "tests" / "bar.yaml").write_text("no story: and no sound test", "utf-8")
    after = load_story(inn)
    assert after.hash == before.hash
    assert list(after.scenes) == list(before.scenes)


def test_a_folder_and_a_file_each_have_a_place_for_their_tests(tmp_path: Path) -> None:
    inn = folder(tmp_path, "tests: {a: {expect: {scene: bar}}}")
    assert files_of(inn) == files_of(inn / "story.yaml") == (inn / "tests" / "bar.yaml",)
    assert story_of(inn / "tests" / "bar.yaml") == inn
    alone = tmp_path / "alone.yaml"
    alone.write_text(STORY, "utf-8")
    assert files_of(alone) == ()
    folder_of(alone).mkdir()
    (folder_of(alone) / "a.yaml").write_text("tests: {a: {expect: {scene: bar}}}", "utf-8")
    (folder_of(alone) / ".hidden.yaml").write_text("", "utf-8")
    (file,) = files_of(alone)
    assert story_of(file) == alone
    assert load_suite(file).cases
    assert story_of(alone) is None
    assert list(stories_here(tmp_path)) == []
    assert list(stories_here(inn)) == [inn]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are otherwise there")
def test_what_is_no_file_of_the_story_is_told_of_and_never_read(tmp_path: Path) -> None:
    inn = folder(tmp_path)
    (tmp_path / "outside.yaml").write_text("tests: {}", "utf-8")
    (inn / "tests" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (inn / "tests" / "named.yml").write_text("tests: {}", "utf-8")
    os.mkfifo(inn / "tests" / "pipe.yaml")
    found = [str(each) for read in load_suites(inn, files_of(inn), base=tmp_path) for each in read.diagnostics]
    assert found == [
        "inn/tests/link.yaml: error: This is a link out of the story's folder, and such links are not followed: put a "
        "copy here. [unsafe-file]",
        'inn/tests/named.yml: error: This file was not read: name it "named.yaml". [ignored-file]',
        "inn/tests/pipe.yaml: error: This is not a file with text in it: take it out of the folder. [unsafe-file]",
    ]


def test_a_story_that_has_mistakes_is_told_of_before_its_tests(tmp_path: Path) -> None:
    from engine.errors import StoryError

    inn = folder(tmp_path, "tests: {}", story=STORY.replace("goto: hall", "goto: hal"))
    with pytest.raises(StoryError, match='Did you mean "hall"'):
        load_suites(inn, files_of(inn))


# For editors


def written() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def test_the_schema_for_editors_is_up_to_date_and_explains_every_key() -> None:
    assert SCHEMA.read_text("utf-8") == written()
    parts = schema()["$defs"].values()
    assert all(entry.get("description") for part in parts for entry in part.get("properties", {}).values())


if __name__ == "__main__":
    SCHEMA.write_text(written(), "utf-8")


def test_a_choice_is_guessed_in_the_words_it_was_named_with(tmp_path: Path) -> None:
    story = tmp_path / "halt"
    (story / "tests").mkdir(parents=True)
    (story / "story.yaml").write_text(
        "palaver: 1\ntitle: The halt\nstart: platform\nscenes:\n"
        "  platform: {choices: [{text: Board the train, goto: train}]}\n  train: {ending: Away}\n",
        "utf-8",
    )
    (story / "tests" / "a.yaml").write_text(
        "tests:\n  a: {moves: [{choose: Bord the train}]}\n  b: {moves: [{choose: bord_the_train}]}\n", "utf-8"
    )
    (read,) = load_suites(story, files_of(story))

    assert [found.message for found in read.diagnostics if found.code == "unknown-choice"] == [
        'There is no choice "Bord the train". Did you mean "Board the train"?',
        'There is no choice "bord_the_train". Did you mean "board_the_train"?',
    ]
