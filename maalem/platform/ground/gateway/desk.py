"""The verbs of whoever looks after payments: an artisan's own account, or the platform's.

`account` is a connected account's id, empty for the platform's own. Every read raises Refused
(`resource_missing` for what is another's) or Unavailable.
"""

from typing import cast

from .calls import _bank
from .records import Charges, Holdings, Movement, Payout, Reserve, Story
from .shapes import Refund


def charges(
    account: str = "",
    *,
    after: str = "",
    limit: int = 25,
    group: str = "",
    since: int = 0,
    until: int = 0,
) -> Charges:
    """Payments and what was passed on, newest first; `since` <= made < `until`, epoch seconds."""
    found = _bank().charges(
        account, after=after, limit=limit, group=group, since=since, until=until
    )
    return cast(Charges, found)


def search_charges(account: str = "", *, query: str, page: str = "", limit: int = 25) -> Charges:
    """Payments that a query in Stripe's language finds; `next_after` is the next `page`."""
    return cast(Charges, _bank().search_charges(account, query=query, page=page, limit=limit))


def story(charge: str, *, account: str = "", told: bool = True) -> Story:
    """One payment with all that happened around it; with its events where `told`."""
    return cast(Story, _bank().story(charge, account=account, told=told))


def give_back(
    charge: str, *, amount_minor: int, key: str, account: str = "", reason: str = ""
) -> Refund:
    """Send `amount_minor` of a charge back to its payer. Raises Refused or Unknown."""
    found = _bank().give_back(
        charge, account=account, amount_minor=amount_minor, reason=reason, key=key
    )
    return cast(Refund, found)


def holdings(account: str = "") -> Holdings:
    """What an account has, what is kept back, and how it is paid out."""
    return cast(Holdings, _bank().holdings(account))


def payouts(account: str = "", *, limit: int = 10) -> tuple[Payout, ...]:
    """The newest payouts of an account."""
    return cast(tuple[Payout, ...], _bank().payouts(account, limit=limit))


def reserves(account: str = "") -> tuple[Reserve, ...]:
    """What is or was kept back of an account's money."""
    return cast(tuple[Reserve, ...], _bank().reserves(account))


def movements(
    account: str = "", *, since: int, after: str = "", limit: int = 100
) -> tuple[tuple[Movement, ...], str]:
    """A page of an account's movements since a moment, newest first, and where the next begins."""
    found = _bank().movements(account, since=since, after=after, limit=limit)
    return cast(tuple[tuple[Movement, ...], str], found)
