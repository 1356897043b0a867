"""What a payment costs us: interchange, owed to the issuer's side and netted at settlement."""

from maalem.payments.ledger.recipes.parts import (
    EMPTY,
    Chain,
    chain,
    interchange_cost,
    interchange_due,
    rail,
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
