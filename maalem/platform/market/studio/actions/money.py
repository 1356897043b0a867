"""Asking the payment institution about a workshop's account, and remembering what it said."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground import gateway
from maalem.platform.market.orders.models import Order
from maalem.platform.market.studio import queries
from maalem.platform.market.studio.models import KnownFigures


@dataclass(frozen=True)
class Entry:
    """A line of the account's statement, with the order it came from where it is one."""

    line: gateway.Transaction
    order: Order | None


@dataclass(frozen=True)
class Money:
    """A workshop's money: `pending` = held until delivery, being released, and not yet available.

    `is_fresh` is False when the institution did not answer: then `available_minor` and
    `settling_minor` are what it said at `asked_at`, and are None where it never said anything.
    """

    held: queries.Escrow
    available_minor: int | None
    settling_minor: int | None
    is_fresh: bool
    asked_at: datetime | None
    entries: tuple[Entry, ...] = ()
    older: str = ""
    currency: str = "MAD"

    @property
    def pending_minor(self) -> int:
        return self.held.waiting_minor + self.held.releasing_minor + (self.settling_minor or 0)


def look_up(artisan: Artisan, *, after: str = "") -> Money:
    """Ask how the account stands, with a page of its statement; never raises for silence."""
    held = queries.escrow(artisan)
    account = artisan.payments_account
    if not account:
        return Money(held, 0, 0, is_fresh=True, asked_at=timezone.now())
    try:
        balance = gateway.balance(account)
        page = gateway.transactions(account, after=after)
    except gateway.GatewayError:
        return _as_remembered(artisan, held)
    _remember(artisan, balance)
    behind = queries.orders_behind(artisan, groups=[line.group for line in page.transactions])
    return Money(
        held=held,
        available_minor=balance.available_minor,
        settling_minor=balance.pending_minor,
        is_fresh=True,
        asked_at=timezone.now(),
        entries=tuple(Entry(line, behind.get(line.group)) for line in page.transactions),
        older=page.next_after,
        currency=balance.currency,
    )


def _remember(artisan: Artisan, balance: gateway.Balance) -> None:
    KnownFigures.objects.update_or_create(
        artisan=artisan,
        defaults={
            "available_minor": balance.available_minor,
            "pending_minor": balance.pending_minor,
            "currency": balance.currency,
            "at": timezone.now(),
        },
    )


def _as_remembered(artisan: Artisan, held: queries.Escrow) -> Money:
    known = KnownFigures.objects.filter(artisan=artisan).first()
    return Money(
        held=held,
        available_minor=known.available_minor if known else None,
        settling_minor=known.pending_minor if known else None,
        is_fresh=False,
        asked_at=known.at if known else None,
    )
