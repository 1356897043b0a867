"""What each clearing account holds, explained object by object, to the centime.

A clearing account is money on its way: it comes to rest at nothing, and until then what stands on
it is a list of open things with an owner and an age. The balance is the ledger's, the list is made
from the records of payments, payouts and settlements alone; what the list does not explain is said.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from maalem.payments.db import Connection, Pool


@dataclass(frozen=True, slots=True)
class Open:
    """One thing that makes up a residue: minor units, in the direction in which the account grows.

    `owner` is the account that it concerns, None where it is a whole day of a network.
    """

    object_id: str
    why: str
    amount: int
    since: datetime
    owner: str | None


@dataclass(slots=True)
class Residue:
    """A clearing account: what it holds and what explains it."""

    account: str
    currency: str
    balance: int
    open: list[Open] = field(default_factory=list)

    @property
    def explained(self) -> int:
        """What the open things add up to."""
        return sum(one.amount for one in self.open)

    @property
    def unexplained(self) -> int:
        """What is left: nothing, or something is wrong."""
        return self.balance - self.explained


_BALANCES = """
SELECT a.kind, a.currency, coalesce(sum(CASE t.debit_account WHEN a.id THEN t.amount
    ELSE -t.amount END), 0)::bigint AS amount
FROM ledger.accounts a
LEFT JOIN ledger.transfers t
    ON a.id IN (t.debit_account, t.credit_account) AND t.kind IN ('posted', 'post')
WHERE a.owner = 'house'
    AND a.kind IN ('rail_card', 'rail_wallet', 'payouts', 'interchange_due', 'scheme_due',
        'suspense')
GROUP BY 1, 2 ORDER BY 1, 2
"""
# A rail holds what was taken and is not settled, settled days that did not reach the bank, and
# what a network settled otherwise than we have it.
_RAILS = """
SELECT 'rail_' || m.network AS account, m.currency, m.object_id, m.amount, m.at AS since,
    m.account_id AS owner, 'not settled by the network yet' AS why
FROM network_movements m
WHERE NOT EXISTS (SELECT FROM network_settlement_lines l WHERE l.reference = m.reference)
UNION ALL
SELECT 'rail_' || s.network, s.currency, s.reference, s.gross, s.created_at, NULL,
    'settled for ' || s.day || ', not on our account yet'
FROM network_settlements s WHERE s.status = 'reported'
UNION ALL
SELECT 'rail_' || s.network, s.currency, coalesce(m.object_id, l.reference),
    coalesce(m.amount, 0) - l.amount, s.created_at, m.account_id,
    'settled as ' || l.amount || ' in ' || s.reference
FROM network_settlement_lines l
JOIN network_settlements s ON s.id = l.settlement_id
LEFT JOIN network_movements m ON m.reference = l.reference
WHERE coalesce(m.amount, 0) <> l.amount
"""
_PAYOUTS = """
SELECT 'payouts' AS account, currency, id AS object_id, amount,
    coalesce(sent_at, created_at) AS since, account_id AS owner,
    CASE status WHEN 'pending' THEN 'waits for a file'
        ELSE 'in file ' || coalesce(batch_id, '?') || ', not booked by the bank yet' END AS why
FROM payouts WHERE status IN ('pending', 'in_transit')
"""
# Interchange is owed from the charge on and kept back when its day is settled. What a day kept
# otherwise than its charges say stays behind as a difference of the day.
_INTERCHANGE = """
WITH due AS (
    SELECT t.source, t.currency, t.created_at,
        CASE t.code WHEN 'interchange_back' THEN -t.amount ELSE t.amount END AS amount,
        CASE t.code WHEN 'interchange_again' THEN t.source || '_back'
            ELSE coalesce(c.attempt_id, t.source) END AS reference,
        coalesce(c.account_id, k.account_id, r.account_id) AS owner
    FROM ledger.transfers t
    LEFT JOIN charges c ON c.id = t.source
    LEFT JOIN followups f ON f.id = t.source
    LEFT JOIN charges k ON k.id = f.charge_id
    LEFT JOIN refunds r ON r.id = t.source
    WHERE t.code IN ('interchange', 'interchange_back', 'interchange_again')
), placed AS (
    SELECT d.*, s.id AS settlement FROM due d
    LEFT JOIN network_settlement_lines l ON l.reference = d.reference
    LEFT JOIN network_settlements s ON s.id = l.settlement_id AND s.status = 'received'
)
SELECT 'interchange_due' AS account, currency, source AS object_id, amount, created_at AS since,
    owner, 'kept by the network when it settles' AS why
FROM placed WHERE settlement IS NULL
UNION ALL
SELECT 'interchange_due', s.currency, s.reference, coalesce(p.amount, 0) - s.interchange
        + s.interchange_accepted,
    s.created_at, NULL, 'the network kept ' || s.interchange
FROM network_settlements s
LEFT JOIN (SELECT settlement, sum(amount)::bigint AS amount FROM placed GROUP BY 1) AS p
    ON p.settlement = s.id
WHERE s.status = 'received' AND coalesce(p.amount, 0) <> s.interchange - s.interchange_accepted
"""
# A scheme's fee is owed from its report on and kept back when the day's money comes in; then only
# what it kept otherwise than the payment's charge froze stays, until somebody has accepted it.
_SCHEME = """
SELECT 'scheme_due' AS account, s.currency, coalesce(m.object_id, l.reference) AS object_id,
    CASE s.status WHEN 'received' THEN l.reckoned - l.scheme ELSE l.reckoned END AS amount,
    s.created_at AS since, m.account_id AS owner,
    CASE s.status WHEN 'received' THEN 'the network kept ' || l.scheme || ' in ' || s.reference
        ELSE 'kept by the network when ' || s.reference || ' is paid' END AS why
FROM network_settlement_lines l
JOIN network_settlements s ON s.id = l.settlement_id
LEFT JOIN network_movements m ON m.reference = l.reference
WHERE CASE s.status WHEN 'received' THEN l.reckoned <> l.scheme AND s.scheme <> s.reckoned
        AND s.scheme_accepted = 0
    ELSE l.reckoned <> 0 END
"""
_SUSPENSE = """
SELECT 'suspense' AS account, l.currency, l.id AS object_id, l.amount, l.matched_at AS since,
    NULL AS owner, 'put aside by ' || d.officer || ': ' || d.note AS why
FROM bank_lines l JOIN desk_deeds d ON d.id = l.matched_to WHERE l.matched_as = 'suspense'
"""
# These grow by credit: what they hold is what we owe.
_OWED = frozenset({"payouts", "interchange_due", "scheme_due", "suspense"})


async def residues(source: Pool | Connection) -> list[Residue]:
    """Every clearing account with what explains it, oldest first. Ask inside one snapshot."""
    found: dict[tuple[str, str], Residue] = {}
    for row in await source.fetch(_BALANCES):
        sign = -1 if row["kind"] in _OWED else 1
        key = row["kind"], row["currency"]
        found[key] = Residue(row["kind"], row["currency"], sign * row["amount"])
    for query in (_RAILS, _PAYOUTS, _INTERCHANGE, _SCHEME, _SUSPENSE):
        for row in await source.fetch(f"{query} ORDER BY since, object_id"):
            _add(found, row)
    return [found[key] for key in sorted(found)]


async def kept_otherwise(source: Pool | Connection, settlement_id: str, /, *, of: str) -> int:
    """How much more (less: negative) of `of`, scheme or interchange, a network kept for a day than
    its payments say, and nobody has accepted yet."""
    day = await source.fetchrow("SELECT * FROM network_settlements WHERE id = $1", settlement_id)
    if of == "scheme":
        return int(day["scheme"] - day["reckoned"] - day["scheme_accepted"])
    rows = await source.fetch(_INTERCHANGE)
    return -sum(int(row["amount"]) for row in rows if row["object_id"] == day["reference"])


def _add(found: dict[tuple[str, str], Residue], row: Any) -> None:
    key = row["account"], row["currency"]
    residue = found.setdefault(key, Residue(*key, 0))
    residue.open.append(
        Open(row["object_id"], row["why"], int(row["amount"]), row["since"], row["owner"])
    )
