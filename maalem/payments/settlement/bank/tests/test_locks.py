"""The simulated bank and the service share one database, and must not wait for each other."""

import asyncio

from maalem.payments.api.idempotency import Holder
from maalem.payments.settlement.bank.tests.bank_world import bank_world


def test_the_bank_works_while_the_first_process_of_the_service_lives(fresh_payments_dsn):
    async def story() -> None:
        async with bank_world(fresh_payments_dsn.app) as b:
            first = Holder()
            assert await first.register(b.payments) == 1
            await asyncio.wait_for(b.payments.rails.bank.pass_time(), timeout=3)
            await first.close()

    asyncio.run(story())
