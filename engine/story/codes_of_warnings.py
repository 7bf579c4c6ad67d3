"""The codes of `palaver check` for what is probably not meant. It is the table alone; it finds nothing."""

from __future__ import annotations

from engine.story.codetable import table

WARNINGS = table(
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

loose-braces
A variable's name stands in single braces in a text, so the player reads the braces.
- text: Good evening, {name}.
+ text: Good evening, {{ name }}.

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
Two `when` of one talk, or of one character's rules for a variable, say nearly the same: no judge can tell them apart.
- opens_more: {when: Maren opens the iron door, says: {maren: iron}, goto: END}
+ opens_more: {when: Maren asks who sent the player, says: {maren: iron}, goto: END}

prompt-overrun
What a character is told in a scene fills the model's context before anybody has spoken.

read-alone
A file of a story folder was checked by itself.

same-name
Two who talk in one scene have the same name: a line that calls one by name may be answered by either.

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
