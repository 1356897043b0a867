"""The `statement` object (ours; Stripe has no such resource)."""

from datetime import datetime
from typing import Any

from maalem.payments.config import Config
from maalem.payments.mode import livemode
from maalem.payments.records import epoch
from maalem.payments.settlement.statements.links import Wanted, link
from maalem.payments.settlement.statements.records import Statement
from maalem.payments.settlement.statements.words import LANGUAGES


def statement(record: Statement) -> dict[str, Any]:
    """A statement without its files, whose links are made anew each time (see `files`)."""
    return {
        "id": record.id,
        "object": "statement",
        "account": record.account_id,
        "closing_balance": record.closing,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "digest": record.digest,
        "line_count": record.line_count,
        "livemode": livemode(),
        "opening_balance": record.opening,
        "period_end": record.period_end.isoformat(),
        "period_start": record.period_start.isoformat(),
    }


def files(
    paper_id: str, config: Config, *, now: datetime, of: str = "statements"
) -> list[dict[str, Any]]:
    """A link to each file of a statement, or of a proof (`of` proofs)."""
    wanted = [Wanted(paper_id, "csv", "", bom) for bom in (False, True)]
    wanted += [Wanted(paper_id, "pdf", language, bom=False) for language in LANGUAGES]
    made = []
    for one in wanted:
        url, until = link(config, one, now=now, of=of)
        made.append(
            {
                "object": "file_link",
                "bom": one.bom,
                "expires_at": epoch(until),
                "format": one.format,
                "locale": one.language or None,
                "url": url,
            }
        )
    return made
