"""What a sound story becomes, and the promises of loading one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.checking import thoroughly
from engine.errors import StoryError
from engine.story import schema as form
from engine.story.graph import StoryGraph
from engine.story.load import check_story, load_story
from engine.story.merge import merged_tree
from engine.story.parts import keys_of, part_at
from engine.story.places import Report
from engine.story.schema import TAG, scene_kind
from engine.story.source import read_files
from engine.story.yamltree import Node, Row, Table

STORIES = Path(__file__).parent.parent / "stories_good"
HEAD = "palaver: 1\ntitle: T\nstart: a\n"


def load(folder: Path, text: str, *, name: str = "tale.yaml") -> StoryGraph:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_story(path)


@pytest.fixture(scope="module")
def every_key() -> StoryGraph:
    return load_story(STORIES / "every_key")


@pytest.mark.parametrize("story", sorted(STORIES.iterdir()), ids=lambda path: path.name)
def test_a_sound_story_loads_without_a_word(story: Path) -> None:
    checked = thoroughly(story)

    assert checked.diagnostics == ()
    assert checked.graph is not None


def test_the_sound_stories_use_every_key_of_the_format() -> None:
    used: set[tuple[type[form.Part], str]] = set()
    for story in STORIES.iterdir():
        report = Report()
        tree, _ = merged_tree(read_files(story, report).sources, report)
        assert tree is not None
        used |= set(keys_in(tree, ()))
    parts = {part for part, _ in used}

    assert parts >= {*form.KINDS.values(), form.Story, form.Character, form.Lore, form.MoveRule, form.Forced}
    assert {(part, key) for part in parts for key in keys_of(part)} - used == set()


def keys_in(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[type[form.Part], str]]:
    if len(path) == 2 and path[0] == "scenes":
        path = (*path, scene_kind(node))
    if path[-2:-1] == ("moved_by",) and isinstance(node, Table):  # one rule, not in a list
        path = (*path, 0)
    if isinstance(node, Table):
        part, start = part_at(path)
        for key, value in node.items():
            if tuple(step for step in path if not str(step).startswith(TAG)) == tuple(
                step for step in start if not str(step).startswith(TAG)
            ):
                yield part, key
            yield from keys_in(value, (*path, key))
    elif isinstance(node, Row):
        for number, value in enumerate(node):
            yield from keys_in(value, (*path, number))


def test_the_top_of_a_story_reaches_the_graph(every_key: StoryGraph) -> None:
    graph = every_key

    assert (graph.id, graph.title, graph.start, graph.author) == ("every_key", "Every key", "shed", "Nobody")
    assert (graph.language, graph.version, graph.minutes) == ("en-GB", "1.0", 5)
    assert graph.notes == ("A storm", "A locked door")
    assert [scene.ending for scene in graph.endings] == ["In out of the rain"]


def test_variables_are_typed_by_their_first_value(every_key: StoryGraph) -> None:
    kinds = {name: variable.kind for name, variable in every_key.variables.items()}
    trust = every_key.variables["trust"]

    assert kinds == {
        "has_key": "bool", "rope": "int", "warmth": "float", "trust": "int", "mood": "text", "name": "text",
    }  # fmt: skip
    assert (trust.start, trust.low, trust.high, trust.shown) == (0, -3, 5, "Trust")
    assert every_key.variables["mood"].options == ("wary", "warm", "angry")


def test_texts_are_passages_with_names_that_do_not_depend_on_their_order(every_key: StoryGraph) -> None:
    assert set(every_key.passages) == {
        "shed", "shed/choices/mat", "shed/choices/give_a_name", "cellar", "door", "door/outcomes/lets_in", "door/limit",
        "luck", "inside",
    }  # fmt: skip
    assert every_key.passages["cellar"].constant
    assert every_key.passages["shed"].reads


def test_a_choice_carries_everything_its_author_gave_it(every_key: StoryGraph) -> None:
    mat = every_key.scenes["shed"].choices[0]

    assert (mat.id, mat.key, mat.former, mat.once) == ("mat", "shed/choices/mat", "rug", True)
    assert mat.condition is not None
    assert mat.condition.reads == {"has_key"}
    assert mat.enabled is not None
    assert mat.enabled.reads == {"rope", "trust", "has_key", "warmth"}
    assert mat.reason == "You have nothing to lift it with."
    assert (mat.way.call, mat.way.goto, mat.way.passage) == ("cellar", "door", "shed/choices/mat")
    assert [effect.variable for effect in mat.way.effects] == ["has_key", "warmth", "mood"]


def test_set_takes_texts_literally_and_computes_everything_else(every_key: StoryGraph) -> None:
    effects = {effect.variable: effect.value for effect in every_key.scenes["shed"].choices[0].way.effects}
    forced = every_key.scenes["shed"].effects[1].value

    assert effects["mood"].reads == frozenset()
    assert effects["warmth"].reads == {"warmth"}
    assert forced.reads == {"trust", "has_key", "mood"}


def test_an_example_names_the_rules_it_sets_off(every_key: StoryGraph) -> None:
    maren = every_key.characters["maren"]

    assert [rule.id for rule in maren.rules] == ["trust_1", "trust_2", "mood_1", "has_key_1"]
    assert maren.examples[1].moves == ("trust_1", "mood_1", "has_key_1")
    assert maren.examples[1].outcome == "lets_in"
    assert {example.who for example in maren.examples} == {"maren"}


def test_a_step_that_no_rule_has_finds_the_nearest_larger_one_of_its_sign(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        HEAD
        + "state: {trust: {start: 0, shown: Trust}}\n"
        + "characters:\n  m:\n    persona: You are M.\n    moved_by:\n"
        + "      trust: [{by: 5, when: x}, {by: -1, when: y}, {by: 3, when: z}]\n"
        + "    examples:\n"
        + "      - {player: a, reply: b, moves: {trust: 2}}\n"
        + "      - {player: a, reply: b, moves: {trust: 5}}\n"
        + "scenes: {a: {talk: m, limit: {turns: 1, goto: END}}}\n",
    )

    assert [example.moves for example in graph.characters["m"].examples] == [("trust_3",), ("trust_1",)]


def test_words_that_decide_an_outcome_are_split_and_caseless(every_key: StoryGraph) -> None:
    lets_in, sends_away = every_key.scenes["door"].outcomes

    assert [(pattern.who, pattern.words) for pattern in lets_in.says] == [
        ("maren", ("come", "in")),
        ("maren", ("get", "*", "inside")),
        ("player", ("i", "give", "up")),
    ]
    assert [(pattern.who, pattern.words) for pattern in sends_away.says] == [("", ("go", "away"))]
    assert sends_away.when == ""


def test_what_was_renamed_is_found_under_every_name_a_save_may_have(every_key: StoryGraph) -> None:
    assert every_key.former_scenes == {"hut": "shed", "gate": "door", "chance": "luck", "kitchen": "inside"}
    assert {old: new for old, new in every_key.former_keys.items() if not old.startswith("gate/")} == {
        "shed/choices/rug": "shed/choices/mat",
        "hut/choices/mat": "shed/choices/mat",
        "hut/choices/rug": "shed/choices/mat",
        "hut/choices/give_a_name": "shed/choices/give_a_name",
        "hut/choices/knock": "shed/choices/knock",
        "door/outcomes/opens": "door/outcomes/lets_in",
    }
    assert every_key.former_keys["gate/outcomes/opens"] == "door/outcomes/lets_in"
    assert every_key.variables["has_key"].former == "got_key"
    assert every_key.characters["maren"].former == "keeper"


def test_a_character_without_fallback_still_has_something_to_show(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        HEAD
        + "characters: {old_bo: {persona: You are Bo., examples: [{player: a, reply: b}]}}\n"
        + "scenes: {a: {talk: old_bo, limit: {turns: 1, goto: END}}}\n",
    )

    assert graph.characters["old_bo"].name == "Old Bo"
    assert graph.characters["old_bo"].fallback == ("Old Bo says nothing.",)


def test_choices_without_ids_get_them_from_their_texts() -> None:
    scene = load_story(STORIES / "unicode.yaml").scenes["a"]

    assert [choice.id for choice in scene.choices] == [
        "choice_1",
        "offne_die_tur",
        "offne_die_tur_2",
        "choice_4",
        "choice_5",
        "n99_bottles_and_then_some_more_of_them",
    ]


def test_an_id_that_was_written_is_never_taken_by_one_that_was_made(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        HEAD
        + "scenes: {a: {choices: [{text: Go, goto: END}, {id: go, text: Run, goto: END}, {text: Go, goto: END}]}}\n",
    )

    assert [choice.id for choice in graph.scenes["a"].choices] == ["go_2", "go", "go_3"]


def test_only_true_and_false_are_yes_and_no() -> None:
    graph = load_story(STORIES / "words_of_yaml.yaml")
    starts = {name: variable.start for name, variable in graph.variables.items()}

    assert starts == {
        "clock": "12:30", "when_born": "2026-01-01", "answer": "no", "code": "0o17", "lamp": True, "part": 0.1,
        "score": 7,
    }  # fmt: skip
    assert (graph.title, graph.start, graph.about, graph.version) == ("1984", "no", "2026-01-01", "12:30")
    assert graph.notes == ("on", "off", "0x1F", "1e3", ".5", "-.inf", "null")
    assert graph.passages["no"].source == "true"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    passage = load_story(STORIES / "lines_of_windows.yaml").passages["a"]

    assert passage.source == "One\ntwo\n"


def test_everything_of_a_story_loads_in_any_order_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(HEAD + "scenes: {a: {goto: b}}\nlore: [{keys: x, text: first}]\n")
    (tmp_path / "a.yaml").write_text("scenes: {b: {goto: c}}\nlore: [{keys: x, text: second}]\n")
    (tmp_path / "z.yaml").write_text(
        "scenes: {c: {talk: m, limit: {turns: 1, goto: END}}}\ncharacters: {m: {persona: You are M., fallback: Hm.}}\n"
    )
    graph = load_story(tmp_path)

    assert list(graph.scenes) == ["a", "b", "c"]
    assert [lore.text for lore in graph.lore] == ["first", "second"]


def test_a_story_keeps_its_id_and_hash_wherever_it_lies(tmp_path: Path) -> None:
    for place in ("here", "there"):
        folder = tmp_path / place / "The Lamp-Room"
        folder.mkdir(parents=True)
        (folder / "story.yaml").write_text(HEAD + "scenes: {a: {ending: The end}}\n")
    here, there = (load_story(tmp_path / place / "The Lamp-Room") for place in ("here", "there"))
    alone = load_story(tmp_path / "here" / "The Lamp-Room" / "story.yaml")

    assert here.id == there.id == alone.id == "the_lamp_room"
    assert here.hash == there.hash == alone.hash


def test_any_edit_changes_the_hash(tmp_path: Path) -> None:
    text = HEAD + "scenes: {a: {ending: The end}}\n"
    before = load(tmp_path, text).hash

    assert load(tmp_path, text + "# a comment\n").hash != before
    assert load(tmp_path, text).hash == before


def test_a_name_without_letters_of_ours_still_gives_an_id(tmp_path: Path) -> None:
    first = load(tmp_path, HEAD + "scenes: {a: {ending: x}}\n", name="Фонарь.yaml").id
    second = load(tmp_path, HEAD + "scenes: {a: {ending: x}}\n", name="Маяк.yaml").id

    assert first.startswith("story_")
    assert first != second


def test_the_order_of_files_and_keys_in_a_message_is_the_readers(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(HEAD + "scenes:\n  a: {gto: b, ending: x}\n")
    (tmp_path / "b.yaml").write_text("scenes:\n  b: {ending: x, txt: y}\n")
    with pytest.raises(StoryError) as refused:
        load_story(tmp_path)

    assert [(Path(d.file).name, d.line) for d in refused.value.diagnostics] == [("b.yaml", 2), ("story.yaml", 5)]
    assert str(refused.value).splitlines() == [str(found) for found in refused.value.diagnostics]


def test_warnings_wait_until_the_errors_are_mended(tmp_path: Path) -> None:
    path = tmp_path / "tale.yaml"
    path.write_text(HEAD + "state: {rope: 1}\nscenes:\n  a: {ending: x, txt: y}\n")
    codes = [found.code for found in check_story(path).diagnostics]
    path.write_text(HEAD + "state: {rope: 1}\nscenes:\n  a: {ending: x}\n")

    assert codes == ["unknown-key"]
    assert [found.code for found in check_story(path).diagnostics] == ["unread-variable"]
