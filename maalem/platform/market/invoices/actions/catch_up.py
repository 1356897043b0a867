"""Follow the orders' own rows: what is paid, called off and owed has its paper, each once."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from maalem.platform.market.invoices.actions import issue
from maalem.platform.rows import rows

BATCH = 500
# Each minute looks at what happened lately; each night at everything.
LATELY = timedelta(days=2)
log = logging.getLogger(__name__)

_UNPAPERED = """
SELECT o.number FROM orders_order o JOIN orders_ordergroup g ON g.id = o.group_id
 WHERE o.status = ANY (ARRAY['to_prepare', 'dispatched', 'delivered'])
   AND (o.balance_minor = 0 OR o.balance_paid_at IS NOT NULL)
   AND (%(since)s::interval IS NULL OR g.paid_at > now() - %(since)s
        OR o.balance_paid_at > now() - %(since)s)
   AND (%(artisan)s::bigint IS NULL OR o.artisan_id = %(artisan)s)
   AND EXISTS (SELECT FROM invoices_identity i WHERE i.artisan_id = o.artisan_id)
   AND NOT EXISTS (SELECT FROM invoices_invoice v WHERE v.order_id = o.id AND v.kind = 'invoice')
 ORDER BY g.paid_at, o.id LIMIT %(most)s
"""
_CALLED_OFF = """
SELECT o.number FROM invoices_invoice v JOIN orders_order o ON o.id = v.order_id
 WHERE v.kind = 'invoice' AND o.status IN ('cancelled', 'refunded')
   AND NOT EXISTS (SELECT FROM invoices_invoice c WHERE c.source = 'off-' || o.number)
   AND v.total_minor > (SELECT coalesce(sum(c.total_minor), 0) FROM invoices_invoice c
                         WHERE c.credits_id = v.id)
   AND EXISTS (SELECT FROM orders_refund r WHERE r.order_id = o.id
                  AND (%(since)s::interval IS NULL OR r.made_at > now() - %(since)s))
 ORDER BY o.id LIMIT %(most)s
"""
_OWED = """
SELECT w.id FROM orders_goodwill w
  JOIN invoices_invoice v ON v.order_id = w.order_id AND v.kind = 'invoice'
 WHERE w.is_owed AND w.rest_of_id IS NULL
   AND (%(since)s::interval IS NULL OR w.made_at > now() - %(since)s)
   AND NOT EXISTS (SELECT FROM invoices_invoice c WHERE c.source = 'given-' || w.id)
   AND v.total_minor > (SELECT coalesce(sum(c.total_minor), 0) FROM invoices_invoice c
                         WHERE c.credits_id = v.id)
 ORDER BY w.id LIMIT %(most)s
"""


def catch_up(*, since: timedelta | None = LATELY, artisan: int | None = None) -> int:
    """Write what is missing, each paper in its own transaction; return how many were written."""
    asked = {"since": since, "artisan": artisan, "most": BATCH}
    done = _each(issue.issue_or_tell, _first(_UNPAPERED, asked))
    done += _each(issue.cancel, _first(_CALLED_OFF, asked))
    return done + _each(issue.give_back, _first(_OWED, asked))


def _first(query: str, asked: dict[str, object]) -> list[object]:
    return [one for (one,) in rows(query, asked)]


def _each(do: Callable[..., object], found: Iterable[object]) -> int:
    """One that breaks is logged, and keeps no other waiting."""
    done = 0
    for one in found:
        try:
            done += bool(do(one))
        except Exception:
            log.exception("no paper for %s", one)
    return done
