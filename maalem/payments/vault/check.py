"""Is what the payer typed a card at all? Pure rules, before anything is kept."""

from datetime import datetime

from maalem.payments.vault.brands import brand_of
from maalem.payments.vault.digits import fold_digits, luhn_ok
from maalem.payments.vault.records import CardProblem, CardRefused, ClearCard, TypedCard

SHORTEST, LONGEST = 12, 19
YEARS_AHEAD = 50


def check_card(typed: TypedCard, *, now: datetime) -> tuple[ClearCard, str | None]:
    """The card in western digits and its security code, or `CardRefused` at the first problem."""
    number = checked_number(typed.number)
    month = _whole(typed.exp_month)
    if month is None or not 1 <= month <= 12:
        raise CardRefused(CardProblem.MONTH)
    year = _year(typed.exp_year, now=now)
    if year is None or (year, month) < (now.year, now.month):
        raise CardRefused(CardProblem.YEAR)
    cvc = None if typed.cvc is None else fold_digits(typed.cvc)
    if cvc is not None and not _cvc_ok(cvc, number=number):
        raise CardRefused(CardProblem.CVC)
    return ClearCard(number=number, exp_month=month, exp_year=year), cvc


def checked_number(typed: str) -> str:
    """The card number in western digits, or `CardRefused`."""
    number = fold_digits(typed)
    if not (number.isascii() and number.isdigit() and SHORTEST <= len(number) <= LONGEST):
        raise CardRefused(CardProblem.NUMBER)
    if not luhn_ok(number) or len(number) not in brand_of(number).lengths:
        raise CardRefused(CardProblem.INCORRECT_NUMBER)
    return number


def _whole(typed: str) -> int | None:
    folded = fold_digits(typed)
    return int(folded) if folded.isascii() and folded.isdigit() and len(folded) <= 4 else None


def _year(typed: str, *, now: datetime) -> int | None:
    year = _whole(typed)
    if year is not None and year < 100:
        year += now.year // 100 * 100
    return year if year is not None and year <= now.year + YEARS_AHEAD else None


def _cvc_ok(cvc: str, *, number: str) -> bool:
    return cvc.isascii() and cvc.isdigit() and len(cvc) == brand_of(number).cvc
