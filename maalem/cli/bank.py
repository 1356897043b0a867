"""`maalem clearing`, `maalem safeguarding`, `maalem bank`: what an operator asks of the money."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maalem.cli.installation import Installation
from maalem.cli.plain import printable
from maalem.cli.verify import books_of

if TYPE_CHECKING:
    from maalem.payments.settlement.bank.clearing import Residue
    from maalem.payments.settlement.bank.records import Proof

SHOWN_MAX = 40


def clearing() -> int:
    """Print each clearing account with the open things on it; 1 where something is unexplained."""
    wrong = False
    for mode, found in _each(_residues).items():
        print(f"{mode} mode, in minor units:")
        for residue in found:
            wrong = wrong or residue.unexplained != 0
            _show(residue)
        if not found:
            print("  nothing has moved yet")
    return 1 if wrong else 0


def safeguarding(*, day: str = "", save: str = "", language: str = "fr", live: bool = False) -> int:
    """Print the newest proof that clients' money is there, or that of `day` (2026-03-02).

    With `save`, a path that ends in .pdf or .csv, that proof is written there instead, of the test
    books or with `live` of the live ones. 1 where there is none, or it has a difference; 2 for no
    day, and for a file of another kind.
    """
    try:
        wanted = date.fromisoformat(day) if day else None
    except ValueError:
        print(f"{day!r} is no day: write 2026-03-02.")
        return 2
    kind = Path(save).suffix.removeprefix(".").lower()
    if save and kind not in ("pdf", "csv"):
        print(f"{save!r} is neither .pdf nor .csv.")
        return 2
    proofs = _each(lambda connection: _proof(connection, wanted))
    if save:
        return _saved(proofs.get("live" if live else "test"), Path(save), language=language)
    for mode, proof in proofs.items():
        print(f"{mode} mode:")
        _show_proof(proof)
    return 0 if all(p and p.difference == 0 for p in proofs.values()) else 1


def _saved(proof: "Proof | None", path: Path, *, language: str) -> int:
    from maalem.payments.settlement.proofs.files import made
    from maalem.payments.settlement.statements.links import Wanted

    if proof is None:
        print("there is no proof of that day")
        return 1
    kind = path.suffix.removeprefix(".").lower()
    wanted = Wanted(proof.id, kind, language, bom=False)
    path.write_bytes(asyncio.run(made(proof, wanted)).body)
    print(f"{path}: the proof of {proof.day}, difference {proof.difference:,}")
    return 0 if proof.difference == 0 else 1


def bank() -> int:
    """Print what waits for a person: findings, refused files, lines that nothing explains."""
    waiting = 0
    for mode, sections in _each(_waiting).items():
        print(f"{mode} mode:")
        for head, rows in sections.items():
            waiting += len(rows)
            print(f"  {head}: {len(rows) or 'none'}")
            for row in rows[:SHOWN_MAX]:
                print(f"    {printable(row)}")
    return 1 if waiting else 0


def _show(residue: "Residue") -> None:
    print(f"{residue.balance:>16,} {residue.currency}  {residue.account}")
    now = datetime.now(UTC)
    for one in residue.open[:SHOWN_MAX]:
        age = f"{(now - one.since).days} d"
        owner = one.owner or "-"
        print(f"{one.amount:>16,}      {age:>6}  {one.object_id}  {owner}  {printable(one.why)}")
    left = residue.open[SHOWN_MAX:]
    if left:
        print(f"{sum(one.amount for one in left):>16,}              and {len(left)} more")
    if residue.unexplained:
        print(f"{residue.unexplained:>16,}              UNEXPLAINED")


def _show_proof(proof: "Proof | None") -> None:
    from maalem.payments.settlement.bank.safeguarding import MEANING, OWED, THERE

    if proof is None:
        print("  no proof of that day")
        return
    print(f"  {proof.day}, added up at {proof.created_at:%Y-%m-%d %H:%M} UTC, minor units")
    for head, names, total in (("there", THERE, proof.there), ("owed", OWED, proof.owed)):
        for name in names:
            print(f"{proof.terms.get(name, 0):>16,}  {MEANING[name]}")
        print(f"{total:>16,}  {head}")
    print(f"{proof.difference:>16,}  difference")
    for one in proof.explained:
        print(f"  {one['term']}: {one['by_rows']:,} by rows, {one['by_ledger']:,} by the ledger")


async def _residues(connection: Any) -> "list[Residue]":
    from maalem.payments.settlement.bank.clearing import residues

    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await residues(connection)


async def _proof(connection: Any, day: date | None) -> "Proof | None":
    from maalem.payments import db
    from maalem.payments.settlement.bank.safeguarding import latest

    await db.prepare(connection)
    return await latest(connection, day=day)


def deed_line(row: Any) -> str:
    """A deed at the desk, for a terminal."""
    to = f" to {row['target']}" if row["target"] else ""
    amount = "" if row["amount"] is None else f" ({row['amount']:,} {row['currency']})"
    second = f", {row['second']}" if row["second"] else ""
    return (
        f"{row['id']}  {row['created_at']:%Y-%m-%d %H:%M}  {row['status']}: {row['kind']}"
        f" {row['about']}{to}{amount}, {row['officer']}{second}: {row['note']}"
    )


async def _waiting(connection: Any) -> dict[str, list[str]]:
    from maalem.payments.settlement.bank.matching import REASONS

    findings = await connection.fetch(
        "SELECT * FROM findings WHERE status = 'open' ORDER BY found_at, id"
    )
    lines = await connection.fetch(
        "SELECT * FROM bank_lines WHERE status = 'unmatched' ORDER BY booked_on, id"
    )
    aside = await connection.fetch(
        "SELECT l.*, d.officer, d.note FROM bank_lines l JOIN desk_deeds d ON d.id = l.matched_to"
        " WHERE l.matched_as = 'suspense' ORDER BY l.booked_on, l.id"
    )
    deeds = await connection.fetch(
        "SELECT * FROM desk_deeds WHERE status = 'proposed' ORDER BY created_at, id"
    )
    taken = await connection.fetch(
        "SELECT DISTINCT ON (about) about, officer FROM desk_deeds WHERE kind = 'take'"
        " ORDER BY about, created_at DESC"
    )
    looked_after = {row["about"]: f"  (with {row['officer']})" for row in taken}
    batches = await connection.fetch(
        "SELECT * FROM payout_batches WHERE status IN ('drafted', 'sent') ORDER BY created_at"
    )
    return {
        "findings": [
            f"{row['id']}  {row['kind']}  {row['about']}  {row['detail']}"
            + ("  (payouts are frozen)" if row["freezes"] else "")
            + looked_after.get(row["id"], "")
            for row in findings
        ],
        "lines of the bank without an explanation": [
            f"{row['id']}  {row['booked_on']}  {row['amount']:>12,}  {row['bank_reference']}"
            f"  {REASONS.get(row['reason'], row['reason'])}"
            for row in lines
        ],
        "lines that were put aside": [
            f"{row['id']}  {row['booked_on']}  {row['amount']:>12,}  {row['bank_reference']}"
            f"  {row['officer']}: {row['note']}"
            for row in aside
        ],
        "deeds that wait for a second officer": [deed_line(row) for row in deeds],
        "files that the bank has not answered": [
            f"{row['name']}  {row['count']} payouts, {row['amount']:,}  {row['status']}"
            for row in batches
        ],
    }


def _each(ask: Callable[[Any], Coroutine[Any, Any, Any]]) -> dict[str, Any]:
    """What `ask` finds in each mode's books."""
    import asyncpg

    async def asked(dsn: str) -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await ask(connection)
        finally:
            await connection.close()

    with books_of(Installation.of_environment()) as books:
        return {mode: asyncio.run(asked(dsn)) for mode, dsn in books.items()}
