"""Stories to draw: one with a bit of everything, and one that tries everything against whoever draws it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

from engine.story.graph import StoryGraph
from support.stories import graph_of

HOUSE = """
start: hall
state: {key: false, trust: {start: 0, min: 0, max: 3}}
characters:
  ana: {name: Ana, persona: You are Ana., examples: [{player: hi, reply: Hi., outcome: opens}], fallback: Mm.}
scenes:
  attic: {text: Nobody comes here., goto: hall}
  hall:
    title: The hall
    text: Cold.
    choices:
      - {id: ring, text: "Ring {% if key %}softly{% else %}hard{% endif %}", if: not key or trust > 1, goto: talk}
      - {id: look, text: Look, enabled_if: key, reason: It is dark., once: true, set: {key: true}, call: cellar}
      - {id: leave, text: Leave, goto: END}
      - {id: draw, text: Try your luck, goto: luck}
  cellar: {text: Damp., goto: RETURN}
  talk:
    talk: ana
    outcomes:
      opens: {when: Ana opens the door, says: {ana: [come in]}, if: trust > 2, shown_by: anyone, goto: bed}
    limit: {turns: 6, goto: hall}
  luck:
    pool: [{scene: cellar, weight: 2, if: trust > 0}, {scene: bed, once: true}]
    goto: hall
  bed: {ending: A bed}
"""


MARKUP = (
    "</title></style></script></svg>]]>--><script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\"><a href=javascript:alert(1)>x</a>"
)
CHART = '"]; s_a --> s_b; click s_a call f() %% `md` #quot; &quot; \\" \\N {{x}} |y| ;;'
HIDDEN = " right\u202eleft \u2066isolate \x1b[31m זה נכתב מימין לשמאל e\u0301\u0301\u0301 \ufffe end"


def words(*more: str) -> str:
    """Return the hostile words as they stand in YAML, with no template tag in them."""
    return json.dumps(" ".join([MARKUP, CHART, "זה נכתב מימין לשמאל", *more]).replace("{{", "{ {").replace("}}", "} }"))


@cache
def hostile_story() -> StoryGraph:
    """Return the story, whose scenes are a talk, a pool, choices and an ending.

    Letters that the loader refuses are put in behind its back: a drawing relies on no one.
    """
    condition = json.dumps("t != '<script>alert(1)</script>'")
    said, short = words(), json.dumps(MARKUP[:190])
    graph = graph_of(
        f"""
        title: {said}
        start: a
        state: {{t: ""}}
        characters:
          bad:
            name: {said}
            persona: P
            examples: [{{player: hello, reply: hi, outcome: end}}]
            fallback: Mm.
        scenes:
          a:
            title: {said}
            text: {words("long " * 3000)}
            choices:
              - {{id: one, text: {said}, if: {condition}, then: {said}, goto: end}}
              - {{id: two, text: {json.dumps("W" * 500)}, goto: b}}
              - {{id: three, text: {json.dumps("e" + chr(0x301) * 499)}, goto: b, set: {{t: {short}}}}}
          b:
            title: {json.dumps("字" * 400)}
            pool: [{{scene: a, weight: 2}}]
            goto: a
          end:
            title: {said}
            talk: bad
            direction: {said}
            hint: {said}
            opening: {{bad: {said}}}
            outcomes:
              end: {{when: {said}, says: {{bad: [go now]}}, goto: over}}
            limit: {{turns: 3, goto: a}}
          over: {{ending: {said}}}
        """
    )
    scenes = {name: replace(scene, title=scene.title + HIDDEN) for name, scene in graph.scenes.items()}
    return replace(graph, scenes=scenes, title=graph.title + HIDDEN, language='en" onload="alert(1)')
