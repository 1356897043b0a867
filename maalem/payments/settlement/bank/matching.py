"""What each line of the account is: a payout, its return, a network's day; or it is listed.

By the reference that travels with the money first, then, for a network's money alone, by amount
and day. A line that can't be matched keeps its reason and is tried again at each run, since what
explains it may only be on its way; a person sees what stays.
"""

import logging
from datetime import timedelta
from typing import NamedTuple

from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.ledger import recipes
from maalem.payments.parked import tries
from maalem.payments.records import changed
from maalem.payments.settlement import ends
from maalem.payments.settlement.bank.batches import join
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.pain001 import id_of
from maalem.payments.settlement.bank.records import BankLine, BatchLine, Settlement
from maalem.payments.settlement.bank.states import BankLineStatus, BatchLineStatus
from maalem.payments.settlement.payouts import Contradiction, place_of
from maalem.payments.settlement.records import Payout
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

# A network's money comes in on its day or a few days later.
NEAR = timedelta(days=4)
REASONS = {
    "reference_unknown": "it carries a reference of ours that nothing has",
    "no_reference": "it carries no reference of ours and is no network's money",
    "amount_differs": "what it refers to has another amount",
    "booked_before": "the payout was booked before: the bank may have paid it twice",
    "was_rejected": "the bank had refused this payout",
    "not_booked_yet": "a return of a payout whose payment the bank has not told yet",
    "returned_before": "the payout has come back before",
    "not_reported_yet": "a network's money whose report has not come yet",
    "received_before": "the network's money for that day has come in before",
    "ambiguous": "more than one day of a network has this amount",
    "contradiction": "the books have this payout in another state",
}
# Not only listed: somebody should know today.
_ALARMS = frozenset({"booked_before", "was_rejected", "contradiction", "amount_differs"})
_log = logging.getLogger("maalem.payments.bank")


class Unmatched(Exception):
    """The line stays in the list; `word` is one of `REASONS`."""

    def __init__(self, word: str) -> None:
        assert word in REASONS, word
        super().__init__(word)
        self.word = word


class Match(NamedTuple):
    """What a line is, and what is written when it is that."""

    kind: str
    to: str
    unit: Unit


async def match_open(payments: Payments) -> int:
    """Match what can be matched; returns how many lines were. What is left says why."""
    matched = 0
    while True:
        run = await tries(payments, "lines of the bank")
        lines = await store.select(
            payments.pool,
            BankLine,
            "status = 'unmatched' AND id <> ALL($1) ORDER BY booked_on, id",
            run.held,
        )
        now_matched = 0
        for line in lines:
            async with run.of(line.id):
                now_matched += await _try(payments, line)
        matched += now_matched
        if not now_matched:  # a return waits for its payment, which may have come after it
            return matched


async def unmatched(payments: Payments) -> list[BankLine]:
    """The lines that nobody has explained yet, oldest first."""
    return await store.select(
        payments.pool, BankLine, "status = 'unmatched' ORDER BY booked_on, id"
    )


async def _try(payments: Payments, line: BankLine) -> bool:
    while True:
        try:
            match = await _match(payments, line)
        except Unmatched as problem:
            await _list(payments, line, word=problem.word)
            return False
        done = changed(
            line,
            status=BankLineStatus.MATCHED,
            reason=None,
            matched_as=match.kind,
            matched_to=match.to,
            matched_at=payments.clock.now(),
        )
        try:
            await payments.writer.commit(join(Unit().put(done), match.unit))
        except ChangedMeanwhile:
            fresh = await store.get(payments.pool, BankLine, line.id)
            assert fresh is not None
            if fresh.status == BankLineStatus.MATCHED:
                return False
            line = fresh
            continue
        except UnitRefused as refused:
            if refused.word != "matched_once":
                raise
            await _list(payments, line, word="booked_before")
            return False
        return True


async def _match(payments: Payments, line: BankLine) -> Match:
    reference = (line.end_to_end_id or "").strip()
    settlement = await store.first(
        payments.pool, Settlement, "reference = $1 AND currency = $2", reference, line.currency
    )
    if settlement is not None:
        return _network(settlement, line)
    if id_of(reference, prefix="po") is not None:
        return await _payout(payments, line, reference=reference)
    return _network(await _by_amount(payments, line), line)


async def as_said(payments: Payments, line: BankLine, to: str) -> Match:
    """What a line is where a person says that it is the payout or the network's day `to`.

    Everything but the reference is looked at as ever. Raises `Unmatched`.
    """
    if to.startswith("po_"):
        found = await store.first(payments.pool, BatchLine, "payout_id = $1", to)
        return await _of_payout(payments, line, found)
    settlement = await store.first(
        payments.pool,
        Settlement,
        "(id = $1 OR reference = $1) AND currency = $2",
        to,
        line.currency,
    )
    if settlement is None:
        raise Unmatched("reference_unknown")
    return _network(settlement, line)


async def _payout(payments: Payments, line: BankLine, *, reference: str) -> Match:
    found = await store.get(payments.pool, BatchLine, reference)
    return await _of_payout(payments, line, found)


async def _of_payout(payments: Payments, line: BankLine, of_batch: BatchLine | None) -> Match:
    if of_batch is None:
        raise Unmatched("reference_unknown")
    if of_batch.amount != abs(line.amount):
        raise Unmatched("amount_differs")
    payout = await store.get(payments.pool, Payout, of_batch.payout_id)
    assert payout is not None
    try:
        if line.amount < 0:
            return await _booked(payments, line, of_batch=of_batch, payout=payout)
        return await _returned(payments, line, of_batch=of_batch, payout=payout)
    except Contradiction:
        raise Unmatched("contradiction") from None


async def _booked(
    payments: Payments, line: BankLine, *, of_batch: BatchLine, payout: Payout
) -> Match:
    if of_batch.status in (BatchLineStatus.BOOKED, BatchLineStatus.RETURNED):
        raise Unmatched("booked_before")
    if of_batch.status == BatchLineStatus.REJECTED:
        raise Unmatched("was_rejected")
    place = await place_of(payments, payout)
    now = payments.clock.now()
    paid = ends.paid(payout, place=place, reference=line.bank_reference, now=now)
    unit = Unit().put(changed(of_batch, status=BatchLineStatus.BOOKED))
    return Match("payout", payout.id, join(unit, paid.unit))


async def _returned(
    payments: Payments, line: BankLine, *, of_batch: BatchLine, payout: Payout
) -> Match:
    if of_batch.status == BatchLineStatus.RETURNED:
        raise Unmatched("returned_before")
    if of_batch.status == BatchLineStatus.REJECTED:
        raise Unmatched("was_rejected")
    if of_batch.status != BatchLineStatus.BOOKED:
        raise Unmatched("not_booked_yet")
    code = line.return_reason or "NARR"
    back = ends.returned(
        payout,
        place=await place_of(payments, payout),
        code=code,
        message=line.text,
        reference=line.bank_reference,
        now=payments.clock.now(),
    )
    unit = Unit().put(changed(of_batch, status=BatchLineStatus.RETURNED, reason=code))
    return Match("return", payout.id, join(unit, back.unit))


def _network(settlement: Settlement, line: BankLine) -> Match:
    if settlement.status == "received":
        raise Unmatched("received_before")
    if settlement.net != line.amount:
        raise Unmatched("amount_differs")
    received = changed(settlement, status="received", received_at=line.created_at)
    unit = Unit().put(received)
    unit.book(
        recipes.network_settled(
            settlement.id,
            by=settlement.network,
            net=settlement.net,
            interchange=settlement.interchange,
            scheme=settlement.scheme,
            currency=settlement.currency,
        )
    )
    return Match("network", settlement.id, unit)


async def _by_amount(payments: Payments, line: BankLine) -> Settlement:
    """The one network's day that a line without its reference must be."""
    near = await store.select(
        payments.pool,
        Settlement,
        "status = 'reported' AND currency = $1 AND gross - interchange - scheme = $2"
        " AND day BETWEEN $3 AND $4",
        line.currency,
        line.amount,
        line.booked_on - NEAR,
        line.booked_on,
    )
    if len(near) > 1:
        raise Unmatched("ambiguous")
    if near:
        return near[0]
    raise Unmatched("not_reported_yet" if line.code.startswith("PMNT/MCRD") else "no_reference")


async def _list(payments: Payments, line: BankLine, *, word: str) -> None:
    if line.reason == word:
        return
    try:
        await payments.writer.commit(Unit().put(changed(line, reason=word)))
    except ChangedMeanwhile:
        return
    _log.warning("%s of %d on %s: %s", line.id, line.amount, line.booked_on, REASONS[word])
    if word in _ALARMS:
        await find(
            payments,
            "line_contradicts",
            about=line.id,
            detail=f"{line.bank_reference} for {line.end_to_end_id}: {REASONS[word]}",
            amount=line.amount,
            currency=line.currency,
        )
