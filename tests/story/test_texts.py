"""Texts: what a reader sees of them, how they vary, and what a text may not do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.play.state import State
from engine.story.arithmetic import RENDER_LIMIT
from engine.story.expressions import ExpressionError, Names, Value, compile_lets, compile_text

NAMES = Names(
    variables={"has_key": "bool", "trust": "int", "weight": "float", "mood": "text", "name": "text"},
    options={"mood": ("wary", "warm", "angry")},
    scenes=("pier", "door"),
)
VALUES: dict[str, Value] = {"has_key": True, "trust": 2, "weight": 1.5, "mood": "wary", "name": "Io"}


def scope(visits: int = 1, *, turns: int = 4, seed: int = 7, **values: Value) -> State:
    return State(seed=seed, values={**VALUES, **values}, scene="pier", visits={"pier": visits}, turns=turns)


def render(source: str, visits: int = 1, site: str = "pier", **values: Value) -> str:
    return compile_text(source, NAMES, site).render(scope(visits, **values))


def refusal(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_text(source, NAMES, "pier")
    return caught.value


# ---- what a reader sees


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("Rain.", "Rain."),
        ("Rain.\n", "Rain."),
        ("\nRain.\n\nMore.\n\n", "Rain.\n\nMore."),
        ("  Indented *Markdown*  ", "  Indented *Markdown*  "),
        ("Hello, {{ name }}.", "Hello, Io."),
        ("{{name}}{{ trust }}{{ weight }}", "Io21.5"),
        ("{{ has_key }} or {{ not has_key }}", "yes or no"),
        ("{{ weight * 2 }} feet", "3 feet"),
        ("{% if trust > 1 %}Come in.{% endif %}", "Come in."),
        ("{% if trust > 5 %}Come in.{% endif %}", ""),
        ("{% if trust > 5 %}a{% elif trust > 1 %}b{% else %}c{% endif %}", "b"),
        ("{% if trust > 5 %}a{% elif trust > 4 %}b{% else %}c{% endif %}", "c"),
        ("{% if name %}{% if has_key %}both{% endif %}{% endif %}", "both"),
        ("{% if mood == 'warm' %}a{% else %}{{ mood }}{% endif %}", "wary"),
        ("One{# not\nshown #} two", "One two"),
        ("{{ 'warm' if trust else 3 }} {{ trust if trust else 'no' }} coins", "warm 2 coins"),
        ("Braces: {{ '{{ }} {% %}' }} and } and { and %}", "Braces: {{ }} {% %} and } and { and %}"),
        ("A #hash, 100% and {single}", "A #hash, 100% and {single}"),
        ("# Title\n## for x in y\n% set", "# Title\n## for x in y\n% set"),
        ("a {{- name -}} b", "aIob"),
        ("Line\r\nbreaks\rare all alike", "Line\nbreaks\nare all alike"),
        ("", ""),
        ("{# nothing #}", ""),
    ],
)
def test_a_text_is_seen_as_written_with_its_values_filled_in(source: str, seen: str) -> None:
    assert render(source) == seen


def test_tags_on_lines_of_their_own_leave_no_empty_lines() -> None:
    source = "Rain.\n{% if has_key %}\n  The key is cold.\n  {% else %}\nNo key.\n{% endif %}\n{# a note #}\nNight.\n"
    assert render(source) == "Rain.\n  The key is cold.\nNight."
    assert render(source, has_key=False) == "Rain.\nNo key.\nNight."


def test_what_a_value_holds_is_never_read_as_a_tag() -> None:
    assert render("Hello, {{ name }}!", name="{{ trust }}{% if") == "Hello, {{ trust }}{% if!"


def test_a_text_tells_what_it_reads_and_whether_it_ever_changes() -> None:
    lets, _ = compile_lets({"safe": "trust > visits"}, NAMES)
    names = Names(NAMES.variables, NAMES.options, lets, NAMES.scenes)
    text = compile_text("{% if safe %}{{ name }}{% endif %}", names, "pier")
    assert text.reads == {"trust", "@visits", "name"}
    assert not text.constant
    assert compile_text("Rain.", names, "pier").constant
    assert compile_text("{{ 1 + 1 }}{# x #}", names, "pier").constant
    assert not compile_text("{{ shuffle('a', 'b') }}", names, "pier").constant


def test_a_rendered_text_stops_at_its_limit() -> None:
    assert len(render("{{ name }}" * 100, name="x" * 5_000)) == RENDER_LIMIT


# ---- texts that vary


def over_visits(source: str, visits: int, site: str = "pier", seed: int = 7) -> list[str]:
    text = compile_text(source, NAMES, site)
    return [text.render(scope(visit, seed=seed)) for visit in range(1, visits + 1)]


def test_varying_texts_follow_the_visits_of_the_scene() -> None:
    assert over_visits("{{ sequence('a', 'b', 'c') }}", 5) == ["a", "b", "c", "c", "c"]
    assert over_visits("{{ cycle('a', 'b') }}", 5) == ["a", "b", "a", "b", "a"]
    assert over_visits("{{ once_only('a', 'b') }}", 4) == ["a", "b", "", ""]
    assert over_visits("{{ once_only(1, 2) }}", 3) == ["1", "2", ""]
    assert over_visits("{{ sequence(trust, 'b') }}", 2) == ["2", "b"]
    assert over_visits("{% if cycle(true, false) %}a{% endif %}", 2) == ["a", ""]


def test_before_any_visit_a_varying_text_is_at_its_first() -> None:
    for function in ("sequence", "cycle", "once_only"):
        assert render(f"{{{{ {function}('a', 'b') }}}}", visits=0) == "a"


@given(st.integers(1, 50), st.integers(), st.text(max_size=5))
def test_a_shuffle_gives_each_once_a_lap_and_never_the_same_twice_running(count: int, seed: int, site: str) -> None:
    options = ", ".join(str(n) for n in range(count))
    told = over_visits(f"{{{{ shuffle({options}) }}}}", 4 * count, site, seed)
    for lap in range(4):
        assert sorted(map(int, told[lap * count : (lap + 1) * count])) == list(range(count))
    if count > 2:
        assert all(one != other for one, other in pairwise(told))


def test_shuffles_differ_between_laps_places_and_playthroughs() -> None:
    source = "{{ shuffle(1, 2, 3, 4, 5, 6, 7, 8) }}"
    told = over_visits(source, 16)
    assert told[:8] != told[8:]
    assert told != over_visits(source, 16, site="door")
    assert told != over_visits(source, 16, seed=8)
    assert len(set(over_visits(f"{source} {source}", 1)[0].split())) == 2


def test_one_of_is_fair_and_changes_with_every_move_but_never_on_looking_again() -> None:
    text = compile_text("{{ one_of('a', 'b', 'c', 'd') }}", NAMES, "pier")
    told = [text.render(scope(turns=turn)) for turn in range(4_000)]
    assert told == [text.render(scope(turns=turn)) for turn in range(4_000)]
    assert all(900 < count < 1_100 for count in Counter(told).values())
    seeds = Counter(text.render(scope(seed=seed)) for seed in range(4_000))
    assert all(900 < count < 1_100 for count in seeds.values())


def test_old_playthroughs_read_as_they_did() -> None:
    """Told passages are rendered again when a save is opened: these draws may never change."""
    assert over_visits("{{ shuffle('a', 'b', 'c', 'd') }}", 12) == list("abcdbdacdabc")
    text = compile_text("{{ one_of('a', 'b', 'c') }}", NAMES, "pier/choices/knock")
    assert "".join(text.render(scope(turns=turn, seed=2026)) for turn in range(12)) == "cacaacccccab"


def test_rewording_a_text_leaves_its_draws_as_they_were() -> None:
    before = over_visits("It is {{ shuffle('a', 'b', 'c', 'd', 'e') }}.", 10)
    after = over_visits("Now it is, {{ name }}, {{ shuffle('a', 'b', 'c', 'd', 'e') }}.", 10)
    assert [told[-2] for told in before] == [told[-2] for told in after]


# ---- mistakes


@pytest.mark.parametrize(
    ("source", "line", "column", "words"),
    [
        ("Hello, {{ nmae }}.", 1, 11, '"nmae" is not declared. Did you mean "name"?'),
        ("One\n  two {% if trsut %}x{% endif %}", 2, 13, 'Did you mean "trust"?'),
        ("{% if trust == 'a' %}x{% endif %}", 1, 16, "they cannot be compared"),
        ("{% for x in y %}{{ x }}{% endfor %}", 1, 1, "there are no loops in a text"),
        ("a\n{%- set x = 1 %}", 2, 1, "there are no assignments"),
        ("{% macro a() %}{% endmacro %}", 1, 1, "there are no macros"),
        ("{% call a() %}{% endcall %}", 1, 1, "there are no macros"),
        ("{% include 'x' %}", 1, 1, "there are no includes"),
        ("{% import 'os' as os %}", 1, 1, "there are no imports"),
        ("{% from 'os' import path %}", 1, 1, "there are no imports"),
        ("{% extends 'x' %}", 1, 1, "blocks that extend"),
        ("{% block x %}{% endblock %}", 1, 1, "blocks that extend"),
        ("{% filter upper %}a{% endfilter %}", 1, 1, "there are no filters"),
        ("a {% raw %}{{ x }}{% endraw %}", 1, 3, "there are no raw blocks"),
        ("a {% raw %}{{ x }}", 1, 3, "there are no raw blocks"),
        ("{% with %}{% endwith %}", 1, 1, "there are no `with` blocks"),
        ("{% do x %}", 1, 1, "there is no such tag"),
        ("{% %}", 1, 1, "there is no such tag"),
        ("{% iff trust %}", 1, 1, "{% iff %}: there is no such tag"),
        ("{{ name|upper }}", 1, 8, "no filters"),
        ("{{ maren.name }}", 1, 9, "no parts"),
        ("{{ }}", 1, 1, "nothing between {{ and }}"),
        ("{{ name", 1, 1, "`{{` is never closed"),
        ("a {% if trust", 1, 3, "`{%` is never closed"),
        ("a {# b", 1, 3, "comment that begins here does not end"),
        ("a\n{% if trust %}b", 2, 1, "This {% if %} is never closed"),
        ("{% if %}b{% endif %}", 1, 1, "has no condition"),
        ("{% endif %}", 1, 1, "belongs to no {% if %}"),
        ("a {% else %}", 1, 3, "belongs to no {% if %}"),
        ("{% if trust %}{% else %}{% else %}{% endif %}", 1, 25, "comes after {% else %}"),
        ("{% if trust %}{% else %}{% elif trust %}{% endif %}", 1, 25, "comes after {% else %}"),
        ("{% if trust %}{% else if name %}{% endif %}", 1, 23, "Write {% elif ... %}"),
        ("{% if trust %}{% endif trust %}", 1, 24, "takes nothing after it"),
        ("{% if trust: %}{% endif %}", 1, 12, "colon"),
        ("{% if trust, name %}{% endif %}", 1, 12, "A comma stands only"),
        ("{{ trust, name }}", 1, 9, "A comma stands only"),
        ("{{ trust name }}", 1, 10, "`name` is not expected here"),
        ("{{ trust + }}", 1, 12, "ends too soon"),
        ("{% if trust > %}{% endif %}", 1, 15, "ends too soon"),
        ("{{ (trust }}", 1, 11, "Write `)` before"),
        ("{{ {'a': 1} }}", 1, 4, "no braces"),
        ("{{ 'abc }}", 1, 4, "does not end"),
        ("{{ shuffle() }}", 1, 4, "takes 1 to 50 values; here it has none"),
        ("{{ cycle('a', has_key) }}", 1, 15, "must be of one kind"),
        ("{{ sequence(['a', 'b']) }}", 1, 13, "A list stands only after `in`"),
        ("{{ squence('a', 'b') }}", 1, 4, 'Did you mean "sequence"?'),
        ("{{ " + "trust + " * 70 + "1 }}", 1, 4, "longer than 500 characters"),
        ("{{ trust }}" * 301, 1, 3301, "more than 300 tags"),
        ("Rain \ud800", 1, 6, "broken"),
        ("Rain {{ name }} \0", 1, 17, "broken"),
        ("x" * 20_001, 1, 20_001, "longer than 20,000 characters"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_a_way_out(source: str, line: int, column: int, words: str) -> None:
    error = refusal(source)
    assert words in error.message
    assert (error.line, error.column) == (line, column)


def test_deep_and_endless_texts_are_refused_and_not_fallen_into() -> None:
    assert "stand in one another" in refusal("{% if trust %}" * 21 + "{% endif %}" * 21).message
    assert "stand in one another" in refusal("{% if trust %}" * 1_400).message
    assert "elif" in refusal("{% if trust %}" + "{% elif trust %}" * 51 + "{% endif %}").message
    deepest = "{% if trust %}" * 20 + "{{ " + "(" * 20 + "trust" + ")" * 20 + " }}" + "{% endif %}" * 20
    assert render(deepest) == "2"
    assert render("{% if trust > 9 %}a" + "{% elif trust > 8 %}b" * 50 + "{% else %}c{% endif %}") == "c"


def test_a_text_that_does_too_much_through_its_lets_is_refused() -> None:
    lets, _ = compile_lets({"heavy": " + ".join(["trust"] * 50)}, NAMES)
    with pytest.raises(ExpressionError, match="2,000 steps"):
        compile_text("{{ heavy }}" * 30, Names(NAMES.variables, lets=lets), "pier")


# ---- laws

PIECES = [
    *("{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-%}", "{%+", "\n", "  ", "Rain. ", "'", '"', "\\", "}", "{", "\r\n"),
    *(
        "if",
        "elif",
        "else",
        "endif",
        "for",
        "raw",
        "endraw",
        "set",
        "trust",
        "name",
        "has_key",
        "==",
        "+",
        "~",
        "(",
        ")",
    ),
    *(
        "{% if trust %}",
        "{% elif name %}",
        "{% else %}",
        "{% endif %}",
        "{{ name }}",
        "{{ cycle('a','b') }}",
        "{# x #}",
    ),
    *("{% raw %}", "{% endraw %}", "{{ visits }}", "1", "'a'", "|", ".", ","),
]
soup = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.text(max_size=60) | soup)
@example("{{ '\\")
@example("{%- raw -%} {%- endraw")
@example("{% if trust %}\u2028{%\x0cendif %}")
def test_any_source_compiles_or_is_refused(source: str) -> None:
    try:
        text = compile_text(source, NAMES, "pier")
    except ExpressionError as error:
        assert error.message.isprintable()
        lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 2
    else:
        assert isinstance(text.render(scope()), str)


def bodies() -> st.SearchStrategy[str]:
    plain = st.sampled_from(
        ["Rain. ", "\n", "  ", "a b", "{{ name }}", "{{ trust }}", "{{- mood }}", "{# c #}", "{", "%}"]
    )
    test = st.sampled_from(["trust > 1", "has_key", "not name", "mood == 'warm'", "visits > 1"])
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=4).map("".join)
            | st.tuples(test, inner).map(lambda b: "{% if " + b[0] + " %}" + b[1] + "{% endif %}")
            | st.tuples(test, inner, test, inner, inner).map(
                lambda b: f"{{% if {b[0]} -%}}{b[1]}{{%+ elif {b[2]} %}}\n{b[3]}\n  {{% else %}}\n{b[4]}{{% endif %}}\n"
            )
        ),
        max_leaves=12,
    )


@given(bodies(), st.integers(0, 3), st.booleans(), st.sampled_from(["", "Io"]), st.sampled_from(["wary", "warm"]))
def test_it_reads_as_jinja2_renders_it_but_for_space(
    source: str, trust: int, has_key: bool, name: str, mood: str
) -> None:
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    values: Mapping[str, Value] = {"trust": trust, "has_key": has_key, "name": name, "mood": mood}
    try:
        text = compile_text(source, NAMES, "pier")
    except ExpressionError:  # a lone brace met a tag
        with pytest.raises(jinja2.TemplateSyntaxError):
            environment.parse(source)
        return
    theirs = environment.from_string(source).render(visits=2, **values)
    assert "".join(text.render(scope(2, **values)).split()) == "".join(theirs.split())


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("One.{% if has_key %} Two.{% endif %}\n\nThree.", "One. Two.\n\nThree."),
        ("{{ has_key }}{% if has_key %}!{% endif %}\nNo.", "yes!\nNo."),
        ("One.\n{% if has_key %}\nTwo.\n{% endif %}\nThree.", "One.\nTwo.\nThree."),
    ],
)
def test_a_tag_takes_its_line_end_only_when_it_stands_alone_on_the_line(source: str, shown: str) -> None:
    assert render(source) == shown
