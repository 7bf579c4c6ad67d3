"""The sums and joins that compiled expressions call: total, bounded, and with nothing else in reach.

A number stops at ±10**15, where floats still count in eighths; dividing by zero gives 0; a joined text stops at 20,000
characters. No function here raises for bools, numbers (of any size, infinite or not-a-number) and texts.
"""

from __future__ import annotations

from engine.story.terms import Value

LIMIT = 10**15
"""Numbers stop here, and at its negative."""
JOIN_LIMIT = 20_000
"""Characters that `~` keeps; the longest text an author may write."""
RENDER_LIMIT = 40_000
"""Characters that a rendered text keeps: the longest text, and as much again from what is shown in it."""

Number = int | float


def saturate(number: Number) -> Number:
    """Return the nearest number that a story can hold; not-a-number gives 0."""
    if -LIMIT <= number <= LIMIT:
        return number
    limit = LIMIT if isinstance(number, int) else float(LIMIT)
    if number > 0:
        return limit
    return -limit if number < 0 else 0.0


def real(number: Number) -> float:
    """Return `number` as a float, where an expression mixes whole numbers with others."""
    return float(saturate(number))


def add(a: Number, b: Number) -> Number:
    """Return a + b."""
    try:
        total = a + b
    except OverflowError:  # a whole number too large for the float beside it
        total = saturate(a) + saturate(b)
    return total if -LIMIT <= total <= LIMIT else saturate(total)


def subtract(a: Number, b: Number) -> Number:
    """Return a - b."""
    try:
        total = a - b
    except OverflowError:
        total = saturate(a) - saturate(b)
    return total if -LIMIT <= total <= LIMIT else saturate(total)


def multiply(a: Number, b: Number) -> Number:
    """Return a * b."""
    try:
        total = a * b
    except OverflowError:
        total = saturate(a) * saturate(b)
    return total if -LIMIT <= total <= LIMIT else saturate(total)


def divide(a: Number, b: Number) -> float:
    """Return a / b, or 0 where b is 0."""
    if b == 0:
        return 0.0
    try:
        total = a / b
    except OverflowError:
        total = saturate(a) / saturate(b)
    return total if -LIMIT <= total <= LIMIT else float(saturate(total))


def floor_divide(a: Number, b: Number) -> Number:
    """Return a / b rounded down, or 0 where b is 0."""
    if b == 0:
        return 0.0 if isinstance(a, float) else 0 * b
    try:
        total = a // b
    except OverflowError:
        total = saturate(a) // saturate(b)
    return total if -LIMIT <= total <= LIMIT else saturate(total)


def remainder(a: Number, b: Number) -> Number:
    """Return what a // b leaves, with the sign of b; 0 where b is 0."""
    if b == 0:
        return 0.0 if isinstance(a, float) else 0 * b
    try:
        total = a % b
    except OverflowError:
        total = saturate(a) % saturate(b)
    return total if -LIMIT <= total <= LIMIT else saturate(total)


def absolute(number: Number) -> Number:
    """Return the size of a number."""
    return saturate(abs(number))


def least(*numbers: Number) -> Number:
    """Return the smallest."""
    return saturate(min(numbers))


def greatest(*numbers: Number) -> Number:
    """Return the largest."""
    return saturate(max(numbers))


def show(value: Value) -> str:
    """Return a value as a reader sees it: yes or no, a number without idle noughts (six decimals at most), a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    value = saturate(value)
    if isinstance(value, int):
        return str(value)
    shown = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def join(*texts: str) -> str:
    """Return the texts one after the other, cut at `JOIN_LIMIT`."""
    return "".join(texts)[:JOIN_LIMIT]


def finish(text: str) -> str:
    """Return a rendered text without blank lines around it, cut at `RENDER_LIMIT`."""
    return text.strip("\n")[:RENDER_LIMIT]
