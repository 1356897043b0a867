"""Put the payments service together: the one place that knows every concrete part."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from maalem.kit.clock import Clock, SystemClock
from maalem.payments import db
from maalem.payments.config import BadSetting, Config
from maalem.payments.context import Modes, Payments
from maalem.payments.fees.book import FeeBook
from maalem.payments.rails.ports import Rails
from maalem.payments.rails.simulator import simulated
from maalem.payments.receipts import Receipts
from maalem.payments.risk.book import RiskBook, documented_levels
from maalem.payments.units import Writer
from maalem.payments.vault.cards import Vault
from maalem.payments.vault.keys import VaultKeys


@asynccontextmanager
async def opened_modes(config: Config, *, pool_size: int = 8) -> AsyncIterator[Modes]:
    """The surroundings of each mode that is on: two databases, with nothing in common."""
    async with opened(config, pool_size=pool_size) as test:
        if not config.live_database_url:
            yield Modes(test)
            return
        async with opened(config.of_mode(live=True), pool_size=pool_size) as live:
            yield Modes(test, live)


@asynccontextmanager
async def opened(
    config: Config, *, clock: Clock | None = None, pool_size: int = 8
) -> AsyncIterator[Payments]:
    """One mode's surroundings for as long as the block lasts."""
    clock = clock or SystemClock()
    pool = await db.connect(config.database_url, size=pool_size)
    try:
        yield put_together(pool, config, clock=clock)
    finally:
        await pool.close()


def put_together(
    pool: db.Pool, config: Config, *, clock: Clock, rails: Rails | None = None
) -> Payments:
    """The parts around an open `pool`; `rails` are the simulator's unless others are given."""
    if config.live and config.live_rails != "simulator":
        raise BadSetting("the simulator answers for live payments only where it was asked to")
    rails = rails or simulated(pool, clock, iban=config.bank_iban)
    keys = VaultKeys(config.vault_key, fingerprint=config.fingerprint_key)
    return Payments(
        pool=pool,
        clock=clock,
        rails=rails,
        vault=Vault(pool, clock, keys=keys, rail=rails.card),
        config=config,
        writer=Writer(pool),
        receipts=Receipts(pool),
        fees=FeeBook(pool, default_bps=config.fee_bps, default_dispute=config.dispute_fee),
        risk=RiskBook(pool, levels=None if config.live else documented_levels(keys.fingerprint_of)),
    )
