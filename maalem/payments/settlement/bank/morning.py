"""What waits for a person this morning, kind by kind, read at one moment. Nothing is decided here.

`maalem morning` prints it and `/v1/desk/morning` tells it, so that both say the same.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from maalem.payments.db import Connection
from maalem.payments.settlement.bank.clearing import residues
from maalem.payments.settlement.bank.records import Proof
from maalem.payments.settlement.bank.safeguarding import latest


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that waits. `amount` is in minor units and signed; `says` is our own English or
    what a person wrote; `officer` is who looks after it, proposed it or agreed; `file` of the
    bank tells of it."""

    id: str
    kind: str | None = None
    about: str | None = None
    says: str | None = None
    amount: int | None = None
    currency: str | None = None
    since: datetime | None = None
    account: str | None = None
    officer: str | None = None
    freezes: bool = False
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything of one kind that waits, the oldest first; never empty."""

    kind: str
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Morning:
    """The newest proof, if one was made, and what waits."""

    proof: Proof | None
    waiting: tuple[Waiting, ...]


# Each query's columns are fields of `Thing`.
_ASKED = {
    "findings": """
        SELECT f.id, f.kind, f.about, f.detail AS says, f.amount, f.currency, f.found_at AS since,
            f.account_id AS account, f.freezes, (SELECT d.officer FROM desk_deeds d
                WHERE d.about = f.id AND d.kind = 'take' ORDER BY d.created_at DESC LIMIT 1)
                AS officer, coalesce((SELECT l.file_id FROM bank_lines l WHERE l.id = f.about),
                (SELECT b.id FROM bank_files b WHERE b.sha256 = f.about)) AS file
        FROM findings f WHERE f.status = 'open' ORDER BY f.found_at, f.id""",
    "bank_lines": """
        SELECT id, reason AS kind, bank_reference AS about, amount, currency, booked_on AS since,
            file_id AS file
        FROM bank_lines WHERE status = 'unmatched' ORDER BY booked_on, id""",
    "suspense": """
        SELECT l.id, l.bank_reference AS about, d.note AS says, d.officer, l.amount, l.currency,
            l.booked_on AS since, l.file_id AS file
        FROM bank_lines l JOIN desk_deeds d ON d.id = l.matched_to
        WHERE l.matched_as = 'suspense' ORDER BY l.booked_on, l.id""",
    "deeds": """
        SELECT id, kind, about, note AS says, amount, currency, created_at AS since, officer,
            (SELECT l.file_id FROM bank_lines l WHERE l.id = desk_deeds.about) AS file
        FROM desk_deeds WHERE status = 'proposed' ORDER BY created_at, id""",
    "payouts": """
        SELECT id, amount, currency, created_at AS since, account_id AS account,
            approvals || '/' || approvals_needed AS says,
            (SELECT string_agg(a.approver, ', ' ORDER BY a.created_at) FROM payout_approvals a
                WHERE a.payout_id = payouts.id AND NOT a.set_aside) AS officer
        FROM payouts WHERE status = 'pending' AND approvals < approvals_needed
        ORDER BY created_at, id""",
    "payout_batches": """
        SELECT id, name AS about, status AS kind, amount, currency, created_at AS since
        FROM payout_batches WHERE status IN ('drafted', 'sent')
            AND created_at < now() - interval '1 hour' ORDER BY created_at, id""",
    "dispute_notices": """
        SELECT id, kind, original AS about, amount, currency, told_at AS since
        FROM dispute_notices WHERE status = 'waiting'
            AND created_at < now() - interval '10 minutes' ORDER BY told_at, id""",
    "disputes": """
        SELECT id, status AS kind, charge_id AS about, amount, currency, due_by AS since,
            account_id AS account
        FROM disputes WHERE status IN ('needs_response', 'warning_needs_response')
            AND due_by < now() + interval '3 days' ORDER BY due_by, id""",
    "payments": """
        SELECT id, intent_id AS about, asked_at AS since FROM payment_attempts
        WHERE status IN ('sent', 'unknown') AND asked_at < now() - interval '1 hour'
        ORDER BY asked_at, id""",
    "refunds": """
        SELECT id, charge_id AS about, amount, currency, asked_at AS since, account_id AS account
        FROM refunds WHERE status = 'pending' AND asked_at < now() - interval '1 hour'
        ORDER BY asked_at, id""",
    "parked": """
        SELECT item AS id, work AS kind, reason AS says, parked_at AS since
        FROM failing_work WHERE parked_at IS NOT NULL ORDER BY parked_at, work, item""",
}
KINDS = ("proof", "clearing", *_ASKED)


async def morning(connection: Connection, *, recount: bool) -> Morning:
    """Read it all in one snapshot.

    With `recount` the clearing accounts are added up from every transfer of the ledger, which
    takes its time in large books.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        proof = await latest(connection)
        found = [Waiting("proof", _unproved(proof))]
        if recount:
            found.append(await _residues(connection))
        for kind, query in _ASKED.items():
            rows = await connection.fetch(query)
            found.append(Waiting(kind, tuple(_thing(row) for row in rows)))
    return Morning(proof, tuple(each for each in found if each.things))


def _thing(row: Any) -> Thing:
    columns = dict(row)
    if type(columns["since"]) is date:
        columns["since"] = datetime.combine(columns["since"], time(), UTC)
    return Thing(**columns)


def _unproved(proof: Proof | None) -> tuple[Thing, ...]:
    """The newest proof, where it proves nothing; a thing without an id where there is none."""
    if proof is None:
        return (Thing("", kind="none"),)
    if not proof.difference:
        return ()
    return (
        Thing(
            proof.id,
            kind="differs",
            about=proof.day.isoformat(),
            says=", ".join(one["term"] for one in proof.explained),
            amount=proof.difference,
            currency=proof.currency,
            since=proof.created_at,
        ),
    )


async def _residues(connection: Connection) -> Waiting:
    things = tuple(
        Thing(one.account, amount=one.unexplained, currency=one.currency)
        for one in await residues(connection)
        if one.unexplained
    )
    return Waiting("clearing", things)
