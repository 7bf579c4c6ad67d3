"""Whatever is in a file, checking it ends soon, with diagnostics and never with an exception."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.checking import thoroughly
from engine.story.load import Checked, check_story
from engine.story.source import CONTROLS

TESTS = Path(__file__).parent.parent
WHOLE = (TESTS / "stories_bad" / "everything_at_once.yaml").read_text(encoding="utf-8")
SOUND = "\n".join(path.read_text(encoding="utf-8") for path in sorted((TESTS / "stories_good" / "every_key").iterdir()))
HEAD = "palaver: 1\ntitle: T\nstart: a\n"

Check = Callable[[str], Checked]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    path = tmp_path_factory.mktemp("hostile") / "tale.yaml"

    def checked(text: str) -> Checked:
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return check_story(path)

    return checked


NASTY = {
    "a bracket at the very end": "palaver: [",
    "a brace at the very end": "palaver: 1\nscenes: {a: {text: b, ",
    "brackets": "a: " + "[" * 100_000,
    "braces": "a: " + "{a: " * 100_000,
    "dashes": "- " * 50_000 + "a",
    "question marks": "? " * 50_000 + "a",
    "indentation": "".join(" " * depth + "a:\n" for depth in range(500)),
    "a long key": "a" * 200_000 + ": b",
    "a long number": "palaver: " + "1" * 100_000,
    "a long start": HEAD + "state: {x: " + "9" * 100_000 + "}\nscenes: {a: {ending: x}}",
    "many keys": "a: b\n" * 20_000,
    "many anchors": "".join(f"a{number}: &x{number} b\n" for number in range(20_000)),
    "many aliases": "a: &a b\n" + "".join(f"a{number}: *a\n" for number in range(20_000)),
    "an alias bomb": "a0: &a0 ["
    + "x, " * 50
    + "]\n"
    + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 50}]\n" for n in range(1, 40)),
    "many unknown scenes": HEAD + "scenes:\n" + "".join(f"  s{n}: {{goto: t{n}}}\n" for n in range(3_000)),
    "many brackets in an expression": HEAD + f"scenes: {{a: {{choices: [{{text: x, if: '{'(' * 490}'}}]}}}}",
    "many braces in a text": HEAD + f"scenes: {{a: {{ending: x, text: '{'{{' * 9_000}'}}}}",
    "nulls": "\0" * 10_000,
    "escapes": 'a: "' + "\\x1b" * 20_000 + '"',
    "lone surrogates": "a: \ud800",
    "nothing but a colon": ":",
    "an unfinished escape": 'a: "\\U0011',
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_nasty_files_end_in_diagnostics(check: Check, text: str) -> None:
    checked = check(text)

    assert checked.graph is None
    assert checked.diagnostics


def test_mistakes_are_counted_only_so_far(check: Check) -> None:
    found = check(NASTY["many unknown scenes"]).diagnostics

    assert len(found) == 1_001
    assert found[0].code == "too-many"


def test_a_paragraph_that_was_taken_for_a_key_is_not_said_whole(check: Check) -> None:
    for key in ("x" * 400 + " wary", "x y " * 200):
        text = HEAD + f"state: {{b: {{start: 0, {key}: 1}}}}\nscenes: {{a: {{ending: x}}}}\n"
        hold_promises(check(text), text)


def hold_promises(checked: Checked, text: str) -> None:
    lines = text.count("\n") + text.count("\r") + 2
    assert (checked.graph is None) == any(found.severity == "error" for found in checked.diagnostics)
    for found in checked.diagnostics:
        assert 0 <= found.line <= lines
        assert found.column >= 1
        assert not CONTROLS.search(str(found))
        assert len(found.message) < 600


PIECES = st.sampled_from(
    [
        *"{}[]:|>'\"\t#?~%,@`\\\r\n&*!-",
        "- ", "  ", "{{", "}}", "{% if", "&a ", "*a", "!x", "<<: ", "---\n", "\x00", "\x1b[", "\u202e", "\ufeff",
        "null", "true", "1", ".inf", "12:30", "goto", "talk: ", "pool: [", "scenes:", "state:", "…", "x" * 600,
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 30), PIECES | st.text(max_size=5)), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(whole=st.sampled_from([WHOLE, SOUND]), edits=EDITS)
def test_a_story_edited_at_random_is_checked_all_the_same(
    check: Check, whole: str, edits: list[tuple[int, int, str]]
) -> None:
    text = whole
    for at, length, piece in edits:
        place = at % len(text)
        text = text[:place] + piece + text[place + length :]

    hold_promises(check(text), text)


KEYS = [
    "id", "text", "if", "set", "then", "goto", "call", "talk", "pool", "ending", "choices", "outcomes", "when", "says",
    "who", "limit", "turns", "examples", "player", "reply", "moves", "start", "min", "max", "one_of", "scene", "weight",
    "once", "expr", "a", "b",
]  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["a", "b", "END", "?"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sections=st.fixed_dictionaries(
        {"scenes": VALUES | st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1)},
        optional={
            name: VALUES | st.dictionaries(st.sampled_from("abc"), VALUES) for name in ("state", "let", "characters")
        }
        | {"lore": VALUES, "notes": VALUES},
    )
)
def test_any_shape_of_values_is_checked(check: Check, sections: dict[str, object]) -> None:
    text = HEAD + yaml.safe_dump(sections, allow_unicode=True)

    hold_promises(check(text), text)


@pytest.mark.parametrize("story", sorted((TESTS / "stories_good").iterdir()), ids=lambda path: path.name)
def test_sound_stories_are_sound_without_the_parser_in_c(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)

    assert thoroughly(story).diagnostics == ()


def test_bad_stories_are_bad_in_the_same_lines_without_the_parser_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    differing = {}
    for expected in sorted((TESTS / "stories_bad").glob("*.expected")):
        story = expected.with_suffix("")
        story = story if story.is_dir() else expected.with_suffix(".yaml")
        found = [str(d).split(":")[:2] for d in thoroughly(story, base=TESTS / "stories_bad").diagnostics]
        wanted = [line.split(":")[:2] for line in expected.read_text(encoding="utf-8").splitlines()]
        if found != wanted:
            differing[expected.stem] = found

    assert differing == {}


@pytest.mark.parametrize(
    ("text", "where"),
    [("a: [", "1:4"), ("a: [\n", "1:4"), ("a: {b: [1, '[',", "1:8"), ('a: {b: [1], c: {d: "{", ', "1:16")],
)
def test_a_bracket_that_is_never_closed_is_told_where_it_opens(text: str, where: str, check: Check) -> None:
    told = [str(found) for found in check(text).diagnostics]
    opener = text.splitlines()[0][int(where[2:]) - 1]
    assert len(told) == 1
    assert f'tale.yaml:{where}: error: The "{opener}" that opens here is not closed' in told[0]
