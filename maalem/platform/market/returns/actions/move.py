"""The one way in which a return or a claim changes its state, and the line of history for it."""

from typing import Any

from maalem.platform.market.returns.models import Claim, ClaimEvent, Event, Return
from maalem.platform.market.returns.states import CLAIM_NEXT, RETURN_NEXT, Refused


def step(row: Return | Claim, *, then: str, event: str, by: str, note: str = "", **to: Any) -> None:
    """Move a return or a claim with its line of history, if it still is what it was read as.

    Raises `Refused("not_next")` for a step that the table lacks, `Refused("moved")` when somebody
    was faster.
    """
    was = str(row.status)
    if then not in (RETURN_NEXT if isinstance(row, Return) else CLAIM_NEXT)[was]:
        raise Refused("not_next")
    if type(row).objects.filter(pk=row.pk, status=was).update(status=str(then), **to) != 1:
        raise Refused("moved")
    row.refresh_from_db()
    said = {"event": event, "was": was, "now": then, "by": by, "note": note[:300]}
    if isinstance(row, Return):
        Event.objects.create(back=row, **said)
    else:
        ClaimEvent.objects.create(claim=row, **said)
