"""A piece as the database holds it now: all that its page says, in one statement.

The page of a piece that nobody has just seen is the commonest of all, and one look-up costs a
tenth of four. The row is also the state by which a page is known to be of today: whatever
changes on the page, changes the row.
"""

from datetime import date
from typing import NamedTuple

from maalem.platform.rows import row


class Stored(NamedTuple):
    """Texts as they are stored, in all languages. `photos`, `variants`, `rating`, `prices`,
    `card` and `voice` are JSON."""

    id: int
    craft_id: int
    slug: str
    status: str
    supply: str
    title: str
    description: str
    materials: str
    technique: str
    care: str
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    diameter_mm: int | None
    weight_g: int | None
    making_days: int | None
    # Until when the workshop has no room for a piece made to order.
    full_until: date | None
    deposit_percent: int | None
    price_from_minor: int | None
    currency: str
    maker: str | None
    artisan_slug: str
    artisan: str
    # The workshop has an account at the payment institution, so it can be paid.
    open: bool
    commune: str
    region_slug: str
    region: str
    photos: str
    variants: str
    # [how many gave one star … five, the newest reviews]; None where nobody has reviewed it.
    rating: str | None
    # Of each variant, oldest first: (variant, second, price or null); the newest of them all.
    prices: str | None
    # [materials, minutes, how much is shown, kind, craft, region]; None where nothing is shown.
    card: str | None
    # [path, seconds or null, tongue]; None where nobody tells its story.
    voice: str | None


_BY_SLUG = """
SELECT p.id, p.craft_id, p.slug, p.status, p.supply, p.title, p.description, p.materials,
       p.technique, p.care, p.length_mm, p.width_mm, p.height_mm, p.diameter_mm, p.weight_g,
       p.making_days, a.full_until, p.deposit_percent, p.price_from_minor, p.currency, m.name,
       a.slug, a.name, coalesce(a.payments_account, '') <> '', c.name, r.slug, r.name,
       (SELECT json_agg(json_build_array(f.path, f.alt, f.width, f.height, f.tone)
                        ORDER BY f.position, f.id)
          FROM catalog_photo f WHERE f.product_id = p.id)::text,
       (SELECT json_agg(json_build_array(
                   v.id, v.sku, v.label, v.price_minor, v.currency, v.on_hand, v.reserved)
                        ORDER BY v.position, v.id)
          FROM catalog_variant v WHERE v.product_id = p.id)::text,
       (SELECT json_build_array(g.stars, g.newest)
          FROM catalog_rating g WHERE g.product_id = p.id)::text,
       (SELECT json_agg(json_build_array(h.variant_id, h.second, h.price_minor)
                        ORDER BY h.at, h.id)
          FROM (SELECT h.id, h.variant_id, h.at, floor(extract(epoch FROM h.at))::bigint AS second,
                       h.price_minor
                  FROM catalog_variant v JOIN catalog_appliedprice h ON h.variant_id = v.id
                 WHERE v.product_id = p.id
                 ORDER BY h.at DESC, h.id DESC LIMIT 400) h)::text,
       (SELECT json_build_array(w.materials_minor, w.minutes, w.shown, a.kind, k.code, d.region_id)
          FROM catalog_pricecard w, catalog_craft k
         WHERE w.product_id = p.id AND w.shown <> 'nothing' AND k.id = p.craft_id)::text,
       (SELECT json_build_array(o.path, o.seconds, o.tongue)
          FROM catalog_voice o WHERE o.product_id = p.id)::text
  FROM catalog_product p
  JOIN artisans_artisan a ON a.id = p.artisan_id
  JOIN places_commune c ON c.code = a.commune_id
  JOIN places_province d ON d.code = c.province_id
  JOIN places_region r ON r.code = d.region_id
  LEFT JOIN artisans_maker m ON m.id = p.maker_id
 WHERE p.slug = %s AND p.status <> 'draft'
"""


def by_slug(slug: str) -> Stored | None:
    """A piece that was ever on the shelf."""
    found = row(_BY_SLUG, [slug])
    return Stored._make(found) if found else None
