"""Word lists that tell likeness what a word is worth. Nothing is decided here.

English is known best. Of the other languages only the words that carry least are listed, so that what is left decides.
Words stand as written, folded: small, without accents.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP = _words("""
    a an the this that these those it its i me my mine myself you your yours yourself he him his she her hers they them
    their we us our ours one be do have will would shall should can could may might must to of in on at by for from with
    into onto about as and or but if then than so too very just only also there here up out off over again really well
    oh ah um er uh hmm please kindly some any all such own same now ever even still already let

    el la los las un una unos unas lo le les de del al en y o u que se su sus mi mis tu tus te es son por para con como
    pero muy mas ya si sea ser estar esta este esto eso ese hay ha he

    l d j m t s n c qu des au aux dans et ou ce cette ces il elle ils elles je nous vous on sur par pour avec est sont

    der die das den dem ein eine einen einem einer und oder ist sind ich du er sie es wir ihr mich mir dich dir ihn zu
    zum zur im am auf fur mit von bei auch noch schon mal ja doch

    gli i uno di da che e sono mio tuo suo del della dei   os as do dos das no na nos nas um uma meu seu sua isso isto
""")
"""Words that say little: English, Spanish, French, German, Italian and Portuguese."""

LIGHT = _words("""
    ask tell say talk speak answer explain describe know think mean want need like go come get give take make let see
    look happen thing something anything everything someone anyone everyone way bit lot much many good more most try use
    keep put seem guess suppose wonder believe feel sure maybe perhaps hear word back around tonight today time
    fine right understand agree course

    quiero puedo puede decir saber hablar veux peux dire savoir parler kann sagen wissen voglio posso sapere
""")
"""Words that say something, but are found in lines about anything."""

ASKING = _words("""
    who what where when why how which   quien donde cuando porque cuanto cual   quand pourquoi comment qui quoi combien
    wer wo wann warum wie wieviel welche   chi cosa dove perche quanto quale   quem onde quando
""")
"""Question words: they tell lines apart that share all else."""

NEGATIONS = _words("""
    not no never nothing nobody none   nein nicht kein keine   pas non jamais   nunca nada   nao   mai
""")

_ALIKE = """
    hello hi hey hiya howdy greetings ahoy
    goodbye bye farewell cheerio
    yes yeah yep yup aye
    ok okay alright
    no nope nah nay
    thank thanks ta cheers
    sorry apologise apologize apology forgive pardon
    help aid assist
    dad father papa
    mum mother mom mama
    buy purchase
    cost price
    big large huge
    little small tiny
    begin start
    finish end
    shop store
    talk speak chat
    boat ship vessel
    lamp lantern
    angry furious
    afraid scared frightened
    strange odd weird
    sad unhappy
    glad happy
    kill murder
    die dead death
    cold freezing frozen
    wet soaked drenched
    stranger foreigner
    storm tempest gale
    job work
    money cash coin
    food meal
    child kid
"""
ALIKE = {word: group.split()[0] for group in _ALIKE.strip().splitlines() for word in group.split()}
"""Words that mostly ask for the same answer, each under the first of its group."""

_IRREGULAR = """
    be: am is are was were been being;      do: did does done doing;        have: has had having;
    go: went gone goes;                     come: came;                     tell: told;
    say: said says;                         know: knew known;               see: saw seen;
    get: got gotten;                        give: gave given;               take: took taken;
    make: made;                             leave: left;                    bring: brought;
    buy: bought;                            sell: sold;                     find: found;
    lose: lost;                             keep: kept;                     think: thought;
    hear: heard;                            feel: felt;                     mean: meant;
    send: sent;                             meet: met;                      hide: hid hidden;
    steal: stole stolen;                    speak: spoke spoken;            break: broke broken;
    write: wrote written;                   drink: drank drunk;             eat: ate eaten;
    sleep: slept;                           die: died dying dies;           lie: lied lying;
    light: lit;                             run: ran;                       sit: sat;
    stand: stood;                           swim: swam;                     fall: fell fallen;
    man: men;                               woman: women;                   child: children;
    wife: wives;                            knife: knives;                  life: lives;
    foot: feet;                             evening: evening;               morning: morning;
    during: during;                         thing: thing;                   king: king
"""
IRREGULAR = {
    form: entry.partition(":")[0].strip() for entry in _IRREGULAR.split(";") for form in entry.partition(":")[2].split()
}
"""English forms that no rule brings back to their base, and some that a rule would spoil."""
