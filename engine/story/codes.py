"""Every code that `palaver check` prints: what it means, with a line that brings it up and one that does not.

Codes are stable: ignores in stories and rules of editors name them. This is the table; it finds nothing.
"""

from __future__ import annotations

from types import MappingProxyType

from engine.story.codes_of_warnings import WARNINGS
from engine.story.codetable import table

ERRORS = table(
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
CODES = MappingProxyType({code.name: code for code in (*ERRORS, *WARNINGS)})
"""Every code by its name."""
