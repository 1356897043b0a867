"""What a person has to look at: found once, however often it is looked for.

It is closed at the desk (desk.py).
"""

import logging
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.settlement.bank.records import Finding
from maalem.payments.units import Unit, UnitRefused

_log = logging.getLogger("maalem.payments.bank")


async def find(payments: Payments, kind: str, /, *, about: str, detail: str, **fields: Any) -> bool:
    """Record a finding and log an error, unless the same was found before; True if it is new.

    `about` is the id of what it is about. With `freezes` its `account_id` is not paid out until
    somebody has closed it.
    """
    account = fields.get("account_id")
    known = await store.first(
        payments.pool,
        Finding,
        "kind = $1 AND about = $2 AND account_id IS NOT DISTINCT FROM $3",
        kind,
        about,
        account,
    )
    if known is not None:
        return False
    new = Finding(
        id=new_id("fin"),
        kind=kind,
        about=about,
        detail=detail,
        found_at=payments.clock.now(),
        **fields,
    )
    try:
        await payments.writer.commit(Unit().put(new))
    except UnitRefused as refused:
        if refused.word != "found_before":
            raise
        return False
    _log.error("%s: %s (%s)", kind, detail, about)
    return True


async def open_findings(payments: Payments) -> list[Finding]:
    """What nobody has answered yet, oldest first."""
    return await store.select(payments.pool, Finding, "status = 'open' ORDER BY found_at, id")


async def frozen(payments: Payments) -> set[str]:
    """The accounts that are not paid out while something about them is open."""
    rows = await payments.pool.fetch(
        "SELECT DISTINCT account_id FROM findings WHERE status = 'open' AND freezes"
    )
    return {row["account_id"] for row in rows}
