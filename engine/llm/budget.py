"""Says whether a call may be made, given what was spent and what the player allows. It keeps no account itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, Self

from engine.errors import OverBudget
from engine.llm.prices import MICRO, dollars, shown

Scope = Literal["session", "game", "day"]
Unit = Literal["money", "tokens"]
SCOPES: tuple[Scope, ...] = ("session", "game", "day")
WARN_PERCENT = 80
MOST = 2**53
"""Micro-dollars or tokens; more than anybody has, and exact in every number that meets it."""
_NAMES = {"session": "this session", "game": "this playthrough", "day": "today"}
CHOICES = (
    "Raise the limit (`/budget 1` for a dollar more, or `budget` in the config file), take a cheaper model, let the "
    "scripted actor answer, or stop here."
)


@dataclass(frozen=True, slots=True)
class Amount:
    """What some calls took."""

    micro: int = 0
    """Micro-dollars, of those calls whose price is known."""
    tokens: int = 0
    unpriced: int = 0
    """How many of the tokens have no known price."""

    @property
    def money(self) -> Decimal | None:
        """Dollars; None when none of it has a known price."""
        return None if self.tokens and self.tokens == self.unpriced else Decimal(self.micro) / MICRO

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.micro + other.micro, self.tokens + other.tokens, self.unpriced + other.unpriced)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.micro - other.micro, self.tokens - other.tokens, self.unpriced - other.unpriced)

    def __str__(self) -> str:
        tokens = f"{self.tokens:,} tokens"
        if not self.tokens:
            return shown(self.micro) if self.micro else tokens
        if self.tokens == self.unpriced:
            return f"{tokens} (price unknown)"
        part = f" ({self.unpriced:,} of them at an unknown price)" if self.unpriced else ""
        return f"{shown(self.micro)}, {tokens}{part}"


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that one session, playthrough or day may take; None for no limit."""

    micro: int | None = None
    tokens: int | None = None

    def of(self, unit: Unit) -> int | None:
        """Return one of the two."""
        return self.micro if unit == "money" else self.tokens


@dataclass(frozen=True, slots=True)
class Budget:
    """What the player allows."""

    session: Cap = Cap()
    game: Cap = Cap()
    day: Cap = Cap()

    def __bool__(self) -> bool:
        return self != Budget()

    def cap(self, scope: Scope) -> Cap:
        """Return the limit of one scope."""
        caps: Mapping[Scope, Cap] = {"session": self.session, "game": self.game, "day": self.day}
        return caps[scope]

    @property
    def counts_money(self) -> bool:
        """Whether any limit is in money, and so needs a price."""
        return any(self.cap(scope).micro is not None for scope in SCOPES)

    def refusal(self, spent: Mapping[Scope, Amount], worst: Amount) -> OverBudget | None:
        """Return why a call that takes `worst` at most may not be made, or None when it may."""
        for scope in SCOPES:
            for unit in ("money", "tokens"):
                limit = self.cap(scope).of(unit)
                if limit is None:
                    continue
                used, more = _of(spent[scope], unit), _of(worst, unit)
                if used + more > limit and more > 0:
                    return _refusal(scope, unit, used, more, limit)
        return None

    def near(self, spent: Mapping[Scope, Amount]) -> dict[tuple[Scope, str], str]:
        """Return a warning for each limit of which four fifths are spent, by scope and unit."""
        found: dict[tuple[Scope, str], str] = {}
        for scope in SCOPES:
            for unit, limit in (("money", self.cap(scope).micro), ("tokens", self.cap(scope).tokens)):
                used = _of(spent[scope], unit)
                if limit is not None and used and used * 100 >= limit * WARN_PERCENT:
                    said = f"{_shown(used, unit)} of the {_shown(limit, unit)} that {_NAMES[scope]} may take are spent."
                    found[scope, unit] = said
        return found

    def raised(self, scope: Scope, *, micro: int | None = None, tokens: int | None = None) -> Self:
        """Return a budget that allows so much more in one scope; what has no limit keeps none."""
        cap = self.cap(scope)
        higher = Cap(
            cap.micro + micro if cap.micro is not None and micro else cap.micro,
            cap.tokens + tokens if cap.tokens is not None and tokens else cap.tokens,
        )
        if scope == "session":
            return replace(self, session=higher)
        return replace(self, game=higher) if scope == "game" else replace(self, day=higher)


def read_budget(value: object) -> Budget:
    """Return the budget that a config file's mapping means; raises `ValueError` that names the part."""
    if isinstance(value, Budget):
        return value
    if not isinstance(value, Mapping):
        raise ValueError("write {session: {money: DOLLARS, tokens: NUMBER}, game: {...}, day: {...}}")
    unknown = next((name for name in value if name not in SCOPES), None)
    if unknown is not None:
        raise ValueError(f"there are limits for {', '.join(SCOPES)} only")
    return Budget(**{name: _read_cap(name, cap) for name, cap in value.items() if cap is not None})


def _read_cap(name: str, value: object) -> Cap:
    if not isinstance(value, Mapping) or not set(value) <= {"money", "tokens"}:
        raise ValueError(f"{name} has `money`, in dollars, and `tokens`")
    money, tokens = value.get("money"), value.get("tokens")
    if tokens is not None and (isinstance(tokens, bool) or not isinstance(tokens, int) or not 0 <= tokens <= MOST):
        raise ValueError(f"the tokens of {name} are a whole number")
    return Cap(None if money is None else int(dollars(money, f"the money of {name}") * MICRO), tokens)


def _refusal(scope: Scope, unit: str, used: int, more: int, limit: int) -> OverBudget:
    rest = f"{_shown(used, unit)} are spent or promised" if used else "nothing is spent yet"
    return OverBudget(
        f"The answer may take {_shown(more, unit)}, and {_NAMES[scope]} may take {_shown(limit, unit)} in all: {rest}.",
        do=CHOICES,
        scope=scope,
        unit=unit,
        short=used + more - limit,
    )


def _of(amount: Amount, unit: str) -> int:
    return amount.micro if unit == "money" else amount.tokens


def _shown(number: int, unit: str) -> str:
    return shown(number) if unit == "money" else f"{number:,} tokens"
