"""A world whose sellers have money and bank accounts, and a bank whose days can be closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import psycopg

from maalem.kit.ids import new_id
from maalem.kit.rib import Rib, rib_key
from maalem.payments.accounts.records import Account
from maalem.payments.accounts.tests.officers import officer
from maalem.payments.acquiring.transfer import transfer
from maalem.payments.ledger.balances import release_available
from maalem.payments.settlement.bank import batches, desk, imports, matching, networks
from maalem.payments.settlement.bank.records import Deed
from maalem.payments.settlement.making import make
from maalem.payments.settlement.records import ExternalAccount, Payout
from maalem.payments.tests.world import World, world
from maalem.payments.units import Unit


def rib(account: str, *, bank: str = "011", place: str = "780") -> Rib:
    """The whole number of an account of up to 16 digits."""
    first = f"{bank}{place}{account:0>16}"
    return Rib(first + rib_key(first))


def tampered(dsn: Any) -> None:
    """Somebody with the owner's rights adds ten dirhams to each line of a sale, past every rule."""
    with psycopg.connect(dsn.superuser, autocommit=True) as thief:
        thief.execute("SET session_replication_role = replica")
        thief.execute(
            "UPDATE balance_transactions SET net = net + 1000, amount = amount + 1000"
            " WHERE type = 'payment'"
        )


class BankWorld:
    """What a test of the bank needs: `w` is the world below."""

    def __init__(self, w: World) -> None:
        self.w, self.payments, self.clock = w, w.payments, w.clock
        self._next = 1_000_000

    async def seller(self, name: str = "Fadma Aït Baha", *, amount: int = 0) -> Account:
        """A connected account, with `amount` of available money from one sale."""
        seller = Account(
            id=new_id("acct"),
            parent_id=self.w.platform.id,
            business_name=name,
            metadata={},
            created_at=self.clock.now(),
        )
        await self.payments.writer.commit(Unit().put(seller))
        if amount:
            await self.sale(seller, amount)
        return seller

    async def sale(self, seller: Account, amount: int, *, card: str = "pm_card_visa") -> Any:
        """A sale whose whole money is the seller's and available."""
        paid = await self.w.pay(amount, card=card)
        passed = await transfer(
            self.payments,
            giver=self.w.platform,
            destination=seller.id,
            amount=amount,
            currency="mad",
            source_charge=paid.charge,
        )
        await self.payments.writer.commit(passed.unit)
        return paid

    async def propose(self, kind: str, about: str, target: str | None = None, **said: str) -> Deed:
        """A deed of Naïma's, done or proposed."""
        by = await officer(self.payments, said.pop("by", "Naïma Oubella"))
        note = said.pop("note", "asked the bank")
        return await desk.propose(self.payments, kind, about, by=by, note=note, target=target)

    async def approve(self, deed: Deed, *, by: str = "Youssef Benjelloun") -> Deed:
        """Her proposal, approved by another officer."""
        return await desk.approve(self.payments, deed.id, by=await officer(self.payments, by))

    async def ripen(self) -> None:
        """Three days later: what was pending is available."""
        self.clock.move(days=3)
        await release_available(self.payments)

    async def place(
        self, owner: Account, *, number: Rib | None = None, holder: str | None = None
    ) -> ExternalAccount:
        """A bank account of hers that has waited long enough."""
        if number is None:
            self._next += 1
            number = rib(f"{self._next}00")
        stored = await self.payments.vault.numbers.take_in(number)
        at = self.clock.now() - timedelta(days=3)
        new = ExternalAccount(
            id=new_id("ba"),
            account_id=owner.id,
            vault_token=stored.token,
            fingerprint=stored.fingerprint,
            bank_code=number.bank,
            place_code=number.place,
            last4=number.last4,
            holder_name=holder,
            usable_from=at,
            metadata={},
            created_at=at,
        )
        await self.payments.writer.commit(Unit().put(new))
        return new

    async def payout(
        self, owner: Account, amount: int, *, place: ExternalAccount | None = None
    ) -> Payout:
        """A payout of her available money, ready for the next file."""
        place = place or await self.place(owner)
        made = await make(self.payments, account=owner, amount=amount, currency="mad", to=place.id)
        await self.payments.writer.commit(made.unit)
        return made.payout

    async def exchange(self) -> None:
        """Send what is due and take over everything that the bank and the networks have."""
        await batches.send_due(self.payments)
        await self.receive()

    async def receive(self) -> None:
        """Take over what lies ready."""
        await networks.collect(self.payments)
        since = await self.payments.pool.fetchval("SELECT max(position) FROM bank_files") or 0
        for file in await self.payments.rails.bank.fetch_files(since):
            await imports.take(
                self.payments, name=file.name, content=file.content, position=file.position
            )
        await matching.match_open(self.payments)

    async def day(self) -> None:
        """The day ends: the bank closes it, and we take over its statement."""
        self.clock.move(days=1)
        await self.payments.rails.bank.pass_time()
        await self.receive()

    async def fresh(self, payout: Payout) -> Payout:
        """The payout as it is stored now."""
        row = await self.payments.pool.fetchrow("SELECT * FROM payouts WHERE id = $1", payout.id)
        return Payout(**dict(row))

    async def house(self) -> dict[str, int]:
        """The house's accounts that are not at zero: debits less credits."""
        rows = await self.payments.pool.fetch(
            "SELECT kind, debits_posted - credits_posted AS net FROM ledger.accounts"
            " WHERE owner = 'house' AND debits_posted <> credits_posted ORDER BY kind"
        )
        return {row["kind"]: row["net"] for row in rows}

    async def files(self, kind: str) -> list[bytes]:
        """What the bank laid ready whose name starts with `kind`."""
        rows = await self.payments.pool.fetch(
            "SELECT content FROM simulator.bank_files WHERE name LIKE $1 ORDER BY position",
            f"{kind}%",
        )
        return [row["content"] for row in rows]


@asynccontextmanager
async def bank_world(dsn: str, **settings: Any) -> AsyncIterator[BankWorld]:
    """A world with a bank, on a database of its own (the bank's book is one for all)."""
    settings.setdefault("batch_every_s", 0)
    async with world(dsn, **settings) as w:
        yield BankWorld(w)
