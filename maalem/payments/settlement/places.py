"""An owner's bank accounts: where her payouts go. Decided here, committed by the edge.

Another account than the one before waits `payout_change_wait_s` for its first payout, so that
whoever the money belonged to so far hears of it in time. The very first account doesn't wait:
nobody is to be told.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from maalem.kit.ids import new_id
from maalem.kit.rib import Rib
from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.db import Pool
from maalem.payments.errors import NotFound, Refused
from maalem.payments.events.outbox import Event, event
from maalem.payments.records import changed
from maalem.payments.settlement import wire
from maalem.payments.settlement.banks import bank_name
from maalem.payments.settlement.records import BankToken, ExternalAccount
from maalem.payments.settlement.states import ExternalAccountStatus
from maalem.payments.units import Unit

LIVING = (ExternalAccountStatus.NEW, ExternalAccountStatus.VALIDATED)


class Placed(NamedTuple):
    """A bank account as it is then, and the unit that makes it so."""

    unit: Unit
    place: ExternalAccount


async def take_token(
    payments: Payments,
    *,
    account_id: str,
    rib: Rib,
    currency: str,
    holder_name: str | None = None,
    holder_type: str | None = None,
) -> BankToken:
    """Seal a number in the vault; what may be shown of it is a token, to be stored or used."""
    stored = await payments.vault.numbers.take_in(rib)
    return BankToken(
        id=new_id("btok"),
        account_id=account_id,
        vault_token=stored.token,
        fingerprint=stored.fingerprint,
        currency=currency,
        bank_code=rib.bank,
        place_code=rib.place,
        bank_name=bank_name(rib.bank),
        last4=stored.last4,
        holder_name=holder_name,
        holder_type=holder_type,
        created_at=payments.clock.now(),
    )


async def add(
    payments: Payments,
    *,
    owner: str,
    token: BankToken,
    default: bool | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> Placed:
    """Give `owner` the bank account of `token`. It is the default where she has no living one.

    Raises `Refused` for an account that she has, or that a bank has given money back from.
    """
    known = await _known(payments.pool, owner, currency=token.currency)
    for other in known:
        if other.fingerprint == token.fingerprint:
            if other.status == ExternalAccountStatus.ERRORED:
                raise Refused(
                    "A payout to this bank account came back. A different bank account must be"
                    " used.",
                    code="bank_account_unusable",
                )
            if not other.deleted:
                raise Refused(
                    "A bank account with that routing number and account number already exists.",
                    code="bank_account_exists",
                )
    before = next((other for other in known if other.default_for_currency), None)
    wanted = bool(default) or before is None or before.status not in LIVING
    wait = timedelta(seconds=payments.config.payout_change_wait_s if known else 0)
    place = ExternalAccount(
        id=new_id("ba"),
        account_id=owner,
        vault_token=token.vault_token,
        fingerprint=token.fingerprint,
        country=token.country,
        currency=token.currency,
        bank_code=token.bank_code,
        place_code=token.place_code,
        bank_name=token.bank_name,
        last4=token.last4,
        holder_name=token.holder_name,
        holder_type=token.holder_type,
        default_for_currency=wanted,
        usable_from=at + wait,
        metadata=metadata or {},
        created_at=at,
    )
    unit = Unit()
    if wanted and before is not None:
        _give_way(unit, before, at=at)
    unit.put(place)
    unit.events.append(told(place, "created", at))
    return Placed(unit, place)


async def update(
    payments: Payments,
    place: ExternalAccount,
    /,
    *,
    holder_name: str | None = None,
    holder_type: str | None = None,
    default: bool | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> Placed:
    """Change the holder's name, the metadata, or make it the default. None keeps what is."""
    unit = Unit()
    if default is False and place.default_for_currency:
        raise Refused(
            "To change the default make another bank account the default.",
            param="default_for_currency",
        )
    if default and not place.default_for_currency:
        if place.status not in LIVING:
            raise Refused(
                "A payout to this bank account came back. A different bank account must be used.",
                code="bank_account_unusable",
            )
        known = await _known(payments.pool, place.account_id, currency=place.currency)
        for other in known:
            if other.default_for_currency:
                _give_way(unit, other, at=at)
    new = changed(
        place,
        holder_name=place.holder_name if holder_name is None else holder_name or None,
        holder_type=holder_type or place.holder_type,
        default_for_currency=place.default_for_currency or bool(default),
        metadata=place.metadata if metadata is None else metadata,
    )
    unit.put(new)
    unit.events.append(told(new, "updated", at))
    return Placed(unit, new)


async def remove(payments: Payments, place: ExternalAccount, /, *, at: datetime) -> Placed:
    """Take a bank account away; what was paid to it stays on the books."""
    known = await _known(payments.pool, place.account_id, currency=place.currency)
    others = [other for other in known if other.id != place.id and not other.deleted]
    if place.default_for_currency and others:
        raise Refused(
            "You cannot delete the default external account for a currency while there is"
            " another. Make that one the default first."
        )
    waiting = await payments.pool.fetchval(
        "SELECT id FROM payouts WHERE destination_id = $1 AND status = 'pending' LIMIT 1", place.id
    )
    if waiting is not None:
        raise Refused(f"Payout {waiting} is about to go to this bank account. Cancel it first.")
    gone = changed(place, deleted=True, default_for_currency=False)
    unit = Unit().put(gone)
    unit.events.append(told(place, "deleted", at))
    return Placed(unit, gone)


async def destination(
    pool: Pool, *, owner: str, currency: str, id: str | None, at: datetime
) -> ExternalAccount:
    """Where a payout of `owner` may go now: the account of `id`, or her default one.

    Raises `NotFound`, or `Refused` while it waits or after a bank has refused it.
    """
    if id is None:
        place = await default_of(pool, owner=owner, currency=currency)
        if place is None:
            raise Refused(
                f"Sorry, you don't have any external accounts in that currency ({currency}).",
                param="destination",
            )
    else:
        found = await store.get(pool, ExternalAccount, id, account_id=owner)
        if found is None or found.deleted:
            raise NotFound.of("external account", id, param="destination")
        place = found
    if place.currency != currency:
        raise Refused(
            f"The bank account is in {place.currency}, the payout in {currency}.", param="currency"
        )
    if place.status not in LIVING:
        raise Refused(
            "The bank account provided cannot be used for payouts. A different bank account must"
            " be used.",
            code="bank_account_unusable",
            param="destination",
        )
    if place.usable_from > at:
        raise Refused(
            "The bank account was changed lately. Payouts to it begin at"
            f" {place.usable_from:%Y-%m-%d %H:%M} UTC.",
            code="payouts_not_allowed",
            param="destination",
        )
    return place


async def default_of(pool: Pool, *, owner: str, currency: str) -> ExternalAccount | None:
    """The bank account that payouts go to unless another is named."""
    return await store.first(
        pool,
        ExternalAccount,
        "account_id = $1 AND currency = $2 AND default_for_currency",
        owner,
        currency,
    )


def told(place: ExternalAccount, type: str, at: datetime) -> Event:
    """An event about a bank account, in its owner's name."""
    return event(
        f"account.external_account.{type}",
        wire.external_account(place),
        account_id=place.account_id,
        at=at,
    )


def _give_way(unit: Unit, before: ExternalAccount, /, *, at: datetime) -> None:
    """The default steps back: its event tells the owner of the change at the old account."""
    back = changed(before, default_for_currency=False)
    unit.put(back)
    unit.events.append(told(back, "updated", at))


async def _known(pool: Pool, owner: str, /, *, currency: str) -> list[ExternalAccount]:
    """All that she has or had, newest first."""
    return await store.select(
        pool,
        ExternalAccount,
        "account_id = $1 AND currency = $2 ORDER BY id DESC",
        owner,
        currency,
    )
