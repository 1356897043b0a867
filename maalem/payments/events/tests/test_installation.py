"""The endpoints that an installation makes for itself: its own events, and its sellers'."""

import asyncio

from maalem.payments import bootstrap
from maalem.payments.compose import opened
from maalem.payments.events.deliver import Deliverer
from maalem.payments.events.outbox import event
from maalem.payments.events.tests.receiver import Receiver
from maalem.payments.events.tests.test_health import config
from maalem.payments.units import Unit

__all__ = ["config"]
SECRET = "whsec_installation"
KIND = "account.external_account.created"


def test_sellers_events_reach_the_shop_with_their_account(config):
    async def story() -> None:
        with Receiver() as receiver:
            async with opened(config) as payments:
                for _ in range(2):  # a new start finds both again
                    await bootstrap.ensure_platform(
                        payments.pool,
                        secret_key="sk_test_installation",
                        webhook_url=receiver.url,
                        webhook_secret=SECRET,
                        events=["payment_intent.succeeded"],
                        connected=[KIND],
                        config=payments.config,
                    )
                made = await bootstrap.ensure_accounts(payments.pool, [{"artisan": "fadma"}])
                unit, now = Unit(), payments.clock.now()
                for owner in (bootstrap.PLATFORM, made["fadma"]):
                    for kind in (KIND, "payment_intent.succeeded"):
                        thing = {"id": f"ba_{owner}", "object": "bank_account"}
                        unit.events.append(event(kind, thing, account_id=owner, at=now))
                await payments.writer.commit(unit)
                deliverer = Deliverer()
                while await deliverer.run(payments):
                    pass
                await deliverer.settle()
                await deliverer.close()
            told = receiver.events(SECRET)
        heard = {(one.type, getattr(one, "account", None)) for one in told}
        assert heard == {("payment_intent.succeeded", None), (KIND, made["fadma"])}

    asyncio.run(story())
