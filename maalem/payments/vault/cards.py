"""Take a card in, lend it to one call, show what may be shown, forget it.

The number leaves this room only as the argument of a callback that talks to a rail, and each
such loan is written to an access log that the service itself can't change.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from maalem.kit.clock import Clock
from maalem.kit.ids import new_id
from maalem.payments.rails.magic import BY_NUMBER
from maalem.payments.rails.ports import CardRail, Check
from maalem.payments.vault.brands import brand_of
from maalem.payments.vault.check import check_card
from maalem.payments.vault.envelope import DataKeys
from maalem.payments.vault.keys import VaultKeys, open_sealed, seal
from maalem.payments.vault.loans import Loans
from maalem.payments.vault.numbers import BankNumbers
from maalem.payments.vault.papers import Papers, Pictures
from maalem.payments.vault.records import (
    CardRefused,
    ClearCard,
    NoSuchCard,
    StoredCard,
    TypedCard,
)

T = TypeVar("T")


class Vault:
    """Holds the vault's keys; `numbers` are those of bank accounts, `papers` the bank's files,
    `pictures` those of people's papers."""

    def __init__(
        self, pool: asyncpg.Pool, clock: Clock, *, keys: VaultKeys, rail: CardRail
    ) -> None:
        self._pool, self._clock, self._keys, self._rail = pool, clock, keys, rail
        self._loans = Loans(pool)
        self._data_keys = DataKeys(pool, keys)
        self.numbers = BankNumbers(pool, keys=keys, data_keys=self._data_keys)
        self.papers = Papers(self._data_keys)
        self.pictures = Pictures(self._data_keys)

    async def take_in(self, typed: TypedCard) -> StoredCard:
        """Check, verify with the network and seal a card; its token starts with `vc_`.

        Raises `CardRefused`. The security code is shown to the network once and then gone.
        """
        card, cvc = check_card(typed, now=self._clock.now())
        verification = await self._rail.verify(card, cvc=cvc)
        if verification.declined is not None:
            raise CardRefused(declined=verification.declined)
        stored = self._describe(card, cvc_check=verification.cvc_check)
        key_id, key = await self._data_keys.current()
        sealed = seal(card.number.encode(), key=key, place=stored.token.encode())
        await self._pool.execute(
            "SELECT vault.put($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            stored.token,
            sealed,
            key_id,
            stored.fingerprint,
            stored.brand,
            stored.bin,
            stored.last4,
            stored.funding,
            stored.country,
            stored.exp_month,
            stored.exp_year,
            stored.cvc_check,
        )
        return stored

    async def lend(
        self, token: str, *, why: str, use: Callable[[ClearCard], Awaitable[T]], lent: Any = None
    ) -> T:
        """Call `use` with the card in clear and return what it returns.

        `why` goes to the access log (a payment's reference); `lent` is the sealed card where the
        log has its line already (`Unit.loan`). Raises `NoSuchCard`.
        """
        row = lent or await self._loans.open(token, why=why)
        if row is None:
            raise NoSuchCard(token)
        key = await self._data_keys.get(row["key_id"])
        number = open_sealed(row["sealed"], key=key, place=token.encode()).decode()
        return await use(
            ClearCard(number=number, exp_month=row["exp_month"], exp_year=row["exp_year"])
        )

    async def shown(self, token: str) -> StoredCard:
        """What may be known of a card, forgotten or not. Raises `NoSuchCard`."""
        row = await self._pool.fetchrow(
            "SELECT token, fingerprint, brand, bin, last4, funding, country, exp_month, exp_year,"
            " cvc_check FROM vault.shown WHERE token = $1",
            token,
        )
        if row is None:
            raise NoSuchCard(token)
        return StoredCard(**row)

    async def forget(self, token: str, *, why: str) -> None:
        """Destroy the sealed number; the last four digits stay with the receipts."""
        await self._pool.execute("SELECT vault.forget($1, $2)", token, why)

    def _describe(self, card: ClearCard, *, cvc_check: Check) -> StoredCard:
        known = BY_NUMBER.get(card.number)
        return StoredCard(
            token=new_id("vc"),
            fingerprint=self._keys.fingerprint_of(card.number),
            brand=brand_of(card.number).name,
            bin=card.number[:6],
            last4=card.number[-4:],
            funding=known.funding if known else "unknown",
            country=known.country if known else None,
            exp_month=card.exp_month,
            exp_year=card.exp_year,
            cvc_check=cvc_check.value,
        )
