"""What a payment costs us: interchange from the charge on, the scheme's fee once it is cleared.

Interchange belongs to the issuer's side and is owed from the moment the money is taken. A scheme is
paid for clearing: its fee is owed when its report names the payment. Both are kept back by the
network out of what it pays us, so what is owed stands on a clearing account until that day.
"""

from maalem.payments.ledger.recipes.parts import (
    EMPTY,
    Chain,
    chain,
    house,
    interchange_cost,
    interchange_due,
    rail,
    scheme_cost,
    scheme_due,
)


def interchange(source: str, *, amount: int, currency: str) -> Chain:
    """A charge was taken: its interchange is a cost from then on, paid when the network settles.

    | account          |  debit |   credit |
    |------------------|-------:|---------:|
    | interchange      | amount |          |
    | interchange_due  |        |   amount |
    """
    if amount == 0:
        return EMPTY
    cost, due = interchange_cost(currency), interchange_due(currency)
    return chain(cost, due, amount=amount, code="interchange", source=source)


def interchange_back(source: str, *, amount: int, currency: str) -> Chain:
    """A refund: the issuer's side gives back the interchange of what was given back.

    | account          |  debit |   credit |
    |------------------|-------:|---------:|
    | interchange_due  | amount |          |
    | interchange      |        |   amount |
    """
    if amount == 0:
        return EMPTY
    cost, due = interchange_cost(currency), interchange_due(currency)
    return chain(due, cost, amount=amount, code="interchange_back", source=source)


def interchange_again(source: str, *, amount: int, currency: str) -> Chain:
    """A refund came back: the interchange that had gone back with it is owed again.

    | account          |  debit |   credit |
    |------------------|-------:|---------:|
    | interchange      | amount |          |
    | interchange_due  |        |   amount |
    """
    if amount == 0:
        return EMPTY
    cost, due = interchange_cost(currency), interchange_due(currency)
    return chain(cost, due, amount=amount, code="interchange_again", source=source)


def interchange_netted(source: str, *, amount: int, currency: str) -> Chain:
    """The network settles: it keeps the interchange that we owe out of what it owes us.

    What is left on the rail is what the bank's line brings. `source` is the settlement's id.

    | account          |  debit |   credit |
    |------------------|-------:|---------:|
    | interchange_due  | amount |          |
    | rail_card        |        |   amount |
    """
    if amount == 0:
        return EMPTY
    due, asset = interchange_due(currency), rail("card", currency=currency)
    return chain(due, asset, amount=amount, code="interchange_netted", source=source)


def scheme_cleared(source: str, *, amount: int, currency: str) -> Chain:
    """A network's report names a day's payments: its fee on them, as they froze it, is owed.

    `source` is the settlement's id.

    | account     |  debit |   credit |
    |-------------|-------:|---------:|
    | scheme      | amount |          |
    | scheme_due  |        |   amount |
    """
    if amount == 0:
        return EMPTY
    cost, due = scheme_cost(currency), scheme_due(currency)
    return chain(cost, due, amount=amount, code="scheme_cleared", source=source)


def scheme_netted(source: str, *, by: str, amount: int, currency: str) -> Chain:
    """The network settles: it keeps its own fee out of what it owes us, as much as it says.

    | account     |  debit |   credit |
    |-------------|-------:|---------:|
    | scheme_due  | amount |          |
    | rail        |        |   amount |
    """
    if amount == 0:
        return EMPTY
    due, asset = scheme_due(currency), rail(by, currency=currency)
    return chain(due, asset, amount=amount, code="scheme_netted", source=source)


def difference_accepted(source: str, *, of: str, amount: int, currency: str) -> Chain:
    """Two officers accept that a network kept `amount` more of `of` than its payments say.

    `of` is interchange or scheme. Where it kept less, the amount is negative and the line goes the
    other way.

    | account     |  debit |   credit |
    |-------------|-------:|---------:|
    | `of`        | amount |          |
    | `of`_due    |        |   amount |
    """
    cost, due = house(of, currency=currency), house(f"{of}_due", currency=currency)
    if amount < 0:
        return chain(due, cost, amount=-amount, code=f"{of}_accepted", source=source)
    return chain(cost, due, amount=amount, code=f"{of}_accepted", source=source)
