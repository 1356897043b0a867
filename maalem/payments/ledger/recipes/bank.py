"""What our bank books: the networks' money comes in. What goes out and comes back: payouts.py.

`bank` is the account on which clients' money is kept apart from ours (cantonnement), an asset. It
moves only by a line of the bank's own statement.
"""

from maalem.payments.ledger.recipes.fees import interchange_netted, scheme_netted
from maalem.payments.ledger.recipes.parts import EMPTY, Chain, bank, chain, interchange_due, rail


def network_settled(
    source: str, *, by: str, net: int, interchange: int, currency: str, scheme: int = 0
) -> Chain:
    """A network has paid a day: `net` is on our account; it has kept the rest.

    | account          |         debit |                      credit |
    |------------------|--------------:|----------------------------:|
    | bank             |           net |                             |
    | interchange_due  |   interchange |                             |
    | scheme_due       |        scheme |                             |
    | rail             |               |  net + interchange + scheme |

    On a day with more refunds than payments `net` or `interchange` is negative, and its line goes
    the other way.
    """
    asset, account = rail(by, currency=currency), bank(currency)
    whole = EMPTY
    if net > 0:
        whole += chain(account, asset, amount=net, code="network_settled", source=source)
    elif net < 0:
        whole += chain(asset, account, amount=-net, code="network_settled", source=source)
    whole += scheme_netted(source, by=by, amount=scheme, currency=currency)
    if interchange < 0:
        due = interchange_due(currency)
        return whole + chain(
            asset, due, amount=-interchange, code="interchange_netted", source=source
        )
    return whole + interchange_netted(source, amount=interchange, currency=currency)
