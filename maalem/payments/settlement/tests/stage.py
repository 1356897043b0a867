"""Money to pay out and places to pay it to, for tests inside the process."""

from typing import Any

from maalem.kit.rib import Rib
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.accounts.tests.officers import officer
from maalem.payments.acquiring.transfer import transfer
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.recipes.parts import chain
from maalem.payments.settlement import making, places
from maalem.payments.settlement.ends import moved
from maalem.payments.settlement.places import take_token
from maalem.payments.settlement.records import ExternalAccount, Payout
from maalem.payments.settlement.tests.cast import rib
from maalem.payments.tests.world import World
from maalem.payments.units import Unit


async def fund(w: World, amount: int, account: Account | None = None) -> None:
    """A sale whose money is available at once and passed on to the account."""
    paid = await w.pay(amount, card="pm_card_bypassPending")
    passed = await transfer(
        w.payments,
        giver=w.platform,
        destination=(account or w.seller).id,
        amount=amount,
        currency="mad",
        source_charge=paid.charge,
    )
    await w.payments.writer.commit(passed.unit)


async def settle_in(
    w: World, account: Account | None = None, *, number: Rib | None = None, **fields: Any
) -> ExternalAccount:
    """A bank account for the account."""
    owner = (account or w.seller).id
    token = await take_token(
        w.payments, account_id=w.platform.id, rib=number or rib(), currency="mad"
    )
    placed = await places.add(w.payments, owner=owner, token=token, at=w.clock.now(), **fields)
    await w.payments.writer.commit(placed.unit)
    return placed.place


async def pay_out(w: World, amount: int, account: Account | None = None, **fields: Any) -> Payout:
    """A payout of the account's, committed."""
    made = await making.make(
        w.payments, account=account or w.seller, amount=amount, currency="mad", **fields
    )
    await w.payments.writer.commit(made.unit)
    return made.payout


async def approve(w: World, payout: Payout, name: str) -> Payout:
    """The yes of the officer of that name, committed."""
    given = await making.given(w.payments, payout)
    by = await officer(w.payments, name)
    done = making.approve(w.payments, await again(w, payout), officer=by, given=given)
    await w.payments.writer.commit(done.unit)
    return done.payout


async def owe(w: World, amount: int, account: Account | None = None) -> None:
    """Take more from the account than it has: a chargeback, as the ledger sees it."""
    owner, now = (account or w.seller).id, w.clock.now()
    line = moved("adjustment", "adj_x", owner=owner, amount=-amount, currency="mad", now=now)
    unit = Unit().put(line)
    unit.book(
        chain(
            recipes.owed(owner, currency="mad"),
            recipes.fees("mad"),
            amount=amount,
            code="adjustment",
            source=line.id,
        )
    )
    await w.payments.writer.commit(unit)


async def again(w: World, payout: Payout) -> Payout:
    """The payout as it is stored now."""
    found = await store.get(w.payments.pool, Payout, payout.id)
    assert found is not None
    return found


async def where(w: World, place: ExternalAccount) -> ExternalAccount:
    """The bank account as it is stored now."""
    found = await store.get(w.payments.pool, ExternalAccount, place.id)
    assert found is not None
    return found


async def free(w: World, account: Account | None = None) -> int:
    """What the account may spend."""
    return (await balance(w.payments.pool, (account or w.seller).id)).free("mad")


async def folded(w: World, account: Account | None = None) -> int:
    """The same from the lines that its owner sees."""
    found = await w.payments.pool.fetchval(
        "SELECT coalesce(sum(net), 0)::bigint FROM balance_transactions"
        " WHERE account_id = $1 AND status = 'available'",
        (account or w.seller).id,
    )
    return int(found)
