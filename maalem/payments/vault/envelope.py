"""The data keys that seal what the vault keeps, each wrapped by the master key."""

import asyncpg

from maalem.payments.vault.keys import VaultKeys


class DataKeys:
    """The data keys in clear, read when they are first needed."""

    def __init__(self, pool: asyncpg.Pool, keys: VaultKeys) -> None:
        self._pool, self._keys = pool, keys
        self._known: dict[int, bytes] = {}

    async def current(self) -> tuple[int, bytes]:
        """The newest key and its number; the first one is made here."""
        if not self._known:
            await self._load()
        if not self._known:
            _, wrapped = self._keys.new_data_key()
            await self._pool.fetchval("SELECT vault.add_key($1)", wrapped)
            await self._load()
        newest = max(self._known)
        return newest, self._known[newest]

    async def get(self, key_id: int) -> bytes:
        """The key of that number. Raises `WrongKey` if another master key wrapped it."""
        if key_id not in self._known:
            await self._load()
        return self._known[key_id]

    async def _load(self) -> None:
        rows = await self._pool.fetch("SELECT id, wrapped FROM vault.keys()")
        self._known = {row["id"]: self._keys.unwrap(row["wrapped"]) for row in rows}
