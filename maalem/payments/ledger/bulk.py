"""Many independent transfers at once: one call and one commit, an outcome for each.

A chain (one transfer, or several that stand or fall together) is decided as if it came alone, in
the order of the batch; one that is refused disturbs no neighbour. A transfer's id is its
idempotency key: the same again is `exists`, another under the same id is refused by name. For
transfers without records, events or a key of the API; those go by `units.Writer`.
"""

from collections.abc import Sequence
from enum import StrEnum

from maalem.payments.db import Connection, Pool
from maalem.payments.ledger.records import LedgerAccount, LedgerTransfer
from maalem.payments.together import Together

BATCH_MAX = 2_000
CHAIN_MAX = 200
Links = tuple[LedgerTransfer, ...]


class Word(StrEnum):
    """Every word by which the ledger refuses a transfer."""

    ACCOUNT_NOT_FOUND = "account_not_found"
    ACCOUNTS_DIFFER = "accounts_differ"
    AMOUNT_POSITIVE = "amount_positive"
    CODE = "transfers_code_check"
    TIMEOUT = "transfers_timeout_s_check"
    DEBIT_ACCOUNT_CURRENCY = "debit_account_currency"
    CREDIT_ACCOUNT_CURRENCY = "credit_account_currency"
    EXCEEDS_CREDITS = "exceeds_credits"
    EXCEEDS_DEBITS = "exceeds_debits"
    EXISTS_WITH_DIFFERENT_KIND = "exists_with_different_kind"
    EXISTS_WITH_DIFFERENT_PENDING_ID = "exists_with_different_pending_id"
    EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT = "exists_with_different_debit_account"
    EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT = "exists_with_different_credit_account"
    EXISTS_WITH_DIFFERENT_AMOUNT = "exists_with_different_amount"
    EXISTS_WITH_DIFFERENT_CURRENCY = "exists_with_different_currency"
    EXISTS_WITH_DIFFERENT_TIMEOUT = "exists_with_different_timeout"
    EXISTS_WITH_DIFFERENT_CODE = "exists_with_different_code"
    EXISTS_WITH_DIFFERENT_SOURCE = "exists_with_different_source"
    ID_TWICE_IN_ITS_CHAIN = "transfers_pkey"
    LINKED_EVENT_FAILED = "linked_event_failed"
    PENDING_TRANSFER_NOT_FOUND = "pending_transfer_not_found"
    PENDING_TRANSFER_NOT_PENDING = "pending_transfer_not_pending"
    PENDING_TRANSFER_HAS_DIFFERENT_ACCOUNTS = "pending_transfer_has_different_accounts"
    PENDING_TRANSFER_HAS_DIFFERENT_CURRENCY = "pending_transfer_has_different_currency"
    PENDING_TRANSFER_ALREADY_POSTED = "pending_transfer_already_posted"
    PENDING_TRANSFER_ALREADY_VOIDED = "pending_transfer_already_voided"
    PENDING_TRANSFER_EXPIRED = "pending_transfer_expired"
    EXCEEDS_PENDING_TRANSFER_AMOUNT = "exceeds_pending_transfer_amount"
    RESOLVES_SOMETHING = "resolves_something"


class Done(StrEnum):
    """What became of a chain that was not refused."""

    CREATED = "created"
    EXISTS = "exists"


class TransferRefused(Exception):
    """A chain was refused, whole. `word` says why, `culprit` which of its transfers it was."""

    def __init__(self, word: Word, culprit: LedgerTransfer) -> None:
        super().__init__(f"{word} ({culprit.code} of {culprit.source})")
        self.word = word
        self.culprit = culprit


async def post_many(
    source: Pool | Connection, chains: Sequence[Links]
) -> list[Done | TransferRefused]:
    """Post `chains` in their order in one transaction; the outcome of each in its place.

    `exists` is a chain that was there whole. Raises the database's own error only.
    """
    rows = [transfer.row() for links in chains for transfer in links]
    numbers = [number for number, links in enumerate(chains) for _ in links]
    words = await source.fetchval("SELECT ledger.post_many($1, $2)", rows, numbers)
    outcomes: list[Done | TransferRefused] = []
    at = 0
    for links in chains:
        outcomes.append(_outcome(links, words[at : at + len(links)]))
        at += len(links)
    return outcomes


def _outcome(links: Links, words: list[str]) -> Done | TransferRefused:
    if words[0] == Done.CREATED and len(words) == 1:
        return Done.CREATED
    for transfer, word in zip(links, words, strict=True):
        if word not in (Done.CREATED, Done.EXISTS, Word.LINKED_EVENT_FAILED):
            return TransferRefused(Word(word), transfer)
    return Done.CREATED if Done.CREATED in words else Done.EXISTS


async def open_accounts(source: Pool | Connection, accounts: Sequence[LedgerAccount]) -> None:
    """Open those of `accounts` that are not there yet."""
    await source.execute("SELECT ledger.open($1)", list(accounts))


class Poster:
    """Posts what waits together: callers share a round trip and a commit, each hears its own."""

    def __init__(self, pool: Pool) -> None:
        self._together: Together[Connection, Links, Done] = Together(
            post_many, lend=pool.acquire, most=BATCH_MAX
        )

    async def post(self, *links: LedgerTransfer) -> Done:
        """Post one chain; return when it is durable. Raises `TransferRefused`."""
        if not 0 < len(links) <= CHAIN_MAX:
            raise ValueError(f"a chain has 1 to {CHAIN_MAX} transfers, not {len(links)}")
        return await self._together.submit(links)
