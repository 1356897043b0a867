"""Put the payments service together: the one place that knows every concrete part."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from maalem.kit.clock import Clock, SystemClock
from maalem.payments import db
from maalem.payments.config import Config
from maalem.payments.context import Payments
from maalem.payments.rails.simulator import simulated
from maalem.payments.units import Writer
from maalem.payments.vault.cards import Vault
from maalem.payments.vault.keys import VaultKeys


@asynccontextmanager
async def opened(
    config: Config, *, clock: Clock | None = None, pool_size: int = 8
) -> AsyncIterator[Payments]:
    """The service's surroundings for as long as the block lasts."""
    clock = clock or SystemClock()
    pool = await db.connect(config.database_url, size=pool_size)
    try:
        rails = simulated(pool, clock)
        keys = VaultKeys(config.vault_key, fingerprint=config.fingerprint_key)
        vault = Vault(pool, clock, keys=keys, rail=rails.card)
        yield Payments(
            pool=pool, clock=clock, rails=rails, vault=vault, config=config, writer=Writer(pool)
        )
    finally:
        await pool.close()
