"""Every code that `palaver check` prints: what it means, with a line that brings it up and one that does not.

Codes are stable: ignores in stories and rules of editors name them. This is the table; it finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    name: str
    severity: Literal["error", "warning"]
    says: str
    """What is wrong and why it matters, for the documentation."""
    bad: str = ""
    """A line of a story that brings it up; empty where no single line does."""
    good: str = ""
    """What to write instead."""


def _table(severity: Literal["error", "warning"], rows: str) -> tuple[Code, ...]:
    """Read rows of `name`, `says` and, where there are any, `bad` and `good` lines, with a blank line between."""
    found = []
    for row in rows.strip().split("\n\n"):
        name, says, *lines = row.split("\n")
        bad, good = (line[2:] for line in lines) if lines else ("", "")
        found.append(Code(name, severity, says, bad, good))
    return tuple(found)


ERRORS = _table(
    "error",
    """
absent-character
A talk names somebody who is not in it.
- opening: {eli: Hello}
+ opening: {maren: Hello}

bad-alias
A YAML alias (`*name`) repeats nothing, itself, or too much.
- notes: &n [*n]
+ notes: [A storm]

bad-id
An id has letters that saves, expressions and `goto` cannot name, or is a word of the format.
- state: {hasHammer: false}
+ state: {has_hammer: false}

bad-key
A key is no word: YAML read a list or a table in its place.
- [a, b]: {ending: The end}
+ b: {ending: The end}

bad-number
A number is too large, or infinite, or none.
- e1: 1e99
+ e1: 1000

bad-rename
`renamed_from` names what is still in use, or what something else was called too.
- renamed_from: a
+ renamed_from: old_b

control-character
A character that no reader can see and that terminals obey.
- a: {ending: "The \\x1b[2J end", text: "A null: \\0"}
+ a: {ending: "The end", text: "A null"}

duplicate-id
One name for two things: a choice, a variable, or somebody named twice in a talk.
- let: {rope: key}
+ let: {has_rope: key}

duplicate-key
A key stands twice in one table, and YAML would keep one of them without a word.
- text: Two
+ title: Two

empty
A key without a value.
- fallback: []
+ fallback: Hm.

endless-circle
Scenes lead round to themselves and never wait for the player: the story would hang there.
- self: {goto: self}
+ self: {goto: END}

expression
An expression or a text with `{{ }}` that cannot be read, names something unknown, or mixes kinds.
- moved_by: {rope: {by: 1, when: x, if: rope ==}}
+ moved_by: {rope: {by: 1, when: x, if: rope == 3}}

merge-key
YAML's `<<` is not read here, so what it should bring would be missing.
- b: {<<: *end, text: Another}
+ b: {ending: The end, text: Another}

misplaced-key
Scenes, characters or variables stand beside their section instead of in it.

missing-key
A part lacks a key that it cannot do without.
- lets_in: {goto: END}
+ lets_in: {when: Maren opens the door, goto: END}

narrator-interrupts
A narrator tells what comes of deeds; it breaks in on nobody.
- - {who: night, keys: boat}
+ - {who: odd, keys: boat}

no-keys
A file of the story holds nothing that could be read as a story.

no-story
There is no story at that path.

no-way-on
The player could stand in a scene with nothing left to do.
- c: {}
+ c: {goto: END}

not-an-option
A `one_of` variable is given a text that it can never hold.
- b: {start: wary, one_of: [warm, angry]}
+ b: {start: wary, one_of: [wary, warm, angry]}

not-utf8
A file is not saved as UTF-8.

out-of-bounds
A variable starts, or is set, outside its own `min` and `max`.
- a1: {start: 9, min: 0, max: 5, shown: A}
+ a1: {start: 4, min: 0, max: 5, shown: A}

out-of-range
A number outside what its key can take.
- replies: 9
+ replies: 3

several-documents
A `---` begins a second document, which would not be read.
- ---
+ # the rest follows

tab
A tab in the indentation, of which nobody can tell how deep it is.

tag
A YAML tag (`!word`). Stories have none; `not` is written as a word.
- author: !!str Me
+ author: Me

template-here
`{{ }}` in a text that is told as it stands.
- hint: "{{ name }}"
+ hint: Try the door.

too-deep
Tables and lists stand more than 50 deep in one another.

too-large
A file, or the story, is larger than the limits allow.

too-long
A text, a name or an expression is longer than its key may hold.

too-many
There are a thousand mistakes: the rest is not looked for.

two-narrators
A talk has at most one narrator, or a deed would have two answers.
- talk: [maren, odd, night, wind]
+ talk: [maren, odd, night]

unknown-character
There is no character of that name.
- talk: player
+ talk: [maren, odd]

unknown-key
The format has no such key there.
- c: {edning: The end}
+ c: {ending: The end}

unknown-outcome
An example names an outcome of no talk that its character is in.
- - {player: Hi, reply: Come in., outcome: let_in}
+ - {player: Hi, reply: Come in., outcome: lets_in}

unknown-rule
An example sets off a move that its character's `moved_by` does not have.
- - {player: a, reply: b, moves: {trust: 2}}
+ - {player: a, reply: b, moves: {trust: 1}}

unknown-scene
A `goto`, `call` or `pool` names a scene that does not exist.
- goto: dor
+ goto: door

unknown-variable
A `set`, an `ask` or a rule names a variable that `state` does not declare.
- - {text: On, goto: backRoom, set: {hashammer: true}}
+ - {text: On, goto: backRoom, set: {has_hammer: true}}

unsafe-file
A file that is a link out of the story's folder, a device, or unreadable.

unsupported-version
The story is in a version of the format that this program does not read.
- palaver: 2
+ palaver: 1

wrong-kind
A key got a value of another kind: a word for a list, a text for a number.
- - Go
+ - {text: Go, goto: END}

wrong-move
A rule of `moved_by` without `by` for a number, or `to` for anything else.
- a: {to: 1, when: x}
+ a: {by: 1, when: x}

wrong-value
A value of the right kind that cannot stand there.
- ask: a
+ once: true

yaml
YAML cannot read the file from there on.
- text: "A \\door"
+ text: 'A \\door'
""",
)
WARNINGS = _table(
    "warning",
    """
arithmetic-in-when
A `when` is a sentence for a judge, and this one is arithmetic: no dialogue makes it true.
- hot: {when: heat > 2, goto: END}
+ hot: {when: M says that it is hot, goto: END}

bad-ignore
A `# palaver: ignore[...]` that names no warning.
- heat: 0  # palaver: ignore[unred-variable]
+ heat: 0  # palaver: ignore[unread-variable]

bare-value
`true` or a number stands where a text is meant; YAML took it for something else.
- text: true
+ text: "true"

cut-text
A ` #` ends the text there: YAML takes the rest for a comment.
- voice: Short # is it a comment?
+ voice: "Short # is it a comment?"

endless-talk
A talk with no limit, no choice that always leaves and no words that decide: without a model nobody gets out.
- hall: {talk: m, hint: Wait., text: A hall.}
+ hall: {talk: m, hint: Wait., text: A hall., limit: {turns: 8, goto: out}}

idle-key
A key that does nothing where it stands.
- replies: 2
+ hint: Ask about the oil.

idle-lore
Lore that nobody who talks may know.
- - {keys: lamp, text: It does not., who: o}
+ - {keys: lamp, text: It does not., who: m}

idle-reason
A `reason` for a choice that nothing greys.
- - {text: Never greyed, reason: You have nothing to wear.}
+ - {text: Greyed, enabled_if: heat > 1, reason: You have nothing to wear.}

ignored-file
A file beside the story that was not read, such as one named `.yml`.

leaking-fact
A secret that waits for its `if` is said, word for word, where nothing holds it back: a persona, a direction, lore.
- - {if: trust > 4, fact: The child on the stair is yours.}
+ - {if: trust > 4, fact: The girl by the well is your own.}

never-holds
A condition that holds in no state: a choice nobody sees, an outcome that never counts, a fact never told.
- - {text: Through the gate, if: gate, goto: END}
+ - {text: Through the gate, if: key, goto: END}

no-ending
Whatever the player does, the story never ends.

no-fallback
A character with examples and nothing to say, without a model, where none of them is near.
- terse: {persona: You are Terse., examples: [{player: hello, reply: Yes.}]}
+ terse: {persona: You are Terse., examples: [{player: hello, reply: Yes.}], fallback: Hm.}

no-hint
Something may come true in a talk, and a player who is stuck is told nothing: no `hint`, no `suggest`.
- porch:
+ porch: {ending: The porch}

no-return
A scene is visited with `call` and never comes back.
- attic: {choices: [{text: Down, goto: porch}]}
+ attic: {choices: [{text: Down, goto: RETURN}]}

no-way-out
No choice of the scene leads anywhere else.
- b: {choices: [{text: Wait}, {text: Look, then: Nothing.}]}
+ b: {choices: [{text: Wait}, {text: Leave, goto: END}]}

offline-ending
An ending that no play without a model can reach.
- crown: {ending: The crown}
+ crown: {goto: out}

offline-outcome
An outcome that only a model can bring about: no example has it, and no words under `says`.
- yields: {when: M hands over the crown, goto: crown}
+ yields: {when: M hands over the crown, says: {m: take it}, goto: crown}

overlapping-when
Two `when` of one talk say nearly the same, and a judge can name only one of them.
- opens_more: {when: Maren opens the iron door, says: {maren: iron}, goto: END}
+ opens_more: {when: Maren asks who sent the player, says: {maren: iron}, goto: END}

prompt-overrun
What a character is told in a scene fills the model's context before anybody has spoken.

read-alone
A file of a story folder was checked by itself.

same-text
Two choices that a player cannot tell apart.
- - text: Leave
+ - text: Leave by the yard

shown-by
The `when` is about the player, and by default only a character's words may show it.
- gives_up: {when: The player gives up, says: {player: i give up}, goto: END}
+ gives_up: {when: The player gives up, shown_by: player, says: {player: i give up}, goto: END}

silent-character
A character with neither examples nor a fallback: without a model there is nothing to say.
- m: {persona: You are M.}
+ m: {persona: You are M., fallback: Hm.}

stray-return
A scene ends in RETURN and can be entered without a `call`: there is nowhere to return to, and the story ends.
- shed: {goto: RETURN}
+ shed: {goto: END}

two-things
A `when` asks for two things at once; a judge may take one of them for both.
- both: {when: Maren takes the coin and opens the gate, says: {maren: gate}, goto: END}
+ both: {when: Maren opens the gate, says: {maren: gate}, goto: END}

unreachable-scene
Nothing leads to the scene from the start.
- lost: {choices: [{text: Go, goto: lost_too}]}
+ a: {choices: [{text: Go, goto: END}]}

unread-variable
A variable that nothing reads and nobody is shown.
- wind: 3
+ wind: {start: 3, shown: Wind}

unset-variable
A variable that is read and never changes.
- price: 3
+ price: {start: 3, shown: Price}

unused-ignore
A `# palaver: ignore[...]` for a warning that is not there (any more).
- rope: {start: 1, shown: Rope}  # palaver: ignore[unread-variable]
+ rope: {start: 1, shown: Rope}

unused-let
A `let` that nothing uses.
- let: {idle: used > 1, busy: used > 2}
+ let: {busy: used > 2}

yes-or-no
A variable holds the text "yes" or "no", where true or false is probably meant.
- h: yes
+ h: true
""",
)
CODES = MappingProxyType({code.name: code for code in (*ERRORS, *WARNINGS)})
"""Every code by its name."""
