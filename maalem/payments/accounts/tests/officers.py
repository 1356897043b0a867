"""Officers for tests, made as an operator makes them: by the owner of the books."""

import asyncio
import os
from datetime import UTC, datetime
from typing import Any

from maalem.kit.text import fold
from maalem.payments import db, store
from maalem.payments.accounts import officers
from maalem.payments.accounts.keys import ApiKey
from maalem.payments.accounts.officers import Officer, OfficerRow
from maalem.payments.config import Config
from maalem.payments.context import Payments


def owners(dsn: str) -> str:
    """The owner's URL of the books that the service opens at `dsn`."""
    book = dsn.split("?")[0].rpartition("/")[2]
    return os.environ["MAALEM_TEST_PAYMENTS_ADMIN"].replace("/maalem_payments?", f"/{book}?")


async def officer(payments: Payments, name: str) -> Officer:
    """The officer of that name with her key, made if there is none."""
    row = await store.first(payments.pool, OfficerRow, "folded = $1", fold(name))
    held = "officer_id = $1 AND revoked_at IS NULL"
    key = row and await store.first(payments.pool, ApiKey, held, row.id)
    if not key:
        key = (await with_key(payments, name))[1]
    found = await officers.of_key(payments.pool, key)
    assert found is not None
    return found


def key_of(service: Any, name: str) -> str:
    """A key in clear for the officer of that name, in the place of the one before."""

    async def made() -> str:
        pool = await db.connect(service.superuser_dsn, size=1)
        try:
            await pool.execute(
                "UPDATE api_keys SET revoked_at = now() WHERE revoked_at IS NULL AND officer_id"
                " = (SELECT id FROM officers WHERE folded = $1)",
                fold(name),
            )
            clear, _ = await officers.add(
                pool,
                name,
                account_id="acct_platform",
                at=datetime.now(UTC),
                fingerprint_key=Config.from_env().fingerprint_key,
            )
            return clear
        finally:
            await pool.close()

    return asyncio.run(made())


async def with_key(payments: Payments, name: str) -> tuple[str, ApiKey]:
    """A new key for her: (in clear, as it is kept)."""
    pool = await db.connect(owners(payments.config.database_url), size=1)
    try:
        account = await pool.fetchval("SELECT id FROM accounts WHERE kind = 'platform' LIMIT 1")
        return await officers.add(
            pool,
            name,
            account_id=account,
            at=payments.clock.now(),
            fingerprint_key=payments.config.fingerprint_key,
        )
    finally:
        await pool.close()
