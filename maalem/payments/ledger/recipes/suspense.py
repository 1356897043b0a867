"""A line of the bank that nobody can explain yet stands in suspense, and leaves it with a word.

`suspense` is a debt of the house: money that is somebody's, we don't know yet whose (or, below
zero, money that left and we don't know why). It is never anybody's profit. Amounts are signed as
on the bank's statement; where a line took money away its rows go the other way.
"""

from maalem.payments.ledger.recipes.parts import Chain, bank, chain, house, merchant
from maalem.payments.ledger.records import AVAILABLE, BANK_COSTS, SUSPENSE, LedgerAccount


def suspended(source: str, *, amount: int, currency: str) -> Chain:
    """A line that nobody explains is put aside, by one officer. `source` is the line's id.

    | account   |  debit |   credit |
    |-----------|-------:|---------:|
    | bank      | amount |          |
    | suspense  |        |   amount |
    """
    aside = house(SUSPENSE, currency=currency)
    return _signed(bank(currency), aside, amount=amount, code="suspended", source=source)


def explained(source: str, *, amount: int, currency: str) -> Chain:
    """What was put aside is known after all: it goes back, and is booked as what it is.

    | account   |  debit |   credit |
    |-----------|-------:|---------:|
    | suspense  | amount |          |
    | bank      |        |   amount |
    """
    aside = house(SUSPENSE, currency=currency)
    return _signed(aside, bank(currency), amount=amount, code="explained", source=source)


def found_owner(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """Two officers know whose the money is: it is hers.

    | account              |  debit |   credit |
    |----------------------|-------:|---------:|
    | suspense             | amount |          |
    | owner's `available`  |        |   amount |
    """
    aside = house(SUSPENSE, currency=currency)
    hers = merchant(owner, bucket=AVAILABLE, currency=currency)
    return chain(aside, hers, amount=amount, code="found_owner", source=source)


def borne(source: str, *, amount: int, currency: str) -> Chain:
    """Two officers take it over for the house: the bank's own charges, or interest it paid.

    | account     |  debit |   credit |
    |-------------|-------:|---------:|
    | suspense    | amount |          |
    | bank_costs  |        |   amount |
    """
    aside, costs = house(SUSPENSE, currency=currency), house(BANK_COSTS, currency=currency)
    return _signed(aside, costs, amount=amount, code="borne", source=source)


def _signed(
    debit: LedgerAccount, credit: LedgerAccount, /, *, amount: int, code: str, source: str
) -> Chain:
    if amount < 0:
        return chain(credit, debit, amount=-amount, code=code, source=source)
    return chain(debit, credit, amount=amount, code=code, source=source)
