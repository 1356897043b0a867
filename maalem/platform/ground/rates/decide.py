"""What an amount of dirhams is about, and until when a rate may say so. Pure."""

from datetime import date, timedelta

# From here on cents are no help to somebody who wants to know what a carpet costs.
_WHOLE_FROM = 1_000


def about(minor: int, *, mad_millionths: int) -> int:
    """Minor units of the other currency for `minor` centimes: rounded half up, once.

    To whole units from ten of them on, to the cent below.
    """
    cents = _half_up(minor * 1_000_000, mad_millionths)
    if cents < _WHOLE_FROM:
        return cents
    return 100 * _half_up(minor * 1_000_000, 100 * mad_millionths)


def _half_up(parts: int, by: int) -> int:
    return (2 * parts + by) // (2 * by)


def usable(valid_from: date, *, today: date, days: int) -> bool:
    """Whether a rate of `valid_from` may be used: on its day and on `days` days after it."""
    return valid_from <= today <= valid_from + timedelta(days=days)
