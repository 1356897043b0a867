"""A payment that several share, and what everybody has of it."""

from typing import Any

from maalem.payments import store
from maalem.payments.acquiring.connect.records import ApplicationFee
from maalem.payments.acquiring.outcome import Confirmed
from maalem.payments.acquiring.records import Charge, Transfer
from maalem.payments.acquiring.refund import Refunded, refund
from maalem.payments.tests.world import World
from maalem.payments.units import ChangedMeanwhile


def destination(w: World, *, fee: int | None = None, passed: int | None = None) -> dict[str, Any]:
    """The terms of a payment for the platform that goes to the seller."""
    terms: dict[str, Any] = {"transfer_destination": w.seller.id, "transfer_amount": passed}
    if fee is not None:
        terms |= {"application_fee_amount": fee, "fee_account_id": w.platform.id}
    return terms


def direct(w: World, *, fee: int) -> dict[str, Any]:
    """The terms of a payment for the seller, of which the platform earns `fee`."""
    return {
        "account_id": w.seller.id,
        "application_fee_amount": fee,
        "fee_account_id": w.platform.id,
    }


async def charge_of(w: World, paid: Confirmed) -> Charge:
    """The payment's charge as it is stored now."""
    assert paid.intent.latest_charge_id is not None
    found = await store.get(w.payments.pool, Charge, paid.intent.latest_charge_id)
    assert found is not None
    return found


async def give_back(w: World, paid: Confirmed, **terms: Any) -> Refunded:
    """A refund of what stands now, decided again while others change the charge."""
    for _ in range(100):
        try:
            return await refund(w.payments, charge=await charge_of(w, paid), **terms)
        except ChangedMeanwhile:
            continue
    raise AssertionError("never got through")


async def both(w: World, paid: Confirmed) -> tuple[Transfer | None, ApplicationFee | None]:
    """The payment's transfer and application fee as they stand."""
    charge = await charge_of(w, paid)
    return (
        await store.get(w.payments.pool, Transfer, charge.transfer_id or ""),
        await store.get(w.payments.pool, ApplicationFee, charge.application_fee_id or ""),
    )


async def books(w: World) -> dict[tuple[str, str], tuple[int, int]]:
    """Each ledger account's posted and pending net, where there is any."""
    rows = await w.payments.pool.fetch(
        "SELECT owner, kind, credits_posted - debits_posted AS posted,"
        " credits_pending - debits_pending AS held FROM ledger.accounts"
    )
    return {
        (row["owner"], row["kind"]): (row["posted"], row["held"])
        for row in rows
        if row["posted"] or row["held"]
    }
