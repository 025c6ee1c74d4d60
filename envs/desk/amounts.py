"""Amounts in EUR, rounded to cents without the surprises of binary fractions."""

WHOLE = 1000
"""As thousandths."""


def share(amount: float, thousandths: int) -> float:
    """Return so many thousandths of an amount, rounded to cents."""
    return (_cents(amount) * thousandths + WHOLE // 2) // WHOLE / 100


def is_tie(amount: float, thousandths: int) -> bool:
    """Say whether that lies halfway between two cents, where people round differently."""
    return _cents(amount) * thousandths % WHOLE == WHOLE // 2


def _cents(amount: float) -> int:
    return round(100 * amount)
