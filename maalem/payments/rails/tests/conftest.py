import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from maalem.kit.clock import FixedClock
from maalem.kit.ids import new_id
from maalem.payments import db
from maalem.payments.rails.ports import CardPayment, Rails, WalletPayment
from maalem.payments.rails.simulator import simulated
from maalem.payments.vault.records import ClearCard

GOOD, INSUFFICIENT, ALWAYS_3DS = "4242424242424242", "4000000000009995", "4000002760003184"


@dataclass
class World:
    """The simulated outside: its rails, its clock, and its book."""

    rails: Rails
    clock: FixedClock
    pool: Any

    async def pay(self, number: str, reference: str | None = None, /, **fields: Any) -> Any:
        """Ask for 100 dirhams from a card that is good until 2034."""
        deadline_s = fields.pop("deadline_s", 5.0)
        card = ClearCard(number, fields.pop("exp_month", 12), fields.pop("exp_year", 2034))
        payment = CardPayment(reference or new_id("att"), 100_00, "mad", "Maalem", **fields)
        return await self.rails.card.authorise(payment, card=card, deadline_s=deadline_s)

    async def ask_wallet(self, phone: str, amount: int, reference: str | None = None, /) -> Any:
        """Ask for `amount` from a wallet."""
        payment = WalletPayment(reference or new_id("att"), amount, "mad", "Maalem", phone)
        return await self.rails.wallet.request(payment)

    async def conduct(self, **knobs: Any) -> None:
        """Turn the simulator's knobs."""
        for name, value in knobs.items():
            await self.pool.execute(f"UPDATE simulator.conduct SET {name} = $1", value)


@pytest.fixture
def outside(fresh_payments_dsn: Any) -> Callable[[Callable[[World], Awaitable[None]]], None]:
    """Run a story against the simulator with a database of its own."""

    def tell(story: Callable[[World], Awaitable[None]]) -> None:
        async def whole() -> None:
            pool = await db.connect(fresh_payments_dsn.app)
            clock = FixedClock()
            try:
                await story(World(simulated(pool, clock), clock, pool))
            finally:
                await pool.close()

        asyncio.run(whole())

    return tell
