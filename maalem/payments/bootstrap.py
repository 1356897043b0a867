"""The first account, its key and where its events go; and many artisans' accounts at once."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from maalem.kit.clock import SystemClock
from maalem.kit.ids import new_id
from maalem.payments.accounts.keys import hint_of, key_hash
from maalem.payments.accounts.records import PLATFORM as PLATFORM
from maalem.payments.accounts.records import Account
from maalem.payments.config import Config
from maalem.payments.db import Pool
from maalem.payments.events import signing
from maalem.payments.units import Unit, Writer
from maalem.payments.vault.envelope import DataKeys
from maalem.payments.vault.keys import VaultKeys
from maalem.payments.vault.papers import Papers

_ENDPOINT = """
INSERT INTO webhook_endpoints (id, version, account_id, url, secret, enabled_events, status,
    connect, deleted, metadata, created_at, origin)
VALUES ($1, 1, $2, $3, $4, $5, 'enabled', $6, false, '{}', $7, 'installation')
ON CONFLICT (id) DO UPDATE SET url = excluded.url, secret = excluded.secret,
    enabled_events = excluded.enabled_events, origin = excluded.origin,
    version = webhook_endpoints.version + 1
"""


async def ensure_platform(
    pool: Pool,
    *,
    secret_key: str,
    webhook_url: str | None,
    webhook_secret: str,
    events: Sequence[str] = ("*",),
    connected: Sequence[str] = (),
    config: Config | None = None,
) -> str:
    """Make the platform's account, its API key and its webhook endpoints; safe to run again.

    `events` are the kinds that are sent there, `*` all of them; `connected` those of the connected
    accounts, which need an endpoint of their own. Without a `webhook_url` nothing is sent. A new
    `secret_key` replaces the one before. Returns the account's id.
    """
    config = config or Config.from_env()
    await _ensure_account(pool)
    digest = key_hash(secret_key, fingerprint_key=config.fingerprint_key)
    keys = VaultKeys(config.vault_key, fingerprint=config.fingerprint_key)
    papers = Papers(DataKeys(pool, keys))
    sealed = await signing.sealed(papers, webhook_secret, account_id=PLATFORM)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "UPDATE api_keys SET revoked_at = now() WHERE account_id = $1 AND hash <> $2"
            " AND origin = 'installation' AND revoked_at IS NULL",
            PLATFORM,
            digest,
        )
        await connection.execute(
            "INSERT INTO api_keys (hash, account_id, hint, origin)"
            " VALUES ($1, $2, $3, 'installation')"
            " ON CONFLICT (hash) DO UPDATE SET revoked_at = NULL",
            digest,
            PLATFORM,
            hint_of(secret_key),
        )
        if webhook_url is None:
            return PLATFORM
        heard = (("", events, False), ("/connect", connected, True))
        for purpose, kinds, connect in heard:
            if not kinds:
                continue
            # The id follows from the purpose, so that a new start finds the endpoint again.
            digest_of = hashlib.blake2b(f"{PLATFORM}{purpose}".encode(), digest_size=13)
            await connection.execute(
                _ENDPOINT,
                "we_" + digest_of.hexdigest(),
                PLATFORM,
                webhook_url,
                sealed,
                list(kinds),
                connect,
                SystemClock().now(),
            )
    return PLATFORM


async def _ensure_account(pool: Pool) -> None:
    if await pool.fetchval("SELECT 1 FROM accounts WHERE id = $1", PLATFORM):
        return
    account = Account(
        id=PLATFORM,
        kind="platform",
        business_name="Maalem",
        metadata={},
        created_at=SystemClock().now(),
    )
    await Writer(pool).commit(Unit().put(account))


async def ensure_accounts(pool: Pool, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Connected accounts for many artisans; safe to run again.

    Each row has `artisan` (the platform's own word for her, kept in the metadata) and `name`.
    Returns the account ids by `artisan`.
    """
    known = await pool.fetch(
        "SELECT id, metadata ->> 'artisan' AS artisan FROM accounts"
        " WHERE parent_id = $1 AND metadata ? 'artisan'",
        PLATFORM,
    )
    found: dict[str, str] = {row["artisan"]: row["id"] for row in known}
    writer, now = Writer(pool), SystemClock().now()
    unit = Unit()
    for row in rows:
        artisan = str(row["artisan"])
        if artisan in found:
            continue
        account = Account(
            id=new_id("acct"),
            parent_id=PLATFORM,
            business_name=row.get("name"),
            metadata={"artisan": artisan},
            created_at=now,
        )
        found[artisan] = account.id
        unit.put(account)
        if len(unit.puts) >= 200:
            await writer.commit(unit)
            unit = Unit()
    if unit.puts:
        await writer.commit(unit)
    return found
