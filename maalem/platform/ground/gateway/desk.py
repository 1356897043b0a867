"""The verbs of whoever looks after payments: an artisan's own account, or the platform's.

`account` is a connected account's id, empty for the platform's own. Every read raises Refused
(`resource_missing` for what is another's) or Unavailable.
"""

from datetime import date
from typing import cast

from .calls import _bank
from .records import (
    Bank,
    Charges,
    Holdings,
    Movement,
    Payout,
    Payouts,
    Reserve,
    Review,
    Statement,
    Story,
    Yes,
)
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


def payouts(
    account: str = "", *, limit: int = 10, after: str = "", since: int = 0, until: int = 0
) -> Payouts:
    """An account's payouts, newest first; `since` <= made < `until`, epoch seconds."""
    found = _bank().payouts(account, limit=limit, after=after, since=since, until=until)
    return cast(Payouts, found)


def payout(payout: str, *, account: str = "") -> Payout:
    """One payout."""
    return cast(Payout, _bank().payout(payout, account=account))


def pay_out(account: str = "", *, amount_minor: int, key: str) -> Payout:
    """Send so much of what is free to the usual bank account. Raises Refused or Unknown.

    Refused: `balance_insufficient`, `payouts_not_allowed`, `bank_account_unusable`. A large one
    waits for two officers.
    """
    return cast(Payout, _bank().pay_out(account, amount_minor=amount_minor, key=key))


def call_back(payout: str, *, key: str, account: str = "") -> Payout:
    """Take back a payout that has not left: its money is free again. Raises Refused or Unknown."""
    return cast(Payout, _bank().call_back(payout, account=account, key=key))


def yeses(payout: str, *, account: str = "") -> tuple[Yes, ...]:
    """What officers said to a large payout, the oldest first."""
    return cast(tuple[Yes, ...], _bank().yeses(payout, account=account))


def agree(payout: str, *, officer_key: str, key: str, account: str = "") -> Payout:
    """The yes of the officer whose key this is: she is known by it, and by nothing we say.

    Raises Refused: `officer_key_required` or `api_key_invalid` for what is no officer's key,
    `payout_already_approved` for a second yes of hers.
    """
    found = _bank().agree(payout, account=account, officer_key=officer_key, key=key)
    return cast(Payout, found)


def carried(
    payout: str, *, account: str = "", source: str = "", after: str = "", limit: int = 100
) -> tuple[tuple[Movement, ...], str]:
    """A page of what a scheduled payout carried, newest first, and where the next begins.

    With `source`, the line of one payment, if it was among them. Refused for a payout by hand.
    """
    found = _bank().carried(payout, account=account, source=source, after=after, limit=limit)
    return cast(tuple[tuple[Movement, ...], str], found)


def banks(account: str) -> tuple[Bank, ...]:
    """A connected account's bank accounts, newest first."""
    return cast(tuple[Bank, ...], _bank().banks(account))


def change_bank(account: str, *, number: str, holder: str, key: str) -> Bank:
    """Pay out to the account of this RIB from now on. Raises Refused for no such number."""
    return cast(Bank, _bank().change_bank(account, number=number, holder=holder, key=key))


def prefer_bank(account: str, bank: str, *, key: str) -> Bank:
    """Pay out to this one of her bank accounts."""
    return cast(Bank, _bank().prefer_bank(account, bank, key=key))


def drop_bank(account: str, bank: str, *, key: str) -> None:
    """Take a bank account away."""
    _bank().drop_bank(account, bank, key=key)


def statement(account: str = "", *, first: date, last: date, key: str) -> Statement:
    """The paper of a period that is over, with links to its files for a few minutes."""
    return cast(Statement, _bank().statement(account, first=first, last=last, key=key))


def reviews(account: str = "") -> tuple[Review, ...]:
    """The payments that a person should look at, newest first."""
    return cast(tuple[Review, ...], _bank().reviews(account))


def review(review: str, *, account: str = "") -> Review:
    """One of them, open or closed."""
    return cast(Review, _bank().review(review, account=account))


def approve(review: str, *, key: str, account: str = "") -> Review:
    """The payment is good."""
    return cast(Review, _bank().approve(review, account=account, key=key))


def reserves(account: str = "") -> tuple[Reserve, ...]:
    """What is or was kept back of an account's money."""
    return cast(tuple[Reserve, ...], _bank().reserves(account))


def movements(
    account: str = "", *, since: int, after: str = "", limit: int = 100
) -> tuple[tuple[Movement, ...], str]:
    """A page of an account's movements since a moment, newest first, and where the next begins."""
    found = _bank().movements(account, since=since, after=after, limit=limit)
    return cast(tuple[tuple[Movement, ...], str], found)
