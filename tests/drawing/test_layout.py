"""A drawing is laid out so that it can be read: nothing lies over anything else, and the same story looks the same."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.drawing.lattice import lattice
from engine.drawing.layers import columns
from engine.drawing.layout import Layout, lay_out
from engine.drawing.ordering import crossings, untangle
from engine.drawing.picture import picture
from engine.story.load import load_story

WIDTH, ENTRY = 200.0, 15.0
Links = list[tuple[int, int]]
LAMP = Path(__file__).parents[2] / "stories" / "lamp"

graphs = st.integers(1, 14).flatmap(
    lambda count: st.tuples(
        st.lists(st.floats(40, 300), min_size=count, max_size=count),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=40),
    )
)


def laid(heights: list[float], links: Links) -> Layout:
    return lay_out(heights, WIDTH, [(one, other, heights[one] / 2) for one, other in links], ENTRY)


def ends(curve: str) -> tuple[tuple[float, float], tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+", curve)]
    return (numbers[0], numbers[1]), (numbers[-2], numbers[-1])


@settings(deadline=None)
@given(graphs)
def test_no_box_lies_over_another_and_none_outside(graph: tuple[list[float], Links]) -> None:
    heights, links = graph
    layout = laid(heights, links)

    boxes = [(left, top, heights[number]) for number, (left, top) in enumerate(layout.corners)]
    for number, (left, top, height) in enumerate(boxes):
        assert 0 <= left <= layout.width - WIDTH
        assert 0 <= top <= layout.height - height
        for other_left, other_top, other_height in boxes[:number]:
            beside = left >= other_left + WIDTH or other_left >= left + WIDTH
            assert beside or top >= other_top + other_height or other_top >= top + height


@settings(deadline=None)
@given(graphs)
def test_each_link_leaves_its_line_and_comes_in_beside_a_title(graph: tuple[list[float], Links]) -> None:
    heights, links = graph
    layout = laid(heights, links)

    for (one, other), curve in zip(links, layout.curves, strict=True):
        if one == other:
            assert not curve
            continue
        (start_x, start_y), (end_x, end_y) = ends(curve)
        (left, top), (to_left, to_top) = layout.corners[one], layout.corners[other]
        forward = left < to_left
        assert left != to_left
        assert abs(start_x - (left + WIDTH * forward)) <= 1
        assert abs(start_y - (top + heights[one] / 2)) <= 1
        assert abs(end_x - (to_left + WIDTH * (not forward))) <= 1
        assert abs(end_y - (to_top + ENTRY)) <= 1


@settings(deadline=None)
@given(graphs)
def test_the_same_story_is_drawn_the_same(graph: tuple[list[float], Links]) -> None:
    assert laid(*graph) == laid(*graph)


def test_the_start_is_leftmost_and_a_way_on_leads_right() -> None:
    assert columns(4, [(0, 1), (1, 2), (2, 3), (3, 0)]) == [0, 1, 2, 3]


def test_a_way_back_makes_no_scene_come_before_the_start() -> None:
    assert columns(3, [(0, 1), (1, 0), (1, 2), (2, 0), (2, 1)]) == [0, 1, 2]


def test_a_straight_story_is_a_straight_line() -> None:
    layout = lay_out([80.0] * 5, WIDTH, [(n, n + 1, ENTRY) for n in range(4)], ENTRY)

    assert len({top for _, top in layout.corners}) == 1


def test_links_to_one_box_run_together_and_ordering_makes_fewer_cross() -> None:
    drawn = picture(load_story(LAMP))
    number = {name: place for place, name in enumerate(drawn.boxes)}
    links = [(number[box.id], number[link.target], 20.0) for box, _, link in drawn.links]
    column = columns(len(number), [(one, other) for one, other, _ in links])
    made = lattice(column, [100.0] * len(number), links, ENTRY, 8)
    before = crossings(made)
    untangle(made)

    assert len(made.heights) - made.boxes < sum(len(route) - 2 for route in made.routes if route)
    assert crossings(made) < before / 2
