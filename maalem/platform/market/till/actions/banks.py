"""Where a workshop's money goes: changed by its owner, told to all its people, stopped by any.

The institution waits two days before it pays to another account than before. In that time whoever
the money belongs to hears of it at the number and address that were known before.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.core.signing import Signer
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import override

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.ground.gateway import desk
from maalem.platform.ground.gateway.records import Bank, Payout
from maalem.platform.ground.notices.actions import notify
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.actions.move import alert
from maalem.platform.market.till import deeds
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.models import BankChange, Deed

_SALT = "maalem.till.stop"
LIVING = ("new", "validated")


def pay_out(till: Till, *, amount_minor: int, token: str, by: Person) -> Payout:
    """Send so much to the bank, besides what goes there by itself. Raises Refused or Unknown."""
    key = f"till-out-{token}"
    made = desk.pay_out(till.account, amount_minor=amount_minor, key=key)
    deeds.note(till, "payout_asked", about=made.id, by=by, words=str(amount_minor))
    return made


def call_back(till: Till, payout: str, *, token: str, by: Person) -> None:
    """Take back a payout that has not left. Raises Refused or Unknown."""
    desk.call_back(payout, account=till.account, key=f"till-back-{payout}-{token}")
    deeds.note(till, "payout_called_back", about=payout, by=by)


def change(till: Till, *, number: str, holder: str, token: str, by: Person) -> Bank:
    """Pay out to another account from now on. Raises Refused or Unknown."""
    key = f"till-bank-{token}"
    new = desk.change_bank(till.account, number=number, holder=holder, key=key)
    deeds.note(till, "bank_changed", about=new.id, by=by, words=f"{new.name} {new.last4}")
    return new


@transaction.atomic
def told_of(
    *, account: str, bank: str, bank_name: str, last4: str, from_at: datetime
) -> BankChange | None:
    """A workshop has another bank account: keep it, and tell its people, once.

    None where the account is nobody's here, or where money may go there already: then it is the
    first one, and there is nobody who could lose by it.
    """
    artisan = Artisan.objects.filter(payments_account=account).first()
    if artisan is None or from_at <= timezone.now():
        return None
    change, is_new = BankChange.objects.get_or_create(
        bank=bank,
        defaults={
            "account": account,
            "bank_name": bank_name[:120],
            "last4": last4,
            "from_at": from_at,
        },
    )
    if is_new:
        for person in reachable(artisan.pk):
            _tell(person, artisan=artisan, change=change)
    return change


def mark(bank: str) -> str:
    """The half of the stopping address that nobody can guess."""
    return Signer(salt=_SALT).signature(bank)


def change_behind(bank: str, *, given: str) -> BankChange | None:
    """The change that a stopping address is about, if the address is one of ours."""
    if not constant_time_compare(mark(bank), given):
        return None
    return BankChange.objects.filter(bank=bank).first()


def stop(change: BankChange) -> BankChange:
    """Let the money go where it went before, and take the new account away.

    Raises Refused where that can't be done any more, or Unknown. Doing it again is no trouble.
    """
    if change.stopped_at:
        return change
    known = {one.id: one for one in desk.banks(change.account)}
    new = known.pop(change.bank, None)
    old = next((one for one in known.values() if one.status in LIVING), None)
    press = f"stop-{change.bank}-{secrets.token_hex(8)}"
    if new is not None:
        if new.is_default and old is not None:
            desk.prefer_bank(change.account, old.id, key=f"{press}-prefer")
        desk.drop_bank(change.account, change.bank, key=f"{press}-drop")
    _stopped(change)
    change.refresh_from_db()
    return change


@transaction.atomic
def _stopped(change: BankChange) -> None:
    BankChange.objects.filter(pk=change.pk, stopped_at=None).update(stopped_at=Now())
    words = f"{change.bank_name} {change.last4}"
    Deed.objects.create(account=change.account, kind="bank_kept", about=change.bank, note=words)
    alert(
        "bank_change_stopped",
        about=change.bank,
        note=f"Somebody of {change.account} stopped a change of the bank account: who made it?",
    )


def _tell(person: Person, *, artisan: Artisan, change: BankChange) -> None:
    def told(language: str) -> dict[str, object]:
        with override(language):
            path = reverse("till:stop", args=[change.bank, mark(change.bank)])
        return {
            "artisan": artisan,
            "change": change,
            "from_at": timezone.localtime(change.from_at),
            "address": settings.PLATFORM_URL + path,
        }

    notify(kind="bank_changed", to=person, key=f"bank-{change.bank}-{person.pk}", context=told)
