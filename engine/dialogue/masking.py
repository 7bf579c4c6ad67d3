"""Masks what a player may have typed or pasted by mistake: keys, cards, accounts, e-mail, phone numbers, addresses.

It masks by shape, and by checksum where there is one, so hours, years and ships' numbers stay words.
It does not look for what only a person could tell is private, such as a name or a password that is a word.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Masked:
    """A line that may leave the machine, and what was taken out of it."""

    text: str
    found: tuple[str, ...] = ()
    """What was masked, in the order of the search: `key`, `bank account`, `card number`, `e-mail`, `IP address`,
    `phone number` or `secret`, once for each place."""

    @property
    def notice(self) -> str:
        """What to tell the player; empty when nothing was masked."""
        if not self.found:
            return ""
        counts = Counter(self.found)
        kinds = [f"{kind} ({count})" if count > 1 else kind for kind, count in counts.items()]
        return f"Masked before it was sent: {', '.join(kinds)}."


def mask(text: str) -> Masked:
    """Return `text` with likely secrets and personal data replaced by what they are, such as `[e-mail]`."""
    found: list[str] = []
    for kind, pattern, is_one in _KINDS:

        def put(match: re.Match[str], kind: str = kind, is_one: Callable[[str], bool] = is_one) -> str:
            if not is_one(match[0]):
                return match[0]
            found.append(kind)
            return f"[{kind}]"

        text = _masked_accounts(text, found) if pattern is None else pattern.sub(put, text)
    return Masked(text, tuple(found))


def mask_keys(text: str) -> str:
    """Return `text` with everything shaped like a well-known provider's key masked, for files that are passed on."""
    return _KEY.sub(lambda match: "[key]" if _has_digit(match[0]) else match[0], text)


# A provider's key begins with its mark. `sk-` and the like need sixteen characters and a digit: "a sk-ate" has neither.
_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?"
    r"|(?<![A-Za-z0-9_-])(?:"
    r"(?:sk|pk|rk|gsk|xai|hf|r8|npm|key|glpat)[-_][A-Za-z0-9_-]{16,}"
    r"|(?:github_pat|gh[oprsu])_[A-Za-z0-9_]{20,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|AIza[A-Za-z0-9_-]{30,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    r")"
)
_CARD = re.compile(r"(?<![\w.])[2-6][0-9](?:[ -]?[0-9]){11,17}(?!\w)")
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}(?![\w:])")
# International with a plus; national with a leading nought and nine digits or more; or three, three and four digits.
_PHONE = re.compile(
    r"(?<![\w.+-])(?:"
    r"\+[0-9](?:[ ./()-]{0,2}[0-9]){7,14}"
    r"|(?:\(0[0-9]{1,4}\)|0[0-9]{1,4}/?)(?:[ -]?[0-9]){6,10}"
    r"|(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}"
    r")(?![\w-])"
)
_SECRET = re.compile(r"(?<![\w/+.@-])[A-Za-z0-9+/_-]{32,}={0,2}(?![\w/+])")
_DATE = re.compile(r"(?<![0-9])[0-9]{1,2}[-/ ][0-9]{1,2}[-/ ](?:1[0-9]|20)[0-9]{2}(?![0-9])")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
RANDOM_BITS = 3.8
"""Shannon bits a character: 32 random letters and digits have 4.2 or more, long words joined by hyphens 3.6 at most."""

# How many letters and digits an account number has, by country (the register that SWIFT keeps of ISO 13616).
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})[0-9]{2}(?= ?[A-Za-z0-9])")
_SIZES = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18
    FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21
    MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25
    TL23 TN24 TR26 UA29 VA22 VG24 XK20
"""
_ACCOUNT_SIZES = {pair[:2]: int(pair[2:]) for pair in _SIZES.split()}


def _masked_accounts(text: str, found: list[str]) -> str:
    """`text` without account numbers: as many characters as the country's have, single spaces between them allowed."""
    parts, done = [], 0
    for match in _ACCOUNT.finditer(text):
        size = _ACCOUNT_SIZES.get(match[1].upper(), 0)
        end = _end_of(text, match.start(), size)
        if match.start() >= done and end and _adds_up(text[match.start() : end].replace(" ", "")):
            parts += [text[done : match.start()], "[bank account]"]
            found.append("bank account")
            done = end
    return "".join([*parts, text[done:]])


def _end_of(text: str, start: int, size: int) -> int:
    """Where `size` letters and digits from `start` end, if a word ends there; else 0."""
    at, counted = start, 0
    while counted < size and at < len(text):
        if text[at].isascii() and text[at].isalnum():
            counted += 1
        elif text[at] != " " or text[at - 1] == " ":
            return 0
        at += 1
    whole = size and counted == size and not (at < len(text) and text[at].isalnum())
    return at if whole else 0


def _adds_up(account: str) -> bool:
    turned = account[4:] + account[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _is_card(text: str) -> bool:
    """Whether its last digit is what Luhn's sum makes it."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_address(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _is_phone(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    return 8 <= digits <= 15 and (text[0] != "0" or digits >= 9) and not _DATE.search(text)


def _is_random(text: str) -> bool:
    """Whether nobody would write that as a word: a digest, or letters and digits in no order."""
    bare = text.rstrip("=")
    letters, digits = sum(map(str.isalpha, bare)), sum(map(str.isdigit, bare))
    if letters < 3 or digits < 3:
        return False
    if _HEX.fullmatch(bare):
        return True
    mixed = any(map(str.isupper, bare)) and any(map(str.islower, bare))
    bits = -sum(n / len(bare) * math.log2(n / len(bare)) for n in Counter(bare).values())
    return mixed and bits >= RANDOM_BITS


def _has_digit(text: str) -> bool:
    return text.startswith("-----") or any(map(str.isdigit, text))


def _always(_: str) -> bool:
    return True


# In this order, since each leaves only words behind for the next. None stands for the search of its own.
_KINDS: tuple[tuple[str, re.Pattern[str] | None, Callable[[str], bool]], ...] = (
    ("key", _KEY, _has_digit),
    ("bank account", None, _always),
    ("e-mail", _EMAIL, _always),
    ("card number", _CARD, _is_card),
    ("IP address", _IPV4, _is_address),
    ("IP address", _IPV6, _is_address),
    ("phone number", _PHONE, _is_phone),
    ("secret", _SECRET, _is_random),
)
