"""What a player is told of costs, and how a limit is raised in mid-game. It keeps no account."""

from __future__ import annotations

from engine.cast import Cast
from engine.errors import OverBudget, Refused


def spending(cast: Cast) -> str:
    """Return what was spent, in a sentence."""
    if cast.meter is None:
        return "Nothing is spent: no model is asked."
    spent = cast.meter.spent
    return f"This session: {spent.session}. This playthrough: {spent.game}. Today: {spent.day}."


def spent_briefly(cast: Cast) -> str:
    """Return what this session took, and of how much, in few words; empty where nothing is counted.

    It asks the account: once a turn, not once a frame.
    """
    meter = cast.meter
    if meter is None:
        return ""
    from engine.llm.prices import shown

    spent, cap = meter.spent.session, meter.budget.session
    if not spent.tokens and cap.micro is None and cap.tokens is None:
        return "nothing spent yet"
    tokens = f"{spent.tokens:,}{'' if cap.tokens is None else f' of {cap.tokens:,}'} tok"
    unknown = spent.tokens > 0 and spent.money is None
    money = "price unknown" if unknown else f"{shown(spent.micro)}{'+' if spent.unpriced else ''}"
    return f"{tokens} · {money}{'' if cap.micro is None or unknown else f' of {shown(cap.micro)}'}"


def limited(cast: Cast) -> bool:
    """Tell whether there is a limit that could be raised."""
    return cast.meter is not None and bool(cast.meter.budget)


def as_much_again(cast: Cast, refusal: OverBudget) -> str:
    """Return by how much `Meter.raise_limit` would raise the limit that refused, in words; empty without a meter."""
    if cast.meter is None:
        return ""
    from engine.llm.prices import shown

    more = cast.meter.as_much_again(refusal)
    return shown(more) if refusal.unit == "money" else f"{more:,} tokens"


def allow(cast: Cast, amount: str) -> str:
    """Raise every limit there is by `amount`, such as `0.50` dollars or `5000 tokens`, and return what to say.

    It lasts until the game is left. Raises `Refused` when there is nothing to raise or the amount makes no sense.
    """
    from decimal import Decimal, InvalidOperation

    from engine.llm.budget import SCOPES
    from engine.llm.prices import MICRO, dollars

    if cast.meter is None or not cast.meter.budget:
        raise Refused("There is no limit to raise.", do="`budget` in the config file sets one.")
    number, _, unit = amount.strip().lstrip("$").replace(",", "").partition(" ")
    try:
        more = dollars(Decimal(number), "the amount")
    except (ValueError, InvalidOperation):
        raise Refused(f'"{amount}" is no amount.', do="Write dollars, as 0.50, or tokens, as 5000 tokens.") from None
    tokens = unit.strip().casefold().startswith("tok")
    budget = cast.meter.budget
    for scope in SCOPES:
        budget = budget.raised(scope, tokens=int(more)) if tokens else budget.raised(scope, micro=int(more * MICRO))
    if budget == cast.meter.budget:
        raise Refused("No limit was raised by that.", do="Limits are in dollars, in tokens, or both: see `budget`.")
    cast.meter.budget = budget
    return f"Raised by {int(more):,} tokens until you leave." if tokens else f"Raised by ${more} until you leave."
