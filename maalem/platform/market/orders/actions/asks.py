"""Money out: refunds to buyers, releases to artisans and what is taken back of them, each asked
until it is answered.

A row with its key exists before anything is asked (the verbs that decide write it); here it is
asked, and the answer recorded. Asking twice under one key moves money once. One worker at a time
asks about one row: a lock of the session, not of a transaction, is held during the call.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from maalem.platform.ground.gateway import calls as gateway
from maalem.platform.ground.gateway import errors
from maalem.platform.market.orders.actions.attempts import fill_charge
from maalem.platform.market.orders.actions.move import alert, move, settle_alert, step, write_down
from maalem.platform.market.orders.actions.parcels import close_refunded, lock_order
from maalem.platform.market.orders.models import (
    Goodwill,
    OrderGroup,
    Refund,
    Release,
    Reversal,
)
from maalem.platform.market.orders.states import AskStatus, OrderStatus
from maalem.platform.rows import rows

NOTHING = "nothing"
Row = Refund | Goodwill | Release | Reversal


def ask_refund(key: str) -> str:
    """Ask for the refund `key` unless it is done; return its status afterwards."""
    with _alone(key) as mine:
        refund = Refund.objects.select_related("payment__group", "payment__order").get(key=key)
        if refund.status == AskStatus.DONE or not mine:
            return refund.status
        return _ask(refund, call=_refund_call(refund), group=refund.payment.group)


def ask_goodwill(key: str) -> str:
    """Ask for what an officer gives back, unless it is answered; return its status afterwards.

    A refusal is final here: she was told, and may have done something else. Only of a parcel that
    was called off meanwhile is it asked again: its refund was of what this leaves (`_owed_still`).
    """
    with _alone(key) as mine:
        row = Goodwill.objects.select_related("payment__group", "payment__order").get(key=key)
        if row.status in (AskStatus.DONE, AskStatus.REFUSED) or not mine:
            return row.status
        return _ask(row, call=_refund_call(row), group=row.payment.group)


def ask_release(key: str) -> str:
    """Ask for the release `key` unless it is done; return its status afterwards."""
    with _alone(key) as mine:
        found = Release.objects.select_related(
            "order__group", "order__artisan", "payment__group", "payment__order"
        )
        release = found.get(key=key)
        if release.status == AskStatus.DONE or not mine:
            return release.status
        return _ask(release, call=_release_call(release), group=release.order.group)


def ask_reversal(key: str) -> str:
    """Ask for what a seller gives back, once she has it; return its status afterwards.

    Until her release is done nobody is asked: the order of the two is not the network's to choose.
    """
    with _alone(key) as mine:
        found = Reversal.objects.select_related("release__order__group")
        reversal = found.get(key=key)
        waits = reversal.release.status != AskStatus.DONE
        if reversal.status == AskStatus.DONE or waits or not mine:
            return reversal.status
        group = reversal.release.order.group
        return _ask(reversal, call=_reversal_call(reversal), group=group)


def _reversal_call(reversal: Reversal) -> Callable[[], str]:
    def call() -> str:
        said = gateway.reverse_transfer(
            reversal.release.answer, amount_minor=reversal.amount_minor, key=reversal.asked_as
        )
        return said.id

    return call


def _refund_call(refund: Refund | Goodwill) -> Callable[[], str]:
    def call() -> str:
        said = gateway.create_refund(
            intent=refund.payment.intent,
            amount_minor=refund.amount_minor,
            key=refund.asked_as,
            metadata={"order_group": refund.payment.reference, "refund": refund.key},
        )
        if said.status in ("failed", "canceled"):
            raise errors.Refused(f"the refund is {said.status}", code=said.status)
        return said.id

    return call


def _release_call(release: Release) -> Callable[[], str]:
    order = release.order

    def call() -> str:
        if release.amount_minor == 0:
            return NOTHING
        if not release.account:
            release.account = order.artisan.payments_account or ""
            release.save(update_fields=["account"])
        if not release.account:
            raise errors.Refused("the seller has no account", code="no_account")
        said = gateway.create_transfer(
            amount_minor=release.amount_minor,
            destination=release.account,
            charge=fill_charge(release.payment),
            group=release.payment.reference,
            key=release.asked_as,
            currency=release.currency,
            metadata={"order": order.number},
        )
        return said.id

    return call


@contextmanager
def _alone(key: str) -> Iterator[bool]:
    """Whether this worker may ask about `key` now; freed afterwards, or when the worker dies."""
    ((mine,),) = rows("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
    try:
        yield mine
    finally:
        if mine:
            rows("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _ask(row: Row, *, call: Callable[[], str], group: OrderGroup) -> str:
    kind = type(row).__name__.lower()
    type(row).objects.filter(pk=row.pk).update(tries=F("tries") + 1, asked_at=Now())
    try:
        answer = call()
    except (errors.Unknown, errors.Unavailable) as said:
        return _record(row, then=AskStatus.UNKNOWN, reason=said.code)
    except errors.GatewayError as said:
        reason = f"{said.code}: {said.message}"[:300]
        alert(f"{kind}_refused", about=row.key, group=group, note=reason)
        return _record(row, then=AskStatus.REFUSED, reason=reason)
    settle_alert(f"{kind}_refused", about=row.key)
    return _record(row, then=AskStatus.DONE, answer=answer, reason="")


@transaction.atomic
def _record(row: Row, *, then: AskStatus, reason: str, answer: str = "") -> str:
    owed_still = isinstance(row, Goodwill) and _owed_still(row)
    fresh = type(row).objects.select_for_update().get(pk=row.pk)
    if fresh.status == AskStatus.DONE:
        return fresh.status
    if then == AskStatus.REFUSED:
        type(row).objects.filter(pk=row.pk).update(refusals=F("refusals") + 1)
        then = AskStatus.UNKNOWN if owed_still else then
    if fresh.status == then:
        return fresh.status
    if then == AskStatus.DONE:
        move(fresh, then=then, answer=answer, reason="", done_at=Now())
        _done(fresh)
    else:
        move(fresh, then=then, reason=reason)
    return fresh.status


def _owed_still(row: Goodwill) -> bool:
    """Whether it is the buyer's own: of a return, or of a parcel called off while it was under way.

    The second is asked under the group's lock, which whoever calls off holds as well.
    """
    if row.is_owed:
        return True
    order = lock_order(row.order.number)
    return Refund.objects.filter(order=order).exists()


def _done(row: Row) -> None:
    if isinstance(row, Reversal):
        release = row.release
        note = f"{release.order.number} {row.key} {row.answer}"
        write_down(release.order.group_id, event="reversed", note=note)
        return
    if isinstance(row, Release):
        write_down(row.order.group_id, event="released", note=f"{row.order.number} {row.answer}")
        return
    write_down(row.payment.group_id, event="refund_done", note=f"{row.key} {row.answer}")
    if isinstance(row, Refund) and row.order is not None:
        order = lock_order(row.order.number)
        waiting = order.refunds.exclude(status=AskStatus.DONE).exists()
        if order.status == OrderStatus.CANCELLED and not waiting:
            step(order, then=OrderStatus.REFUNDED, event="refunded")
        close_refunded(order.group)
