"""Payouts as the bank's side works on them: which may go, and what became of each.

The bank's room takes `sendable` payouts into a file, opens their numbers in the vault, and tells
by `mark_…` what the bank said. Every mark may be repeated.
"""

from collections.abc import Callable, Collection, Sequence

from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.errors import NotFound
from maalem.payments.settlement import ends
from maalem.payments.settlement.ends import Contradiction, Marked
from maalem.payments.settlement.records import ExternalAccount, Payout
from maalem.payments.units import ChangedMeanwhile

__all__ = [
    "Contradiction",
    "Marked",
    "mark_failed",
    "mark_paid",
    "mark_returned",
    "mark_sent",
    "place_of",
    "sendable",
]

_SENDABLE = """
status = 'pending' AND currency = $1 AND approvals >= approvals_needed AND EXISTS (
    SELECT FROM external_accounts e WHERE e.id = destination_id AND NOT e.deleted
    AND e.status IN ('new', 'validated') AND e.usable_from <= $2)
AND id <> ALL($3) AND account_id <> ALL($4) ORDER BY created_at, id
"""


async def sendable(
    payments: Payments,
    *,
    currency: str = "mad",
    limit: int = 1000,
    but: Sequence[str] = (),
    not_of: Collection[str] = (),
) -> list[Payout]:
    """The payouts that may go into the next bank file, oldest first: approved by enough, to an
    account that lives and has waited long enough; none of `but`, and none of an owner `not_of`."""
    return await store.select(
        payments.pool,
        Payout,
        f"{_SENDABLE} LIMIT {limit:d}",
        currency,
        payments.clock.now(),
        but,
        list(not_of),
    )


async def place_of(payments: Payments, payout: Payout) -> ExternalAccount:
    """Where a payout goes; the number is in the vault: `payments.vault.numbers.open`."""
    found = await store.get(payments.pool, ExternalAccount, payout.destination_id)
    assert found is not None
    return found


async def mark_sent(payments: Payments, payout_id: str, *, batch: str) -> Payout:
    """It went out with the file `batch`. To send many in one commit join `ends.sent` units."""
    now = payments.clock.now()
    return await _mark(payments, payout_id, lambda p, _: ends.sent(p, batch=batch, now=now))


async def mark_paid(payments: Payments, payout_id: str, *, reference: str) -> Payout:
    """The bank has paid it, under `reference`. Raises `Contradiction`."""
    now = payments.clock.now()
    return await _mark(
        payments,
        payout_id,
        lambda p, place: ends.paid(p, place=place, reference=reference, now=now),
    )


async def mark_failed(
    payments: Payments, payout_id: str, *, code: str, message: str | None = None
) -> Payout:
    """The bank refused it for the reason `code` (ISO 20022). Raises `Contradiction`."""
    now = payments.clock.now()
    return await _mark(
        payments,
        payout_id,
        lambda p, place: ends.failed(p, place=place, code=code, message=message, now=now),
    )


async def mark_returned(
    payments: Payments,
    payout_id: str,
    *,
    code: str,
    reference: str,
    message: str | None = None,
) -> Payout:
    """The money came back under `reference`, for the reason `code`. Raises `Contradiction`."""
    now = payments.clock.now()
    return await _mark(
        payments,
        payout_id,
        lambda p, place: ends.returned(
            p, place=place, code=code, message=message, reference=reference, now=now
        ),
    )


async def _mark(
    payments: Payments, payout_id: str, decide: Callable[[Payout, ExternalAccount], Marked], /
) -> Payout:
    while True:
        payout = await store.get(payments.pool, Payout, payout_id)
        if payout is None:
            raise NotFound.of("payout", payout_id)
        marked = decide(payout, await place_of(payments, payout))
        if not marked.unit.puts:
            return marked.payout
        try:
            await payments.writer.commit(marked.unit)
        except ChangedMeanwhile:
            continue
        return marked.payout
