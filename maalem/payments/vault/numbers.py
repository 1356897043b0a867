"""Bank account numbers, sealed like cards; each opening is written to the access log."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from maalem.kit.ids import new_id
from maalem.kit.rib import Rib
from maalem.payments.vault.envelope import DataKeys
from maalem.payments.vault.keys import VaultKeys, open_sealed, seal

_OPEN = """
SELECT w.token, o.sealed, o.key_id
FROM unnest($1::text[]) AS w (token) CROSS JOIN LATERAL vault.open_bank_number(w.token, $2) AS o
"""


@dataclass(frozen=True, slots=True)
class StoredNumber:
    """What may be known of a bank account's number outside the vault."""

    token: str
    fingerprint: str
    last4: str


class BankNumbers:
    """Takes bank account numbers in, and opens them for a bank file."""

    def __init__(self, pool: asyncpg.Pool, *, keys: VaultKeys, data_keys: DataKeys) -> None:
        self._pool, self._keys, self._data_keys = pool, keys, data_keys

    async def take_in(self, rib: Rib) -> StoredNumber:
        """Seal a number; its token starts with `vb_`."""
        token = new_id("vb")
        # Another word before it than before a card's number: the two never meet.
        fingerprint = self._keys.fingerprint_of(f"rib {rib.digits}")
        key_id, key = await self._data_keys.current()
        await self._pool.execute(
            "SELECT vault.put_bank_number($1, $2, $3, $4, $5)",
            token,
            seal(rib.digits.encode(), key=key, place=token.encode()),
            key_id,
            fingerprint,
            rib.last4,
        )
        return StoredNumber(token, fingerprint, rib.last4)

    async def open(self, tokens: Sequence[str], *, why: str) -> dict[str, Rib]:
        """The numbers in clear by token, without those that were forgotten.

        `why` goes to the access log (a bank file's id). Don't keep what this returns.
        """
        rows = await self._pool.fetch(_OPEN, list(dict.fromkeys(tokens)), why)
        found = {}
        for row in rows:
            key = await self._data_keys.get(row["key_id"])
            digits = open_sealed(row["sealed"], key=key, place=row["token"].encode())
            found[row["token"]] = Rib(digits.decode())
        return found

    async def forget(self, token: str, *, why: str) -> None:
        """Destroy a sealed number; its last four digits stay with the payouts."""
        await self._pool.execute("SELECT vault.forget_bank_number($1, $2)", token, why)
