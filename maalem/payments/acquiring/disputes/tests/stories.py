"""What several files of tests here ask of a world."""

from typing import Any

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring.disputes import chores
from maalem.payments.acquiring.disputes.answer import Answered, answer
from maalem.payments.acquiring.disputes.records import Dispute
from maalem.payments.acquiring.records import Charge, Refund
from maalem.payments.context import Payments
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.rails.ports import CaseNotice, NoticeKind
from maalem.payments.tests.world import World

FRAUDULENT = "pm_card_createDispute"
NOT_RECEIVED = "pm_card_createDisputeProductNotReceived"
INQUIRY = "pm_card_createDisputeInquiry"
SEVERAL = "pm_card_createMultipleDisputes"
WARNED = "pm_card_createIssuerFraudRecord"


async def disputed(w: World, amount: int = 10_000, card: str = FRAUDULENT) -> Dispute:
    """A payment, and the dispute that follows it."""
    paid = await w.pay(amount, card=card)
    await chores.look_after(w.payments)
    found = await store.first(
        w.payments.pool, Dispute, "intent_id = $1 ORDER BY id DESC", paid.intent.id
    )
    assert found is not None
    return found


async def again(w: World, dispute: Dispute) -> Dispute:
    """The dispute as it is stored now."""
    found = await store.get(w.payments.pool, Dispute, dispute.id)
    assert found is not None
    return found


async def charge_of(w: World, dispute: Dispute) -> Charge:
    """Its charge as it is stored now."""
    found = await store.get(w.payments.pool, Charge, dispute.charge_id)
    assert found is not None
    return found


async def say(w: World, dispute: Dispute, text: str = "", **traits: Any) -> Answered:
    """Submit a text as evidence (or give in, with `accept`)."""
    fresh = await again(w, dispute)
    evidence = {"uncategorized_text": text} if text else fresh.evidence
    return await answer(w.payments, dispute=fresh, evidence=evidence, **traits)


async def has(w: World, owner: Any) -> tuple[int, int, int]:
    """Pending and available money, and what is owed, in centimes."""
    found = await balance(w.payments.pool, owner.id)
    owes = await w.payments.pool.fetchval(
        "SELECT debits_posted - credits_posted FROM ledger.accounts WHERE id = $1",
        recipes.owed(owner.id, currency="mad").id,
    )
    return found.pending.get("mad", 0), found.available.get("mad", 0), owes or 0


async def events(w: World, object_id: str) -> list[str]:
    """The types of the events about an object, in order."""
    rows = await w.payments.pool.fetch(
        "SELECT type FROM events WHERE object_id = $1 ORDER BY id", object_id
    )
    return [row[0] for row in rows]


async def network(w: World, **conduct: Any) -> None:
    """Tell the simulated network how to behave."""
    for name, value in conduct.items():
        await w.payments.pool.execute(f"UPDATE simulator.conduct SET {name} = $1", value)


def returned_line(w: World, given: Refund, **traits: Any) -> CaseNotice:
    """A line of the feed: all of the refund `given` came back, as the network would write it."""
    told = {
        "number": 0,
        "notice": new_id("ntc"),
        "case": f"{given.id}_back",
        "original": given.id,
        "kind": NoticeKind.REFUND_RETURNED,
        "amount": given.amount,
        "currency": given.currency,
        "reason": "lost_or_stolen_card",
        "network_reason_code": None,
        "due_by": None,
        "told_at": w.clock.now(),
    }
    return CaseNotice(**(told | traits))


async def comes_back(payments: Payments, refund_id: str) -> None:
    """The simulated network will give the refund back, whatever the card."""
    await payments.pool.execute(
        "INSERT INTO simulator.cases (reference, original, place, parts, stage, at_once, begins,"
        " reason, reason_code, amount, opens_at) SELECT reference || '_back', reference, 1, 1,"
        " 'planned', true, 'refund_returned', 'lost_or_stolen_card', '', amount, $2"
        " FROM simulator.answers WHERE reference = $1",
        refund_id,
        payments.clock.now(),
    )
