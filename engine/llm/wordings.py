"""Knows the words by which a model steps out of its part, in several languages, from those of a character.

Only the beginning of a reply counts. What is listed is what models say of themselves and of requests; what a character
could say as well ("I can't help you") is not: a refusal that is missed is a poor line, a line taken for one is lost.
"""

from __future__ import annotations

import re

LONGEST_OPENING = 100
"""Characters after which a beginning that was none of these becomes none any more."""

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´", "'"))
_QUOTES = "\"“”„«»「『'"
_BEFORE = re.compile(r"[\s*_(\[]+")

_MODEL = r"(?:(?:an? )?(?:ai\b(?!'s)|(?:large |ai )?language model|artificial intelligence|llm\b))"
_SORRY = r"(?:(?:i'm |i am )?(?:very |so )?sorry|i apologi[sz]e|my apologies|unfortunately)[,.;:]? ?(?:but )?"
_CANNOT = r"(?:can't|cannot|can not|won't|will not|am unable to|am not able to|'m unable to|'m not able to)"
_REQUEST = r"(?:that|this|your|such)(?: kind of| type of| sort of)? (?:requests?|prompt|conversation|roleplay|content)"

_OF_ITSELF = re.compile(
    rf"(?:{_SORRY})?(?:as {_MODEL}|(?:i'm|i am)(?: just| only)? {_MODEL}|(?:i'm|i am) (?:chatgpt|claude)\b)"
    r"|(?:(?:como|soy|sou)(?: solo| una?| uma?)?|je (?:ne )?suis(?: qu')?|en tant qu[e']|comme|sono|come|in quanto)"
    r" ?(?:une? |una |un'|um |uma )?(?:ia\b|intelligence artificielle|inteligencia artificial|inteligência artificial"
    r"|intelligenza artificiale|mod[eéè]le? de lang\w+|modelo de l[ei]ng\w+|modello (?:di linguaggio|linguistico))"
    r"|(?:als|ich bin)(?: nur)?(?: eine?)? (?:ki\b|künstliche intelligenz|(?:großes )?sprachmodell)"
    r"|(?:als|ik ben|som|jeg er|jag är)(?: een| en| et| ett)? (?:ai\b|ki\b|taalmodel|språkmodell|kunstig intelligens)"
    r"|(?:как|я)(?: всего лишь| только)? (?:искусственный интеллект|языковая модель|ии\b)"
    r"|(?:作为|我是)(?:一个|一名)?(?:人工智能|ai|(?:大型)?语言模型)|(?:私は)?(?:ai|人工知能|言語モデル)(?:として|です)"
    r"|(?:저는 )?(?:ai|인공지능|언어 모델)(?:로서|입니다)"
)
_OF_THE_REQUEST = re.compile(
    rf"(?:{_SORRY})?i ?{_CANNOT} (?:(?:help|assist|comply|engage|continue)(?: you)? with|fulfil+|complete|answer|"
    rf"respond to|process|generate|create|write|produce) {_REQUEST}"
    rf"|{_SORRY}i ?{_CANNOT} (?:help|assist)(?: you)? with (?:that|this)(?:[.!]|$)"
    rf"|i ?{_CANNOT} assist with (?:that|this)(?:[.!]|$)"
    rf"|(?:{_SORRY})?i ?{_CANNOT} (?:role-?play|play (?:this|that) character|generate explicit)"
    r"|(?:lo siento[,.] ?(?:pero )?)?no puedo (?:ayudar(?:te|le)?|cumplir|responder|continuar)"
    r" (?:con|a) (?:esa|esta) (?:sol|pet)"
    r"|(?:(?:je suis )?désolée?, ?(?:mais )?)?je ne peux pas (?:répondre à|traiter|satisfaire) (?:cette|votre) demande"
    r"|(?:(?:es )?tut mir leid, ?(?:aber )?)?(?:ich kann )?(?:bei )?"
    r"(?:dieser|diese|deiner|ihrer) anfrage (?:kann ich )?nicht"
    r"|(?:mi dispiace, ?(?:ma )?)?non posso (?:\w+ )?(?:a |con )?(?:questa|tua) richiesta"
    r"|(?:(?:desculpe|sinto muito), ?(?:mas )?)?não posso (?:ajudar|atender|responder)"
    r" (?:com |a )?(?:ess[ea]|est[ea]) (?:pedido|sol)"
    r"|(?:(?:извините|к сожалению), ?(?:но )?)?я не могу (?:помочь с|выполнить|ответить на) эт\w+ запрос"
    r"|(?:很?抱歉|对不起)[，,]?我(?:无法|不能)(?:满足|协助|完成|回答|提供)|申し訳(?:ありません|ございません)が、(?:その|この)(?:ご要望|リクエスト)"
)
# A reply is held back only while it may still become one of the above. These are how they begin, as far as it takes to
# set them off from prose; inside quotes only those of the first kind count.
_OF_ITSELF_BEGINS = (
    "as an ai", "as a language", "as a large", "as an artificial", "i'm an ai", "i am an ai", "i'm just ",
    "i am just ", "i'm only ", "i am only ", "i'm a language", "i am a language", "i'm a large language",
    "i am a large language", "i'm chatgpt", "i am chatgpt", "i'm claude", "i am claude", "como ", "soy ", "sou ",
    "en tant qu", "je suis ", "je ne suis qu", "comme ", "sono ", "come ", "in quanto ", "als ", "ich bin ", "ik ben ",
    "som ", "jeg er ", "jag är ", "как ", "я ", "作为", "我是", "私は", "ai", "人工知能", "言語",
    "저는 ", "인공지능", "언어 ",
)  # fmt: skip
_OF_THE_REQUEST_BEGINS = (
    "i can't ", "i cannot ", "i can not ", "i won't ", "i will not ", "i am unable", "i'm unable", "i am not able",
    "i'm not able", "i'm sorry", "i am sorry", "i'm very sorry", "i'm so sorry", "sorry", "i apolog", "my apolog",
    "unfortunately", "lo siento", "no puedo", "je ne peux pas", "désolé", "es tut mir", "tut mir", "ich kann", "bei d",
    "diese", "mi dispiace", "non posso", "desculpe", "sinto muito", "não posso", "извините", "к сожалению", "很抱歉",
    "抱歉", "对不起", "申し訳",
)  # fmt: skip


def steps_out(text: str, *, whole: bool = True) -> bool:
    """Tell whether a reply is a model speaking for itself instead of for its character.

    Of the beginning of one (not `whole`), what its last letters say is not taken for a word: more may come.
    """
    bare, quoted = _opening(text)
    found = _OF_ITSELF.match(bare) or (None if quoted else _OF_THE_REQUEST.match(bare))
    return found is not None and (whole or found.end() < len(bare))


def may_step_out(text: str) -> bool:
    """Tell whether a reply that begins like this may still turn out to be one that `steps_out`."""
    bare, quoted = _opening(text)
    if len(bare) >= LONGEST_OPENING:
        return False
    begins = _OF_ITSELF_BEGINS if quoted else (*_OF_ITSELF_BEGINS, *_OF_THE_REQUEST_BEGINS)
    return any(begin.startswith(bare) or bare.startswith(begin) for begin in begins)


def folded(text: str) -> str:
    """Return `text` in small letters, with plain apostrophes and single spaces, for comparing."""
    return " ".join(text.translate(_APOSTROPHES).casefold().split())


def _opening(text: str) -> tuple[str, bool]:
    """The first words, folded, and whether they stand in quotes."""
    bare = folded(text[: 4 * LONGEST_OPENING])
    quoted = False
    while bare and (bare[0] in _QUOTES or _BEFORE.match(bare)):
        quoted = quoted or bare[0] in _QUOTES
        bare = bare[1:]
    return bare, quoted
