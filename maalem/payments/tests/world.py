"""A payments service inside the test's own process, with a clock that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from maalem.kit.clock import FixedClock
from maalem.kit.ids import new_id
from maalem.payments.accounts.methods import documented, take_wallet
from maalem.payments.accounts.records import Account, PaymentMethod
from maalem.payments.acquiring.confirm import confirm
from maalem.payments.acquiring.outcome import Confirmed, client_secret
from maalem.payments.acquiring.records import Intent
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.context import Payments
from maalem.payments.units import Unit


@dataclass
class World:
    """The service, its clock, a platform and a seller."""

    payments: Payments
    clock: FixedClock
    platform: Account
    seller: Account

    async def method(self, name: str = "pm_card_visa") -> PaymentMethod:
        """A stored card by its documented name, or a wallet by its number."""
        if name.startswith("+"):
            method = take_wallet(self.payments, self.platform.id, phone=name)
        else:
            method = await documented(self.payments, self.platform.id, name=name)
        await self.payments.writer.commit(Unit().put(method))
        return method

    async def intent(self, amount: int = 10_000, **fields: Any) -> Intent:
        """A stored intent."""
        intent_id = new_id("pi")
        intent = Intent(
            id=intent_id,
            account_id=fields.pop("account_id", self.platform.id),
            amount=amount,
            currency="mad",
            status=fields.pop("status", IntentStatus.REQUIRES_PAYMENT_METHOD),
            client_secret=client_secret(intent_id),
            payment_method_types=["card", "wallet"],
            metadata={},
            created_at=self.clock.now(),
            **fields,
        )
        await self.payments.writer.commit(Unit().put(intent))
        return intent

    async def pay(
        self, amount: int = 10_000, *, card: str = "pm_card_visa", **fields: Any
    ) -> Confirmed:
        """An intent, confirmed."""
        intent = await self.intent(amount, **fields)
        return await confirm(self.payments, intent=intent, method=await self.method(card))

    async def fresh(self, intent: Intent) -> Intent:
        """The intent as it is stored now."""
        row = await self.payments.pool.fetchrow(
            "SELECT * FROM payment_intents WHERE id = $1", intent.id
        )
        return Intent(**dict(row))


@asynccontextmanager
async def world(dsn: str, **settings: Any) -> AsyncIterator[World]:
    """A world on the database at `dsn`, with accounts of its own."""
    config = replace(Config.from_env({"MAALEM_PAYMENTS_DATABASE_URL": dsn}), **settings)
    clock = FixedClock(datetime.now(UTC))
    async with opened(config, clock=clock, pool_size=4) as payments:
        at = clock.now()
        platform = Account(
            id=new_id("acct"), kind="platform", business_name="Souk", metadata={}, created_at=at
        )
        seller = Account(
            id=new_id("acct"),
            parent_id=platform.id,
            business_name="Fadma Aït Baha",
            metadata={},
            created_at=at,
        )
        await payments.writer.commit(Unit().put(platform, seller))
        yield World(payments, clock, platform, seller)
