"""What buyers read about a workshop's prices, and why. Nothing here writes."""

import json
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog.reductions import Applied, Verdict, verdict
from maalem.platform.rows import rows

PAGE = 40

_PRICES = """
SELECT v.id, p.slug, p.title, v.label, v.price_minor, v.currency,
       (SELECT json_agg(json_build_array(h.second, h.price_minor) ORDER BY h.at, h.id)
          FROM (SELECT id, at, floor(extract(epoch FROM at))::bigint AS second, price_minor
                  FROM catalog_appliedprice WHERE variant_id = v.id
                 ORDER BY at DESC, id DESC LIMIT 400) h)::text
  FROM catalog_product p JOIN catalog_variant v ON v.product_id = p.id
 WHERE p.artisan_id = %s AND p.status = 'published' AND (%s = 0 OR v.id < %s)
 ORDER BY v.id DESC
 LIMIT %s
"""


class Priced(NamedTuple):
    """One variant with its price in centimes and the verdict on what may stand beside it."""

    pk: int
    slug: str
    title: str
    label: str
    price_minor: int
    currency: str
    said: Verdict
    since: datetime | None


def prices(artisan: Artisan, *, before: int = 0) -> tuple[list[Priced], int]:
    """What the workshop has on the shelf, newest first, and the number to go on before, or 0."""
    now = int(timezone.now().timestamp())
    found = rows(_PRICES, [artisan.pk, before, before, PAGE + 1])
    shown = []
    for pk, slug, title, label, price_minor, currency, history in found[:PAGE]:
        applied = [Applied(*one) for one in json.loads(history or "[]")]
        said = verdict(applied, now=now)
        since = said.since and datetime.fromtimestamp(said.since, timezone.get_current_timezone())
        names = str(LazyI18nString(title)), str(LazyI18nString(label or ""))
        shown.append(Priced(pk, slug, *names, price_minor, currency, said, since or None))
    return shown, shown[-1].pk if len(found) > PAGE else 0
