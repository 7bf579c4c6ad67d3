"""What a drawing looks like: its colours by light and by night, and the mark of each kind of row.

Colours are never alone: kinds differ in word and mark, and coverage is a number beside the colour, on one hue from
pale to strong, which all eyes tell apart.
"""

from __future__ import annotations

from string import Template

_LIGHT = {
    "paper": "#fbfaf8", "box": "#ffffff", "edge": "#8d8a84", "ink": "#1d1b18", "quiet": "#5f5b54", "line": "#c9c5bd",
    "choice": "#0b6aa8", "outcome": "#b34700", "limit": "#6d6a64", "draw": "#8a3d86", "goto": "#6d6a64",
    "choices": "#5b7c99", "talk": "#c2610f", "pool": "#8a3d86", "ending": "#1b7a55",
    "headchoices": "#edf2f6", "headtalk": "#fcefe2", "headpool": "#f6ebf5", "headending": "#e2f3eb",
    "never": "#b3261e", "hatch": "#f3d5d2", "picked": "#111111",
    "heat1": "#e9f0fa", "heat2": "#cfdff4", "heat3": "#abc8ec", "heat4": "#82ace1", "heat5": "#5c93d6",
}  # fmt: skip
_DARK = {
    "paper": "#16181b", "box": "#1f2226", "edge": "#6d7278", "ink": "#eceae6", "quiet": "#aaa9a5", "line": "#43474d",
    "choice": "#63b3ea", "outcome": "#f59a4c", "limit": "#a5a5a5", "draw": "#d68fd2", "goto": "#a5a5a5",
    "choices": "#7d9bb5", "talk": "#e5893e", "pool": "#c77fc3", "ending": "#4cba8b",
    "headchoices": "#283037", "headtalk": "#3a2c1f", "headpool": "#362a36", "headending": "#203529",
    "never": "#ff8a80", "hatch": "#4a2a2a", "picked": "#ffffff",
    "heat1": "#22303f", "heat2": "#213f63", "heat3": "#22508a", "heat4": "#2761ab", "heat5": "#2f70c6",
}  # fmt: skip
_COLOURS = Template("""
.pv .paper{fill:$paper}.pv .sheet{fill:$box}.pv .box{stroke:$edge}.pv text{fill:$ink}.pv .quiet{fill:$quiet}
.pv .rule{stroke:$line}.pv .never-box{stroke:$never}.pv .hatch{fill:url(#pv-hatch)}.pv .hatch-line{stroke:$hatch}
.pv .warn{fill:$never}
.pv .bar-choices{fill:$choices}.pv .bar-talk{fill:$talk}.pv .bar-pool{fill:$pool}
.pv .bar-ending,.pv .bar-end{fill:$ending}
.pv .head-choices{fill:$headchoices}.pv .head-talk{fill:$headtalk}.pv .head-pool{fill:$headpool}
.pv .head-ending,.pv .head-end{fill:$headending}
.pv .heat-0{fill:none}.pv .heat-1{fill:$heat1}.pv .heat-2{fill:$heat2}.pv .heat-3{fill:$heat3}
.pv .heat-4{fill:$heat4}.pv .heat-5{fill:$heat5}
.pv .mark-choice{fill:$choice}.pv .mark-outcome{fill:$outcome}.pv .mark-limit{fill:$limit}
.pv .mark-draw{fill:$draw}.pv .mark-goto{fill:$goto}
.pv .way-choice{stroke:$choice}.pv .way-outcome{stroke:$outcome}.pv .way-limit{stroke:$limit}
.pv .way-draw{stroke:$draw}.pv .way-goto{stroke:$goto}
.pv .picked .box,.pv a:focus .box,.pv .picked .never-box{stroke:$picked}
""")
_SHAPES = """
.pv text{font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;unicode-bidi:isolate}
.pv .box{stroke-width:1;fill:none}.pv .far-only{display:none}
.pv .title{font-size:14px;font-weight:600}.pv .kind{font-size:11px}
.pv .row{font-size:12px}.pv .small{font-size:11px}.pv .count{font-size:12px;font-weight:600;text-anchor:end}
.pv .big{font-size:29px;font-weight:600;display:none}.pv .big.count{font-size:24px}
.pv .rule{stroke-width:1}
.pv .start .box{stroke-width:3}.pv .never-box{stroke-width:2;stroke-dasharray:7 4;fill:none}
.pv .way{fill:none;stroke-width:1.4;opacity:.62}.pv .way-limit,.pv .way-goto{stroke-dasharray:2 3}
.pv .way-call{stroke-dasharray:8 4}.pv .way-never{stroke-width:.8;opacity:.4}.pv .way-much{stroke-width:3}
.pv a{text-decoration:none;cursor:pointer}.pv a:focus{outline:none}
.pv .picked .box,.pv a:focus .box,.pv .picked .never-box{stroke-width:3.5}
"""
STYLE = f"{_SHAPES}{_COLOURS.substitute(_LIGHT)}@media (prefers-color-scheme:dark){{{_COLOURS.substitute(_DARK)}}}\n"
"""Everything the drawing looks like; colours are written out, as not every viewer of SVG knows CSS variables."""

MARKS = {
    "choice": "M1 1.5L9 6L1 10.5Z",
    "outcome": "M5 .5L10 6L5 11.5L0 6Z",
    "limit": "M0 1H10L5 6L10 11H0L5 6Z",
    "draw": "M0 1H10V11H0ZM5 4.2A1.8 1.8 0 1 0 5 7.8A1.8 1.8 0 1 0 5 4.2Z",
    "goto": "M0 5H6V2L10 6L6 10V7H0Z",
}
"""The mark of each kind of row: the `d` of a path in a field of 10 by 12."""
